"""A country: a select of names, and the name in lists."""

from __future__ import annotations

from typing import ClassVar

from flask_admin.contrib.sqla import filters as engine
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3; the stubs are of 3.2

from admin_app.extensions import TableColumn
from admin_app.kinds.country import CountryKind, countries
from admin_app.panel.kinds.base import Arguments, PanelKind, none_for_nothing
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import InList, NotInList, NullableEmpty
from admin_app.panel.view_models import Cell, CellKind, Hidden


class IsCountry(Operator, engine.FilterEqual):
    """The value is this country."""

    slug, words, input_type = "is", "is", "select"

    def clean(self, value: str) -> str:
        """Read a code or a name."""
        return CountryKind(self.column).read(value.strip())

    def choices(self) -> tuple[Hidden, ...]:
        """Offer all countries."""
        return tuple(countries().items())

    def typed(self, value: object) -> str | None:
        """Write the code."""
        return None if value is None else str(value)


class CountryField(SelectField):
    """A select."""

    kind: ClassVar[str] = CountryKind.name


class CountryPanel(PanelKind):
    """A select of names."""

    kind = CountryKind
    cell_kind = CellKind.CHOICE
    operators = (IsCountry, InList, NotInList, NullableEmpty)

    def field(self, column: TableColumn, arguments: Arguments) -> CountryField:
        """Create a select; a stored value that is no country can stay."""
        none_for_nothing(column, arguments)
        blank = SelectChoice("", "—" if column.nullable else "Choose one")
        choices = [blank, *(SelectChoice(code, name) for code, name in countries().items())]
        return CountryField(**arguments, choices=choices, validate_choice=False)

    def cell(self, value: object) -> Cell:
        """Draw the name."""
        return Cell(CellKind.CHOICE, countries().get(str(value), str(value)))
