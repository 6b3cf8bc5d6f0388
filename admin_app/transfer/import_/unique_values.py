"""Unique values by the file's end state: who has a value that a row wants, and will have another by a later row, makes way.

The value that makes way is kept in a temporary table until its record's row comes, so that the history says one change of
it and memory does not grow with the file. Whose row does not come in the end has the value, and is in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ColumnElement, Table, func, select
from sqlalchemy.orm.attributes import set_committed_value

from admin_app.db.caseless import caseless, is_caseless, same_as_any
from admin_app.db.record import Record
from admin_app.extensions import AnyRow, AnySession, TableColumn, Values
from admin_app.formatting import label
from admin_app.kinds import kind_of
from admin_app.transfer.import_.wording import about

NumberedRow = tuple[int, Values]
Problem = tuple[int, str]


def has_any_of(column: TableColumn, values: Collection[Any]) -> ColumnElement[bool]:
    """Return the condition that finds the records with one of these values."""
    return same_as_any(column, values) if is_caseless(column) else column.in_(values)


def same(column: TableColumn, value: object) -> object:
    """Return what two values of a unique column have in common when they count as the same."""
    return caseless(value) if is_caseless(column) else value


class ValueSwaps:
    """The values of one unique column that have made way so far."""

    def __init__(self, session: AnySession, model: type[Record], column: TableColumn, *, brings_ids: bool) -> None:
        """Begin with none; a file without ids changes no record that is there, so that nobody makes way for it."""
        self.session, self.model, self.column = session, model, column
        self.may_park = brings_ids and _stand_ins(column) is not None
        self.parked: sa.Table | None = None

    def make_way(self, batch: Sequence[NumberedRow], is_settled: Callable[[int], bool]) -> Iterator[Problem]:
        """Let records make way for the batch; find the rows for which none will, since it is `is_settled` by an earlier row."""
        key = self.column.key
        making_way: dict[int, Values] = {}
        wanted = {
            same(self.column, values[key]): row for row in reversed(batch) if (values := row[1]).get(key) is not None
        }
        for owner, value in self._owners(batch):
            number, values = wanted.get(same(self.column, value), (0, {"id": owner}))
            if owner == values.get("id"):
                continue
            if is_settled(owner):
                yield number, about(label(key), values[key], "the same as in an earlier row.")
            elif self.may_park:
                making_way[owner] = {"id": owner, "value": value, "row": number, "wanted": values[key]}
            else:
                yield number, self._in_the_way(owner, values[key])
        if making_way:
            self._park(making_way)

    def give_back(self, present: Mapping[int, object], batch: Sequence[NumberedRow]) -> None:
        """Let records whose rows came be as they were before they made way, so that what changes is seen."""
        if self.parked is None:
            return
        came = [values["id"] for _, values in batch if values.get("id") in present and self.column.key in values]
        parked = self.parked.c
        connection = self.session.connection()
        for owner, value in connection.execute(select(parked.id, parked.value).where(parked.id.in_(came))).all():
            set_committed_value(present[owner], self.column.key, value)
        connection.execute(self.parked.delete().where(parked.id.in_(came)))

    def left(self, most: int, *, but: Collection[int | None]) -> Iterator[Problem]:
        """Find the rows whose values other records have after all, `but` for these records; forget everything."""
        if self.parked is None:
            return
        parked = self.parked.c
        found = self.session.connection().execute(select(self.parked).order_by(parked.row).limit(most + len(but))).all()
        yield from ((one.row, self._in_the_way(one.id, one.wanted)) for one in found if one.id not in but)
        self.parked.drop(self.session.connection())

    def _in_the_way(self, owner: int, value: object) -> str:
        return about(label(self.column.key), value, f"already used by ID {owner}.")

    def _owners(self, batch: Sequence[NumberedRow]) -> Sequence[AnyRow]:
        given = {values[self.column.key] for _, values in batch if values.get(self.column.key) is not None}
        asked = select(self.model.id, self.column).where(has_any_of(self.column, given))
        return self.session.connection().execute(asked).all() if given else []

    def _park(self, making_way: Mapping[int, dict[str, object]]) -> None:
        connection = self.session.connection()
        if self.parked is None:
            self.parked = _table_for(self.column)
            self.parked.create(connection)
        connection.execute(self.parked.insert(), list(making_way.values()))
        lowest = connection.scalar(select(func.min(self.column)))
        table: Table = self.model.__table__
        statement = table.update().where(table.c.id == sa.bindparam("owner"))
        stand_in = _stand_ins(self.column)
        assert stand_in is not None  # noqa: S101 -- told to mypy: `may_park` has asked
        moved = [{"owner": owner, "other": stand_in(place, owner, lowest)} for place, owner in enumerate(making_way)]
        # Beside the session: what stands in is no change of the record.
        connection.execute(statement.values({self.column.key: sa.bindparam("other")}), moved)


def _table_for(column: TableColumn) -> sa.Table:
    return sa.Table(
        f"parked_{column.table.name}_{column.name}",
        sa.MetaData(),
        Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        Column("value", column.type),
        Column("row", sa.BigInteger),
        Column("wanted", column.type),
        prefixes=["TEMPORARY"],
    )


def _stand_ins(column: TableColumn) -> Callable[[int, int, object], object] | None:
    """Return what makes values that no record has, None where the column's kind has no such ones."""
    if column.nullable:
        return lambda _place, _owner, _lowest: None
    return kind_of(column).stand_ins()
