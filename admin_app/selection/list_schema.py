"""What a list lets a person ask for: the searched columns, the sorts and the filters that its resource declared."""

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

# Where the term must be in a text: anywhere, at the beginning, at the end; or the text must equal it.
ANYWHERE, AT_START, AT_END, WHOLE = "%{}%", "{}%", "%{}", "{}"


# `eq=False`: comparing two columns with == would build SQL.
@dataclass(frozen=True, eq=False)
class SearchColumn:
    """A text column to search, the to-one relation that leads to it, if it is another model's, and where in the text."""

    column: Attribute
    relation: Attribute | None = None
    frame: str = ANYWHERE


class Filter(Protocol):
    """One operator on one field."""

    @property
    def slug(self) -> str:
        """What follows the field's name in an address."""

    @property
    def longest(self) -> int:
        """How many characters it takes."""

    @property
    def searched(self) -> SearchColumn | None:
        """The column that the filter searches for its value, as the search box does; None for filters that do something else."""

    def parse(self, text: str) -> object:
        """Turn what was typed into a value; raise ValueError whose text tells what to type instead."""

    def criterion(self, value: object) -> ColumnElement[bool]:
        """Return the condition on the listed model."""

    def key_sets(self, _value: Any) -> Sequence[KeySet]:
        """Return the sets of keys that together identify the rows; empty where `criterion` has to be used instead."""

    def beyond(self, _value: Any) -> ColumnElement[bool] | None:
        """Return the condition on the record that a row has to point at; None where a row matches by something else."""

    def means_one(self) -> bool:
        """Whether a value means one record at most."""

    def sentence(self, text: str) -> str:
        """Say it for a person: 'Name contains "Ann"'."""


@dataclass(frozen=True)
class SortKey:
    """A column to sort by, and the to-one relation that leads to it, if it is another model's; or a to-many relation, to sort by its number."""

    column: Attribute
    relation: Attribute | None = None
    # Of a to-many relation: which records count, if not all of them.
    rows: ColumnElement[bool] | None = field(default=None, compare=False)

    @property
    def is_count(self) -> bool:
        """Whether it sorts by a number of other records."""
        return isinstance(getattr(self.column, "property", None), RelationshipProperty)

    @property
    def is_own(self) -> bool:
        """Whether it sorts by a column of the listed model itself."""
        return self.relation is None and not self.is_count


@dataclass(frozen=True)
class ListSchema:
    """Everything that may be asked of one model's list. What is not in here is refused."""

    model: type[Record]
    search: Mapping[str, SearchColumn] = field(default_factory=dict)
    sorts: Mapping[str, SortKey] = field(default_factory=dict)
    filters: Mapping[str, Filter] = field(default_factory=dict)
    default_sort: str = ""
    # What comes after it, where no other sort is asked for.
    default_then: str = ""
    # The rows that this person may list, whatever the address asks for; None: every row.
    rows: ColumnElement[bool] | None = field(default=None, compare=False)
    # Which rows are archived, and the column that says so: they are left out unless requested. None: there is no
    # archive.
    archived: ColumnElement[bool] | None = field(default=None, compare=False)
    archived_name: str = ""
    page_sizes: tuple[int, ...] = PAGE_SIZES
    # What the person at the screen prefers: rows a page (0 is the first of the sizes), and whether the plain address
    # leads to a view, so that the whole list has to be asked for.
    page_size: int = 0
    has_default_view: bool = False
