"""JSON: a text area with a check, and a filter for its text."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import ColumnElement
from wtforms.widgets import TextArea

from admin_app.db.json_exact import is_null, written
from admin_app.db.json_spelling import DeepJson, Spelled, spelled
from admin_app.extensions import Expression, TableColumn
from admin_app.kinds.json import JsonKind, JsonText, value_of
from admin_app.panel.kinds.base import Arguments, PanelKind, text_cell
from admin_app.panel.operators.base import Operator, ReadValue, yes_or_no
from admin_app.panel.operators.equality import Empty
from admin_app.panel.typed_fields import TypedField
from admin_app.panel.view_models import Cell, OperatorChoice
from admin_app.selection.search.match_sql import contains


class JsonContains(Operator):
    """The stored JSON contains the text, in a name or a value."""

    slug, words = "contains", "contains"
    clean = staticmethod(str)

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Search the JSON text."""
        return contains(Spelled(column), value)


class IsJsonNull(Empty):
    """The value is JSON's `null`, which is not the same as no value."""

    slug, words = "null", "is null"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Leave out what has no value either way."""
        return (Spelled(column) == "null") if value else (Spelled(column) != "null")

    def includes_nothing(self, _value: object) -> bool:
        """Leave out what is not there."""
        return False

    def sentence(self, text: str) -> str:
        """Say which of the two."""
        return f"{self.name} is {'null' if yes_or_no(text) else 'a value other than null'}"

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Offer both as operators that take no value."""
        return (
            OperatorChoice("null=yes", "is null", "none"),
            OperatorChoice("null=no", "is a value other than null", "none"),
        )

    def typed(self, value: object) -> str | None:
        """Find those that are null, too."""
        return "yes" if is_null(value) else None


class JsonField(TypedField):
    """Indented JSON."""

    kind: ClassVar[str] = JsonKind.name
    widget = TextArea()
    advice = 'Enter JSON, like {"size": 4}.'

    def read(self, text: str) -> Any:
        """Parse the text; an unchanged value stays as it is stored."""
        return value_of(text)

    def write(self, value: object) -> str:
        """Write indented JSON."""
        return str(value) if isinstance(value, DeepJson) else written(value, "", is_ascii=False)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say where the JSON is wrong; keep stored JSON that is nested too deeply to be read."""
        kept: object = self.object_data
        if isinstance(kept, DeepJson) and valuelist and valuelist[0].split() == kept.split():
            self.data = kept
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            message = f"{self.advice} {error.__cause__}." if error.__cause__ else str(error)
            raise ValueError(message) from error


class JsonPanel(PanelKind):
    """A text area for JSON."""

    kind = JsonKind
    operators = (JsonContains, Empty, IsJsonNull)

    def field(self, _column: TableColumn, arguments: Arguments) -> JsonField:
        """Create a text area."""
        return JsonField(**arguments, render_kw={"rows": 10, "spellcheck": "false", "class": "code"})

    def cell(self, value: object) -> Cell:
        """Draw the JSON on one line."""
        return text_cell(str(value) if isinstance(value, JsonText) else spelled(value), is_whole=True)
