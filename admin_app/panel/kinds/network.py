"""PostgreSQL's own types of addresses: a line of text, operators for one or several."""

from __future__ import annotations

from typing import ClassVar, cast

from admin_app.extensions import TableColumn
from admin_app.kinds import kind_of
from admin_app.kinds.network import CidrKind, InetKind, MacKind, NativeAddress, spelling_of
from admin_app.panel.kinds.base import Arguments, PanelKind, text_cell
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import Empty, Equals, InList, NotEquals, NotInList
from admin_app.panel.typed_fields import TypedField
from admin_app.panel.view_models import Cell
from admin_app.value_lists import values_of


class _Address(Operator):
    """Base of operators on addresses."""

    def clean(self, value: str) -> object:
        """Read an address of the column's kind."""
        kind = cast("NativeAddress", kind_of(self.column))
        try:
            return kind.from_url(value)
        except ValueError as error:
            message = f"Enter {kind.wanted}, like {kind.example}."
            raise ValueError(message) from error


class AddressEquals(_Address, Equals):
    """The value is exactly this address."""

    def typed(self, value: object) -> str | None:
        """Write the address as it is shown."""
        return spelling_of(value)


class AddressNotEquals(_Address, NotEquals):
    """The value is another address, or missing."""


class AddressInList(_Address, InList):
    """The value is one of these addresses."""

    clean, clean_one = InList.clean, _Address.clean

    def split(self, text: str) -> list[str]:
        """Split at spaces too: no address contains one."""
        return values_of(text, at_blanks=True)


class AddressNotInList(AddressInList, NotInList):
    """The value is none of these addresses."""


class _AddressField(TypedField):
    """A line of text for an address."""

    of: ClassVar[type[NativeAddress]]

    def read(self, text: str) -> object:
        """Read any spelling."""
        return self.of.read(text)

    def write(self, value: object) -> str:
        """Write the address as it is shown."""
        return spelling_of(value)


class InetField(_AddressField):
    """An address."""

    kind, of = InetKind.name, InetKind
    advice = f"Enter {InetKind.wanted} like {InetKind.example}."


class CidrField(_AddressField):
    """A network."""

    kind, of = CidrKind.name, CidrKind
    advice = f"Enter {CidrKind.wanted} like {CidrKind.example}."


class MacField(_AddressField):
    """A MAC address."""

    kind, of = MacKind.name, MacKind
    advice = f"Enter {MacKind.wanted} like {MacKind.example}."


class _AddressPanel(PanelKind):
    """Base of the panel kinds of addresses."""

    operators = (AddressEquals, AddressNotEquals, AddressInList, AddressNotInList, Empty)
    field_class: ClassVar[type[_AddressField]]

    def field(self, _column: TableColumn, arguments: Arguments) -> _AddressField:
        """Create a line of text."""
        return self.field_class(**arguments)

    def cell(self, value: object) -> Cell:
        """Draw PostgreSQL's spelling."""
        return text_cell(spelling_of(value), is_whole=True)


class InetPanel(_AddressPanel):
    """An address."""

    kind = InetKind
    field_class = InetField


class CidrPanel(_AddressPanel):
    """A network."""

    kind = CidrKind
    field_class = CidrField


class MacPanel(_AddressPanel):
    """A MAC address."""

    kind = MacKind
    field_class = MacField
