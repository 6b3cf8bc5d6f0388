"""A type that the dashboard knows nothing of: its text, what occurs in that, and whether there is any."""

from __future__ import annotations

from sqlalchemy import ColumnElement, cast
from sqlalchemy.types import Text

from admin_app.extensions import Expression
from admin_app.kinds.other import OtherKind
from admin_app.panel.kinds.base import PanelKind
from admin_app.panel.operators.base import Operator, ReadValue
from admin_app.panel.operators.equality import Empty
from admin_app.selection.search.match_sql import contains


class TextContains(Operator):
    """The text occurs in what the database writes for the value."""

    slug, words = "contains", "contains"
    clean = staticmethod(str)

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Look for it in that text."""
        return contains(cast(column, Text), value)


class OtherPanel(PanelKind):
    """Text; no form changes it."""

    kind = OtherKind
    operators = (TextContains, Empty)
