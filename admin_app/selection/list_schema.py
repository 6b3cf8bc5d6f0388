"""What a list offers: the searched columns, sorts and filters that its resource declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.orm import RelationshipProperty

from admin_app.db.record import Record
from admin_app.extensions import Attribute
from admin_app.relations.base import KeySet

PAGE_SIZES = (20, 50, 100)
# A filter's value is a word, a number, a date or a list of them; a megabyte of it is an accident or an attack.
LONGEST_VALUE = 1000

# Where a text must contain the term: anywhere, at the beginning, at the end; or the text must equal it.
ANYWHERE, AT_START, AT_END, WHOLE = "%{}%", "{}%", "%{}", "{}"


# `eq=False`, because comparing two columns with == would build SQL.
@dataclass(frozen=True, eq=False)
class SearchColumn:
    """A text column to search, the to-one relation that leads to it if it is another model's, and the position in the text."""

    column: Attribute
    relation: Attribute | None = None
    frame: str = ANYWHERE


class Filter(Protocol):
    """A filter: an operator on a field."""

    @property
    def slug(self) -> str:
        """The part of the address after the field's name."""

    @property
    def longest(self) -> int:
        """The longest text in characters."""

    @property
    def searched(self) -> SearchColumn | None:
        """The column that the filter searches for its value, as the search box does; None for filters that do something else."""

    def parse(self, text: str) -> object:
        """Read the typed text; raise `ValueError` with what to type instead."""

    def criterion(self, value: object) -> ColumnElement[bool]:
        """Return the condition on the listed model."""

    def key_sets(self, _value: Any) -> Sequence[KeySet]:
        """Return the key sets whose intersection is the matching rows; empty if `criterion` has to be used."""

    def beyond(self, _value: object) -> ColumnElement[bool] | None:
        """Return the condition on the record that a row has to point at; None where a row matches by something else."""

    def means_one(self) -> bool:
        """Whether a value means one record at most."""

    def sentence(self, text: str) -> str:
        """Return the filter in words: 'Name contains "Ann"'."""


@dataclass(frozen=True)
class SortKey:
    """A column to sort by, with the to-one relation that leads to it if it is another model's; or a to-many relation, to sort by its count."""

    column: Attribute
    relation: Attribute | None = None
    # For a to-many relation: the records that count, if not all of them.
    rows: ColumnElement[bool] | None = field(default=None, compare=False)

    @property
    def is_count(self) -> bool:
        """Whether it sorts by a number of related records."""
        return isinstance(getattr(self.column, "property", None), RelationshipProperty)

    @property
    def is_own(self) -> bool:
        """Whether it sorts by a column of the listed model itself."""
        return self.relation is None and not self.is_count


@dataclass(frozen=True)
class ListSchema:
    """Everything that one model's list offers. Anything else in an address is refused."""

    model: type[Record]
    search: Mapping[str, SearchColumn] = field(default_factory=dict)
    sorts: Mapping[str, SortKey] = field(default_factory=dict)
    filters: Mapping[str, Filter] = field(default_factory=dict)
    default_sort: str = ""
    # The second sort column of the default sort.
    default_then: str = ""
    # The rows that the person may list, whatever the address asks for; None: every row.
    rows: ColumnElement[bool] | None = field(default=None, compare=False)
    # The condition of archived rows, and its column: they are left out unless requested. None: there is no archive.
    archived: ColumnElement[bool] | None = field(default=None, compare=False)
    archived_name: str = ""
    page_sizes: tuple[int, ...] = PAGE_SIZES
    # The person's preferences: rows per page (0 for the first of the sizes), and whether the plain address opens a view, so that
    # the whole list has an address of its own.
    page_size: int = 0
    has_default_view: bool = False
