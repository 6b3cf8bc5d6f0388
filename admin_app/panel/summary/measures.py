"""The measures of a summary: the number of rows of each group, or a figure of a number column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import inspect as inspect_mapper

from admin_app.formatting import in_sentence
from admin_app.kinds import kind_of
from admin_app.kinds.number import DecimalKind, FloatKind, WholeNumberKind
from admin_app.panel.access.access import Access
from admin_app.panel.kinds import beside_of
from admin_app.selection.summary import Figure, Measure

COUNT = "count"
_WORDS = {Figure.SUM: "Sum of {}", Figure.AVERAGE: "Average {}", Figure.MIN: "Lowest {}", Figure.MAX: "Highest {}"}
# A measured value, as databases return it.
Measured = int | float | Decimal | None
# Decimal places of a figure; more would be noise.
DIGITS = 4


@dataclass(frozen=True)
class OfferedMeasure:
    """A measure with its name in addresses and its words. For the number of rows `measure` is None and `field` is "".

    `currency` is the field with the currency of each amount, "" if there is none.
    """

    name: str
    label: str
    field: str = ""
    measure: Measure | None = None
    currency: str = ""


def measures_of(access: Access) -> Iterator[OfferedMeasure]:
    """Yield the measures that a person may use: the number of rows, and figures of the number columns that they see."""
    resource = access.resource
    yield OfferedMeasure(COUNT, f"Number of {resource.nouns}")
    plain = inspect_mapper(resource.model).column_attrs
    names = dict.fromkeys([*resource.ruled_fields(), *(one for one in resource.column_filters if one != "id")])
    for name in access.shown(one for one in names if one in plain):
        column, currency = plain[name].class_attribute, beside_of(plain[name].class_attribute)
        is_number = isinstance(kind_of(column), (WholeNumberKind, FloatKind, DecimalKind)) and not column.foreign_keys
        # A person who does not see the currencies cannot compare the amounts.
        if is_number and (not currency or access.shows(currency)):
            for figure, words in _WORDS.items():
                said = words.format(in_sentence(resource.label(name)))
                yield OfferedMeasure(f"{name}__{figure}", said, name, Measure(column, figure), currency)


def written(value: Measured) -> str:
    """Write a figure with thousands separators; "—" if there is none."""
    if value is None:
        return "—"
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{value:,.{DIGITS}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_number(value: Measured) -> float:
    """Return a figure as a float, for charts."""
    return 0.0 if value is None else float(value)


def in_file(value: Measured) -> object:
    """Return a figure for a file, rounded as on the page."""
    return round(value, DIGITS) if isinstance(value, (Decimal, float)) else value
