"""Rows that refer to a record by a foreign key: to its key, or to another value. If that value is personal, the rows have to refer to its stand-in afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Table, and_, null, select, update

from admin_app.db.joined import tables_of, ties_row
from admin_app.db.json_values import recorded_models
from admin_app.db.keys import Keys, foreign_keys_of, key_in, keys_in
from admin_app.db.record import Record
from admin_app.db.versions import raised
from admin_app.domain.audit.recorder import RECORDED
from admin_app.domain.forgetting.subject import Subject
from admin_app.domain.naming import names_of
from admin_app.errors import ForgettingError
from admin_app.extensions import AnySession, TableColumn, Values, table_of

# Rows that one statement changes by their keys.
BATCH = 500


class _Follower(NamedTuple):
    """Rows that refer to a record by a value that is removed, and the new values of their columns."""

    column: TableColumn
    keys: Keys
    values: Values


def keys_to(subject: Subject) -> Iterator[tuple[type[Record], ForeignKeyConstraint]]:
    """Yield the foreign keys that lead to the subject's model, each with its own model."""
    own = tables_of(subject.model)
    for model in recorded_models().values():
        for table in tables_of(model):
            found = (key for key in foreign_keys_of(table) if key.referred_table in own and not ties_row(model, key))
            yield from ((model, key) for key in found)


def points_at(subject: Subject, key: ForeignKeyConstraint) -> ColumnElement[bool]:
    """Return the condition on the rows that refer to the subject by a foreign key."""
    mine = key_in(key.referred_table) == subject.key
    held = (select(one.column).where(mine).correlate(None).scalar_subquery() for one in key.elements)
    return and_(*(one.parent == value for one, value in zip(key.elements, held, strict=True)))


@contextmanager
def following(session: AnySession, subject: Subject) -> Iterator[None]:
    """Clear the references to a record's personal values while they change, then let them refer to the stand-ins.

    Raises `ForgettingError` if a reference cannot be empty for that time, or if a value has no stand-in.
    """
    found = [one for key in _personal_keys(subject) if (one := _follower(session, subject, key)).keys]
    for one in found:
        _set(session, one, dict.fromkeys(one.values))
    yield
    for one in found:
        _set(session, one, one.values)


def _personal_keys(subject: Subject) -> Iterator[ForeignKeyConstraint]:
    """Yield the foreign keys, also of tables without a history, that refer to a value that is removed."""
    personal = {*subject.columns.values()}
    for table in table_of(subject.model).metadata.tables.values():
        yield from (key for key in foreign_keys_of(table) if any(one.column in personal for one in key.elements))


def _follower(session: AnySession, subject: Subject, key: ForeignKeyConstraint) -> _Follower:
    names = {column: name for name, column in subject.columns.items()}
    personal = [one for one in key.elements if one.column in names]
    values: Values = {one.parent.name: subject.stand_ins[names[one.column]] for one in personal}
    # Rows without a key could not be found again.
    key_or_none = key_in(key.table) if keys_in(key.table) else null()
    keys = session.scalars(select(key_or_none).where(points_at(subject, key))).all()
    may_be_without = keys_in(key.table) and all(one.parent.nullable for one in personal)
    if keys and not (may_be_without and None not in values.values()):
        why = "nothing can take its place" if may_be_without else "cannot be without it"
        message = (
            f"Some {_nouns(key.table)} refer to it by a value that would be removed, and {why}. "
            "Give them to another one first. Nothing was removed."
        )
        raise ForgettingError(message)
    return _Follower(key.elements[0].parent, keys, values)


def _nouns(table: Table) -> str:
    """Return what rows of a table are called."""
    model = next((one for one in recorded_models().values() if table in tables_of(one)), None)
    return f"rows of {table.name}" if model is None else names_of(model)[1]


def _set(session: AnySession, rows: _Follower, values: Values) -> None:
    table = rows.column.table
    for some in _batches(rows.keys):
        statement = update(table).where(key_in(table).in_(some)).values({**values, **raised(table)})
        session.execute(statement, execution_options=RECORDED)


def _batches(keys: Keys) -> Iterator[Sequence[object]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
