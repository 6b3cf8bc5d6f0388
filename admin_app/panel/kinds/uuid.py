"""UUIDs: a line of text, operators for one or several."""

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
    """Base of operators on UUIDs."""

    def clean(self, value: str) -> object:
        """Read a UUID in any notation."""
        try:
            return UUID(value.strip())
        except ValueError as error:
            message = "Enter a UUID, like 12345678-1234-5678-1234-567812345678."
            raise ValueError(message) from error


class UuidEquals(_Uuid, Equals):
    """The value is exactly this UUID."""


class UuidNotEquals(_Uuid, NotEquals):
    """The value is another UUID, or missing."""


class UuidInList(_Uuid, InList):
    """The value is one of these UUIDs."""

    clean, clean_one = InList.clean, _Uuid.clean

    def split(self, text: str) -> list[str]:
        """Split at spaces too: no UUID contains one."""
        return values_of(text, at_blanks=True)


class UuidNotInList(UuidInList, NotInList):
    """The value is none of these UUIDs."""


class UuidField(TypedField):
    """A UUID in any notation."""

    kind = UuidKind.name
    advice = "Enter a UUID like 12345678-1234-5678-1234-567812345678."

    def read(self, text: str) -> UUID:
        """Read any notation, with braces or without hyphens."""
        return UUID(text)


class UuidPanel(PanelKind):
    """A line of text for a UUID."""

    kind = UuidKind
    operators = (UuidEquals, UuidNotEquals, UuidInList, UuidNotInList, Empty)

    def field(self, _column: TableColumn, arguments: Arguments) -> UuidField:
        """Create a line of text."""
        return UuidField(**arguments)
