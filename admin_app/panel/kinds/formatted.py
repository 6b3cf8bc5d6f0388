"""Text of a form of its own: the browser's input for it, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from wtforms.widgets import TextInput

from admin_app.extensions import AnyColumn, TableColumn
from admin_app.kinds.colour import ColourKind, is_colour
from admin_app.kinds.formatted import EmailKind, FormattedKind
from admin_app.kinds.money import CurrencyKind
from admin_app.kinds.network import IpKind, NetworkKind
from admin_app.kinds.phone import PhoneKind, spaced
from admin_app.kinds.web_address import SCHEMES, UrlKind
from admin_app.panel.kinds.base import Arguments, none_for_nothing, text_cell
from admin_app.panel.kinds.text import LineField, TextPanel
from admin_app.panel.view_models import Cell, CellKind
from admin_app.unicode_text import line


def _input(kind: str) -> TextInput:
    made = TextInput()
    made.input_type = kind
    return made


class FormattedField(LineField):
    """A line of text, kept in its spelling."""

    def __init__(self, *args: Any, keep: Callable[[str], str] = line, **kwargs: Any) -> None:
        """Keep what makes the spelling."""
        super().__init__(*args, **kwargs)
        self._keep = keep

    def process_formdata(self, valuelist: list[str]) -> None:
        """Write it in its spelling; a stored value in another spelling stays until somebody types something else."""
        super().process_formdata(valuelist)
        if self.data and self.data != self.object_data:
            self.data = self._keep(self.data)


class EmailField(FormattedField):
    """An email address."""

    kind = EmailKind.name
    widget = _input("email")


class UrlField(FormattedField):
    """A web address."""

    kind = UrlKind.name
    widget = _input("url")


class PhoneField(FormattedField):
    """A phone number."""

    kind = PhoneKind.name
    widget = _input("tel")


class ColourField(FormattedField):
    """A colour in digits: the browser's own input cannot be left empty."""

    kind = ColourKind.name


class IpField(FormattedField):
    """An IP address."""

    kind = IpKind.name


class NetworkField(FormattedField):
    """A network."""

    kind = NetworkKind.name


class CurrencyField(FormattedField):
    """A currency."""

    kind = CurrencyKind.name


class _FormattedPanel(TextPanel):
    """What all of them have in common."""

    kind: ClassVar[type[FormattedKind]]
    hint: ClassVar[str] = "Like {}."
    field_class: ClassVar[type[FormattedField]]

    def field(self, column: TableColumn, arguments: Arguments) -> FormattedField:
        """Make the browser's input."""
        none_for_nothing(column, arguments)
        kind = self.kind(column)
        said = arguments.get("description") or self.hint.format(kind.example)
        known = {"autocomplete": "off", "spellcheck": "false"}
        plain = {**arguments, "description": said}
        return self.field_class(**plain, keep=kind.way_of_keeping, render_kw=known)


class EmailPanel(_FormattedPanel):
    """An email."""

    kind = EmailKind
    # Everybody knows what one looks like.
    hint = ""
    field_class = EmailField

    def width(self, _column: AnyColumn) -> str:
        """Give it the room that most of them need."""
        return "email"


class UrlPanel(_FormattedPanel):
    """A link to the page."""

    kind = UrlKind
    field_class = UrlField

    def cell(self, value: object) -> Cell:
        """Lead there, where it is such an address: another program may have stored anything."""
        text = str(value)
        return text_cell(text, is_whole=True)._replace(url=text if text.partition("://")[0].lower() in SCHEMES else "")


class PhonePanel(_FormattedPanel):
    """A number in groups."""

    kind = PhoneKind
    field_class = PhoneField

    def cell(self, value: object) -> Cell:
        """Write it as people read it."""
        return text_cell(spaced(str(value)), is_whole=True)


class ColourPanel(_FormattedPanel):
    """A patch of the colour beside its digits."""

    kind = ColourKind
    field_class = ColourField
    cell_kind = CellKind.COLOUR

    def width(self, _column: AnyColumn) -> str:
        """Draw it as wide as a word."""
        return CellKind.CHOICE.value

    def cell(self, value: object) -> Cell:
        """Draw it."""
        text = str(value)
        return Cell(CellKind.COLOUR, text) if is_colour(text) else text_cell(text, is_whole=True)


class IpPanel(_FormattedPanel):
    """An IP address."""

    kind = IpKind
    field_class = IpField


class NetworkPanel(_FormattedPanel):
    """A network."""

    kind = NetworkKind
    field_class = NetworkField


class CurrencyPanel(_FormattedPanel):
    """Three letters."""

    kind = CurrencyKind
    field_class = CurrencyField
