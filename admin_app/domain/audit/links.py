"""Many-to-many links in the history: the other records' keys, in order, as a field of the side that owns the links.

The rows of the link table have no history of their own: adding or removing one is a change of the record that owns
the links.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
)
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.dialects.postgresql import JSONB

from admin_app.db.dialects import dialect_of
from admin_app.db.json_values import has_key
from admin_app.db.keys import Keys, key_from
from admin_app.db.record import Record
from admin_app.extensions import AnySession, Expression, Statement
from admin_app.kinds import kind_of
from admin_app.relations import ManyToMany, links_of

HistoryKeys = list[str | int | None]


def keys_to_history(relation: ManyToMany, keys: Iterable[object]) -> HistoryKeys:
    """Return keys of linked records as the history's JSON holds them."""
    kind = kind_of(relation.other)
    return [kind.to_history(key) for key in keys]


def keys_from_history(relation: ManyToMany, values: Iterable[object] | None) -> Keys:
    """Read keys from the history's JSON; an entry older than the relation has none."""
    kind = kind_of(relation.other)
    return [kind.from_history(value) for value in values or ()]


def links_state(record: Record) -> dict[str, HistoryKeys]:
    """Return what the history keeps of a record's links as they are now."""
    return {name: keys_to_history(one, one.keys(record)) for name, one in links_of(type(record)).items()}


def is_relinked(record: Record, name: str) -> bool:
    """Whether links were added or removed since the record was read."""
    history: Any = inspect_mapper(record).attrs[name].history
    return bool(history.added or history.deleted)


def keys_of_new(record: Record, relation: ManyToMany) -> Keys:
    """Return the keys of the records that a new record is linked with, without asking the database."""
    linked: Iterable[Record] = inspect_mapper(record).dict.get(relation.key, ())
    return sorted(map(relation.key_of, linked))


def keys_before(record: Record, relation: ManyToMany) -> Keys:
    """Return the keys of the records that were linked when the record was read."""
    history: Any = inspect_mapper(record).attrs[relation.key].history
    return sorted(map(relation.key_of, (*history.unchanged, *history.deleted)))


def linked_records(session: AnySession, relation: ManyToMany, keys: Iterable[object]) -> list[Record]:
    """Return the records with these keys that exist."""
    found = select(relation.target).where(relation.other.in_(keys)).order_by(relation.other)
    return list(session.scalars(found))


# ---- the same in SQL


def links_json(
    relation: ManyToMany,
    owner: Expression,
    dialect: str,
    *,
    without: Statement | None = None,
    instead: tuple[object, object] | None = None,
) -> Expression:
    """Return the SQL that writes the links of the record with the key `owner` in the history's JSON form.

    It leaves out links with the keys `without`, or writes the second key of `instead` in place of the first.
    """
    kind, link = kind_of(relation.other), relation.table.alias(f"links_{relation.key}")
    own = link.c[relation.own_link.name]
    key: Expression = link.c[relation.other_link.name]
    mine = and_(own == owner, *([] if without is None else [key.not_in(without)]))
    if instead is not None:
        key = case((key == instead[0], literal(instead[1], key.type)), else_=key)
    quoted = kind.history_on_sqlite(key) if dialect == "sqlite" else kind.history_on_postgres(key)
    ordered = select(quoted.label("key"), _in_order(relation, key, dialect).label("place")).where(mine)
    each = ordered.distinct().order_by("place").correlate_except(link).subquery(f"each_{relation.key}")
    if dialect == "sqlite":
        return select(func.json_group_array(each.c.key, type_=Text())).scalar_subquery()
    whole = select(cast(func.json_agg(each.c.key), Text)).scalar_subquery()
    return func.coalesce(whole, literal_column("'[]'"))


def are_linked_so(relation: ManyToMany, owner: Expression, values: Expression, dialect: str) -> ColumnElement[bool]:
    """Whether the record with the key `owner` has exactly the links in the history's JSON; true if the JSON does not mention the relation."""
    now = links_json(relation, owner, dialect)
    if dialect == "sqlite":
        is_so = now == func.json_extract(values, f'$."{relation.key}"')
    else:
        is_so = cast(now, JSONB) == cast(func.json_extract_path(cast(values, JSON), relation.key), JSONB)
    return ~has_key(values, relation.key, dialect) | is_so


def each_link(relation: ManyToMany, values: Expression, dialect: str) -> tuple[FromClause, Expression]:
    """Return a table with a row for each link in the history's JSON, and the expression for the other record's key."""
    kind, name = kind_of(relation.other), f"said_{relation.key}"
    if dialect == "sqlite":
        said = func.json_each(values, f'$."{relation.key}"').table_valued("value", name=name, joins_implicitly=True)
        return said, kind.from_history_on_sqlite(said.c.value)
    found = func.json_extract_path(cast(values, JSON), relation.key)
    said = func.json_array_elements_text(found).table_valued("value", name=name, joins_implicitly=True)
    return said, kind.from_history_on_postgres(said.c.value)


def are_all_there(relation: ManyToMany, values: Expression, dialect: str, *, along: Statement) -> ColumnElement[bool]:
    """Whether every record that the history's JSON links exists, or has one of the keys `along` and is created by the same statement."""
    said, key = each_link(relation, values, dialect)
    other = relation.other.table.alias(f"linked_{relation.key}")
    there = exists(select(1).select_from(other).where(other.c[relation.other.name] == key).correlate(said))
    missing = select(1).select_from(said).where(~there, key.not_in(along))
    return ~has_key(values, relation.key, dialect) | ~exists(missing.correlate_except(said, other))


def put_links(session: AnySession, relation: ManyToMany, rows: FromClause, which: ColumnElement[bool]) -> None:
    """Link records as the `after` of these rows says; the rows are changes or a plan's lines. The caller records the change."""
    dialect = dialect_of(session)
    owner, values = key_from(relation.own.table, rows.c.record_id), rows.c.after
    told = (which, has_key(values, relation.key, dialect))
    connection = session.connection()
    connection.execute(delete(relation.table).where(relation.own_link.in_(select(owner).where(*told))))
    said, key = each_link(relation, values, dialect)
    links = [relation.own_link.name, relation.other_link.name]
    new = select(owner, key).select_from(rows, said).where(*told)
    connection.execute(insert(relation.table).from_select(links, new, include_defaults=False))


def _in_order(relation: ManyToMany, key: Expression, dialect: str) -> Expression:
    """Sort keys as Python does, whatever language the database is in."""
    is_text = kind_of(relation.other).is_text
    return key.collate("C") if is_text and dialect == "postgresql" else key
