"""Links with many: includes this record, any of several, all of them, none of them, is empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import ColumnElement, and_
from typing_extensions import override

from admin_app.extensions import Expression
from admin_app.panel.operators.base import ReadValue
from admin_app.panel.operators.relation import RelationEmpty, RelationInList, RelationIs
from admin_app.relations import ManyToMany, relation_of
from admin_app.relations.base import KeySet


class LinksInclude(RelationIs):
    """One of the linked records is this one, given by its ID, its email or its name."""

    words = "include"

    @override
    def key_sets_of(self, value: ReadValue) -> Sequence[KeySet]:
        return (_links(self.column).linked([value]),)

    def sentence(self, text: str) -> str:
        """Name the record rather than its number."""
        return super().sentence(text).replace(f"{self.name} is ", f"{self.name} include ", 1)

    def typed(self, value: object) -> None:
        """Return None: a cell names several records."""


class LinksIncludeAny(RelationInList):
    """At least one of several records is linked."""

    slug, words = "in", "include any of"

    @override
    def key_sets_of(self, value: ReadValue) -> Sequence[KeySet]:
        return (_links(self.column).linked(value),)

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Ask the table between."""
        return _links(column).linked(value).found

    def typed(self, value: object) -> None:
        """Return None: a cell names several records."""


class LinksIncludeAll(LinksIncludeAny):
    """Each of several records is linked."""

    slug, words = "all", "include all of"

    @override
    def key_sets_of(self, value: ReadValue) -> Sequence[KeySet]:
        return tuple(_links(self.column).linked([key]) for key in value)

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Ask the table between for each."""
        return and_(*(_links(column).linked([key]).found for key in value))


class LinksIncludeNone(LinksIncludeAny):
    """None of several records is linked; where there are no links, none is."""

    slug, words = "not_in", "include none of"

    @override
    def key_sets_of(self, value: ReadValue) -> Sequence[KeySet]:
        return ()

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Test each row: an index of links cannot find records without links."""
        return ~_links(column).linked(value).asked


class LinksEmpty(RelationEmpty):
    """There are linked records, or none."""

    @override
    def key_sets_of(self, value: ReadValue) -> Sequence[KeySet]:
        return () if value else (_links(self.column).linked(),)

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Ask the table between."""
        linked = _links(column).linked()
        return ~linked.asked if value else linked.found


def _links(column: Expression) -> ManyToMany:
    return cast("ManyToMany", relation_of(column))
