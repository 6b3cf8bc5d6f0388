"""Text with a format: the browser's input for it, and its cell."""

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
    """A line of text that is normalised."""

    def __init__(self, *args: Any, keep: Callable[[str], str] = line, **kwargs: Any) -> None:
        """Keep the function that normalises the text."""
        super().__init__(*args, **kwargs)
        self._keep = keep

    def process_formdata(self, valuelist: list[str]) -> None:
        """Normalise the text; a stored value in another spelling stays until somebody changes it."""
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
    """A colour as text, because the browser's colour input can't be empty."""

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
    """Base of the panel kinds of formatted text."""

    kind: ClassVar[type[FormattedKind]]
    hint: ClassVar[str] = "Like {}."
    field_class: ClassVar[type[FormattedField]]

    def field(self, column: TableColumn, arguments: Arguments) -> FormattedField:
        """Create the browser's input."""
        none_for_nothing(column, arguments)
        kind = self.kind(column)
        said = arguments.get("description") or self.hint.format(kind.example)
        known = {"autocomplete": "off", "spellcheck": "false"}
        plain = {**arguments, "description": said}
        return self.field_class(**plain, keep=kind.normaliser, render_kw=known)


class EmailPanel(_FormattedPanel):
    """An email."""

    kind = EmailKind
    # An email needs no example.
    hint = ""
    field_class = EmailField

    def width(self, _column: AnyColumn) -> str:
        """Return the width that most emails need."""
        return "email"


class UrlPanel(_FormattedPanel):
    """A link to the address."""

    kind = UrlKind
    field_class = UrlField

    def cell(self, value: object) -> Cell:
        """Draw a link if the scheme is harmless. Another program may have stored anything."""
        text = str(value)
        return text_cell(text, is_whole=True)._replace(url=text if text.partition("://")[0].lower() in SCHEMES else "")


class PhonePanel(_FormattedPanel):
    """A phone number with spaces."""

    kind = PhoneKind
    field_class = PhoneField

    def cell(self, value: object) -> Cell:
        """Draw the number with spaces."""
        return text_cell(spaced(str(value)), is_whole=True)


class ColourPanel(_FormattedPanel):
    """A swatch of the colour beside its code."""

    kind = ColourKind
    field_class = ColourField
    cell_kind = CellKind.COLOUR

    def width(self, _column: AnyColumn) -> str:
        """Return the width of a word."""
        return CellKind.CHOICE.value

    def cell(self, value: object) -> Cell:
        """Draw the swatch."""
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
