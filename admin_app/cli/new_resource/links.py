"""Tables that only link two others: they become a many-to-many relation instead of a model of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from admin_app.db.keys import foreign_keys_of
from admin_app.extensions import TableColumn


@dataclass(frozen=True)
class Link:
    """A table with a row for each pair, seen from one of its sides."""

    table: sa.Table
    own: TableColumn
    other: TableColumn

    @property
    def sides(self) -> tuple[str, str]:
        """The tables of the side whose form has the links and of the other side."""
        first, second = (target_of(one) for one in self.table.columns if one.foreign_keys)
        return first, second

    @property
    def is_owner(self) -> bool:
        """Whether the links are a field of this side's form."""
        return target_of(self.own) == self.sides[0]


def links_of_table(table: sa.Table) -> list[Link]:
    """Return an association table's links as each side sees them; none if the table is more than that.

    Its pairs have to be unique, because SQLAlchemy checks the number of rows that it deletes.
    """
    ends = [one.columns[0] for one in foreign_keys_of(table)]
    rest = [one for one in table.columns if one not in ends and one is not table.autoincrement_column]
    if rest or not _is_unique(table, {*ends}):
        return []
    match ends:
        case [one, other] if target_of(one) != target_of(other):
            return [Link(table, one, other), Link(table, other, one)]
    return []


def target_of(column: TableColumn) -> str:
    """Return the table that a column refers to."""
    return target_name(next(iter(column.foreign_keys)))


def target_name(key: sa.ForeignKey) -> str:
    """Return the table that a foreign key refers to, with its schema."""
    return key.target_fullname.rpartition(".")[0]


def _is_unique(table: sa.Table, ends: set[TableColumn]) -> bool:
    return ends in [{*one} for one in _unique_columns(table)]


def _unique_columns(table: sa.Table) -> Iterator[Iterable[TableColumn]]:
    yield table.primary_key.columns
    yield from (one.columns for one in table.constraints if isinstance(one, sa.UniqueConstraint))
    yield from (one.columns for one in table.indexes if one.unique)
