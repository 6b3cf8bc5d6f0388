"""Links with many: includes this record, any of several, all of them, none of them, is empty."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_

from admin_app.extensions import Expression
from admin_app.panel.operators.base import ReadValue
from admin_app.panel.operators.relation import RelationEmpty, RelationInList, RelationIs
from admin_app.relations import relation_of


class LinksInclude(RelationIs):
    """One of the linked records is this one, given by its ID, its email or its name."""

    words = "include"

    def sentence(self, text: str) -> str:
        """Name the record rather than its number."""
        return super().sentence(text).replace(f"{self.name} is ", f"{self.name} include ", 1)

    def typed(self, value: object) -> None:
        """Lead nowhere: a cell names several records."""


class LinksIncludeAny(RelationInList):
    """One at least of several records is linked."""

    slug, words = "in", "include any of"

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Ask the table between for each."""
        return or_(*(relation_of(column).condition(key) for key in value))

    def typed(self, value: object) -> None:
        """Lead nowhere."""


class LinksIncludeAll(LinksIncludeAny):
    """Each of several records is linked."""

    slug, words = "all", "include all of"

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Ask the table between for each."""
        return and_(*(relation_of(column).condition(key) for key in value))


class LinksIncludeNone(LinksIncludeAny):
    """None of several records is linked; where there are no links, none is."""

    slug, words = "not_in", "include none of"

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Leave out those that have any."""
        return not_(super().condition(column, value))


class LinksEmpty(RelationEmpty):
    """There are linked records, or none."""

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Ask the table between."""
        relation: Any = relation_of(column)
        linked: ColumnElement[bool] = relation.any_linked()
        return ~linked if value else linked
