"""Booleans: a tick box, one operator, a word."""

from __future__ import annotations

from typing import ClassVar

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement, and_
from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3; the stubs are of 3.2

from admin_app.db.unreadable import Unreadable
from admin_app.extensions import AnyColumn, Expression, TableColumn
from admin_app.kinds.boolean import BooleanKind
from admin_app.panel.kinds.base import Arguments, PanelKind
from admin_app.panel.kinds.choice import ChoiceField
from admin_app.panel.operators.base import Operator, yes_or_no
from admin_app.panel.operators.equality import NullableEmpty
from admin_app.panel.view_models import Cell, CellKind, Hidden

YES_NO: tuple[Hidden, ...] = (("yes", "Yes"), ("no", "No"))
# What a form sends is what a tick box sends, or would.
_CHOICES = (SelectChoice("", "—"), SelectChoice("y", "Yes"), SelectChoice("false", "No"))
_ANSWERS: dict[object, bool | None] = {"": None, "y": True, "false": False, True: True, False: False}


# What an address may ask for as well: another program stored something else, which SQLite lets it.
NEITHER = "unreadable"


class IsYes(Operator, engine.FilterEqual):
    """The value is yes, or no."""

    slug, words, input_type = "is", "is", "select"

    def parse(self, text: str) -> bool | str:
        """Read yes or no."""
        return NEITHER if text == NEITHER else yes_or_no(text)

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Compare, or look for what is neither."""
        if value == NEITHER:
            return and_(column.is_not(None), column.is_not(True), column.is_not(False))
        return super().condition(column, value)

    def sentence(self, text: str) -> str:
        """Return the sentence without quotes."""
        return f"{self.name}: {NEITHER if text == NEITHER else 'yes' if yes_or_no(text) else 'no'}"

    def choices(self) -> tuple[Hidden, ...]:
        """Offer yes and no."""
        return YES_NO

    def typed(self, value: object) -> str | None:
        """Write yes or no."""
        return "yes" if value else "no"


class TickField(BooleanField):
    """A tick box."""

    kind: ClassVar[str] = BooleanKind.name

    def process_formdata(self, valuelist: list[str]) -> None:
        """Leave what is stored and is no answer as it is while the box is as it was drawn."""
        super().process_formdata(valuelist)
        if isinstance(self.object_data, Unreadable) and bool(self.data) == bool(self.object_data):
            self.data = self.object_data  # type: ignore[assignment] # what is stored is no answer


class AnswerField(ChoiceField):
    """A select of yes, no and no answer."""

    kind: ClassVar[str] = BooleanKind.name


def _answer(value: object) -> bool | None:
    if value not in _ANSWERS:
        raise ValueError(value)
    return _ANSWERS[value]


class BooleanPanel(PanelKind):
    """A tick box, or a select where there may be no answer; drawn as a word."""

    kind = BooleanKind
    cell_kind = CellKind.CHOICE
    operators = (IsYes, NullableEmpty)

    def width(self, _column: AnyColumn) -> str:
        """Return the width of a short word."""
        return "boolean"

    def field(self, column: TableColumn, arguments: Arguments) -> TickField | AnswerField:
        """Create a tick box, or a select where there may be no answer: a box without a tick can only mean no."""
        if not column.nullable:
            return TickField(**arguments)
        return AnswerField(**{**arguments, "choices": list(_CHOICES), "coerce": _answer})

    def cell(self, value: object) -> Cell:
        """Draw “Yes” or “No”."""
        return Cell(CellKind.CHOICE, "Yes" if value else "No")
