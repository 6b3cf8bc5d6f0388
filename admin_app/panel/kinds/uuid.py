"""A UUID: a line of text, this one or one of several."""

from __future__ import annotations

from uuid import UUID

from admin_app.extensions import TableColumn
from admin_app.kinds.uuid import UuidKind
from admin_app.panel.kinds.base import Arguments, PanelKind
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import Empty, Equals, InList, NotEquals, NotInList
from admin_app.panel.typed_fields import TypedField
from admin_app.value_lists import values_of


class _Uuid(Operator):
    """What operators on UUIDs have in common."""

    def clean(self, value: str) -> object:
        """Read a UUID, however it is written."""
        try:
            return UUID(value.strip())
        except ValueError as error:
            message = "Enter a UUID, like 12345678-1234-5678-1234-567812345678."
            raise ValueError(message) from error


class UuidEquals(_Uuid, Equals):
    """Exactly this UUID."""


class UuidNotEquals(_Uuid, NotEquals):
    """Any other UUID, or none."""


class UuidInList(_Uuid, InList):
    """One of several UUIDs."""

    clean, clean_one = InList.clean, _Uuid.clean

    def split(self, text: str) -> list[str]:
        """Split at blanks too: no UUID has one."""
        return values_of(text, at_blanks=True)


class UuidNotInList(UuidInList, NotInList):
    """None of several UUIDs."""


class UuidField(TypedField):
    """A UUID, however it is written."""

    kind = UuidKind.name
    advice = "Enter a UUID like 12345678-1234-5678-1234-567812345678."

    def read(self, text: str) -> UUID:
        """Take it with braces, without hyphens."""
        return UUID(text)


class UuidPanel(PanelKind):
    """A line of text that holds a UUID."""

    kind = UuidKind
    operators = (UuidEquals, UuidNotEquals, UuidInList, UuidNotInList, Empty)

    def field(self, _column: TableColumn, arguments: Arguments) -> UuidField:
        """Make a line of text."""
        return UuidField(**arguments)
