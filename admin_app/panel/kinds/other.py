"""Unknown types: the database's text for the value, a search in it, and a filter for empty values."""

from __future__ import annotations

from sqlalchemy import ColumnElement, cast
from sqlalchemy.types import Text

from admin_app.db.json_spelling import spelled
from admin_app.extensions import Expression
from admin_app.kinds.other import OtherKind
from admin_app.panel.kinds.base import PanelKind, text_cell
from admin_app.panel.operators.base import Operator, ReadValue
from admin_app.panel.operators.equality import Empty
from admin_app.panel.view_models import Cell
from admin_app.selection.search.match_sql import contains


class TextContains(Operator):
    """The database's text for the value contains the text."""

    slug, words = "contains", "contains"
    clean = staticmethod(str)

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Search that text."""
        return contains(cast(column, Text), value)


class OtherPanel(PanelKind):
    """Text; forms are read-only."""

    kind = OtherKind
    operators = (TextContains, Empty)

    def cell(self, value: object) -> Cell:
        """Draw a list as files have it, and other values as they say themselves."""
        return text_cell(spelled(value) if isinstance(value, list | tuple) else str(value), is_whole=True)
