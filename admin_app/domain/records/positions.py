"""Records with a position in an order: move a record past its neighbour, or put a new one last."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, Integer, and_, func, select, true

from admin_app.db.attributes import stored_columns
from admin_app.db.keys import Key, key_of
from admin_app.db.record import Record
from admin_app.domain.records.archive import is_archived
from admin_app.errors import ConfigurationError, InvalidRecord
from admin_app.extensions import AnySession, Expression, TableColumn

# The most records that are renumbered at once if two have the same position; with more, a person has to set positions first.
MOST_RENUMBERED = 10_000
MOVED_MEANWHILE = "The order has changed since you opened this page. Nothing was moved. Look at the order as it is now."
TOO_MANY = (
    "Two of these records have the same place, and there are too many to number them anew. Give them places first."
)
NOT_ALL_YOURS = "Two of these records have the same place. Ask somebody who may change all of them to move one."


class Way(StrEnum):
    """The direction in which a record moves."""

    UP = "up"
    DOWN = "down"


def require_position(model: type[Record]) -> None:
    """Raise `ConfigurationError` if the columns that a model names for positions are unsuitable."""
    columns, name, within = stored_columns(model), model.__position__, model.__position_within__
    if not name:
        return
    if name not in columns or not isinstance(columns[name].type, Integer) or columns[name].unique:
        message = f"{model.__name__}.__position__ names {name}. Name a column of Integer that is not unique."
        raise ConfigurationError(message)
    if within and within not in columns:
        message = f"{model.__name__}.__position_within__ names {within}, which is no column of {model.__name__}."
        raise ConfigurationError(message)


def in_order(model: type[Record]) -> list[Expression]:
    """Return the order by position; records without one come last."""
    place, key = _place(model), key_of(model)
    return [place.is_(None), place, key]


def among(record: Record) -> ColumnElement[bool]:
    """Return the condition on the records that share a record's order: same parent, not archived."""
    model = type(record)
    within, archived = model.__position_within__, is_archived(model)
    is_same = getattr(model, within).is_not_distinct_from(getattr(record, within)) if within else true()
    return is_same if archived is None else and_(is_same, ~func.coalesce(archived, False))


def put_last(session: AnySession, record: Record) -> None:
    """Give a new record without a position the last one (not yet committed)."""
    model, name = type(record), type(record).__position__
    if not name or getattr(record, name) is not None:
        return
    with session.no_autoflush:
        last = session.scalar(select(func.max(_place(model))).where(among(record)))
    setattr(record, name, (last or 0) + 1)


def move(
    session: AnySession, record: Record, way: Way, *, past: Record, rows: ColumnElement[bool] | None = None
) -> None:
    """Swap a record with its neighbour (not yet committed); `past` is the neighbour that the person saw, `rows` those that may be changed.

    Raises `InvalidRecord` if that is no longer its neighbour.
    """
    name, shown = type(record).__position__, [] if rows is None else [rows]
    _lock(session, record, past)
    if _neighbour(session, record, way, shown) != past.id:
        raise InvalidRecord({"": MOVED_MEANWHILE})
    if getattr(record, name) in {None, getattr(past, name)} or getattr(past, name) is None:
        _number_anew(session, record, is_free=rows is None)
    first, second = getattr(record, name), getattr(past, name)
    setattr(record, name, second)
    setattr(past, name, first)


def _neighbour(session: AnySession, record: Record, way: Way, shown: list[ColumnElement[bool]]) -> Key | None:
    """Find the key of the neighbour, among the records that may be changed."""
    key, order = key_of(type(record)), in_order(type(record))
    beside = (func.lag if way is Way.UP else func.lead)(key, type_=key.type)
    beside_it = select(key.label("key"), beside.over(order_by=order).label("beside")).select_from(type(record))
    rows = beside_it.where(among(record), *shown).subquery()
    found: Key | None = session.scalar(select(rows.c.beside).where(rows.c.key == record.id))
    return found


def _number_anew(session: AnySession, record: Record, *, is_free: bool) -> None:
    """Give each record a position of its own, in their present order."""
    if not is_free:
        raise InvalidRecord({"": NOT_ALL_YOURS})
    model, name = type(record), type(record).__position__
    ordered = select(model).where(among(record)).order_by(*in_order(model)).limit(MOST_RENUMBERED + 1)
    found = session.scalars(ordered.with_for_update()).all()
    if len(found) > MOST_RENUMBERED:
        raise InvalidRecord({"": TOO_MANY})
    for number, one in enumerate(found, 1):
        if getattr(one, name) != number:
            setattr(one, name, number)


def _lock(session: AnySession, *records: Record) -> None:
    """Read the records again and lock them until the commit. They are locked in the order of their keys, so that no two moves deadlock."""
    model = type(records[0])
    keys = [one.id for one in records]
    wanted = select(model).where(key_of(model).in_(keys)).order_by(key_of(model)).with_for_update(of=model)
    session.scalars(wanted, execution_options={"populate_existing": True}).all()


def _place(model: type[Record]) -> TableColumn:
    found: TableColumn = getattr(model, model.__position__)
    return found
