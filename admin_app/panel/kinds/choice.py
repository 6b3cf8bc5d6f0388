"""A choice from a fixed set: a select, operators for one or several choices, a word."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, ClassVar

from flask_admin.contrib.sqla import filters as engine
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3; the stubs are of 3.2

from admin_app.db.unreadable import Unreadable
from admin_app.extensions import AnyColumn, Attribute, TableColumn, Values
from admin_app.kinds.choice import ChoiceKind
from admin_app.panel.kinds.base import Arguments, PanelKind
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import InList, NotInList, NullableEmpty
from admin_app.panel.view_models import Cell, CellKind, Hidden


class IsChoice(Operator, engine.FilterEqual):
    """The value is this choice."""

    slug, words, input_type = "is", "is", "select"

    def clean(self, value: str) -> str:
        """Read one of the choices."""
        return member_of(self.column, value)

    def choices(self) -> tuple[Hidden, ...]:
        """Offer all choices."""
        return tuple((value, value.replace("_", " ").capitalize()) for value in self.column.type.enums)

    def typed(self, value: object) -> str | None:
        """Write the stored text."""
        return ChoiceKind(self.column).stored_as(value)


class ChoiceInList(InList):
    """The value is one of these choices."""

    def clean_one(self, value: str) -> object:
        """Read one of the choices."""
        return member_of(self.column, value)


class ChoiceNotInList(ChoiceInList, NotInList):
    """The value is none of these choices."""


def member_of(column: Attribute, value: str) -> str:
    """Return the value if it is a choice of the column; raise `ValueError` with the choices if not."""
    if value not in column.type.enums:
        message = f"Choose one of {', '.join(column.type.enums)}."
        raise ValueError(message)
    return value


class ChoiceField(SelectField):
    """A select."""

    kind: ClassVar[str] = ChoiceKind.name

    def process_data(self, value: Any) -> None:
        """Offer also what is stored and is none of the set any more."""
        if isinstance(value, Unreadable):
            text, read = str(value), self.coerce
            gone = [SelectChoice(text, f"{text} (unreadable)")] if text else []
            self.choices = [*(self.choices or ()), *gone]
            self.coerce = lambda sent: value if sent == text else read(sent)
        super().process_data(value)


class ChoicePanel(PanelKind):
    """A select, and a word in lists."""

    kind = ChoiceKind
    cell_kind = CellKind.CHOICE
    operators = (IsChoice, ChoiceInList, ChoiceNotInList, NullableEmpty)

    def field(self, column: TableColumn, arguments: Arguments) -> ChoiceField:
        """Create a select of the choices."""
        members = ChoiceKind(column).members
        # A required choice has it too: otherwise the first one would be saved without being chosen.
        blank = SelectChoice("", "—" if column.nullable else "Choose one")
        choices = [blank, *(SelectChoice(text, _words(text)) for text in members)]
        return ChoiceField(**{**arguments, "choices": choices, "coerce": _reading(members)})

    def needs_an_answer(self, column: TableColumn) -> bool:
        """Require an answer: without an empty choice, a select always has a value."""
        return not column.nullable

    def drawn_as(self, column: AnyColumn) -> CellKind:
        """Draw members of an enumeration as words, and texts as they are."""
        return CellKind.CHOICE if getattr(column.type, "enum_class", None) else CellKind.TEXT

    def cell(self, value: Any) -> Cell:
        """Draw the choice as a word."""
        return Cell(CellKind.CHOICE, _words(ChoiceKind.text_of(value)))


def _words(text: str) -> str:
    return text.replace("_", " ").capitalize()


def _reading(members: Values) -> Callable[[object], object]:
    """Return the function that turns what a form sends, or a record holds, into a member."""

    def read(value: object) -> object:
        if isinstance(value, Enum) or not value:
            return value or None
        if value not in members:
            raise ValueError(value)
        return members[value]

    return read
