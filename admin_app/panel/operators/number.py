"""Numbers: is, is greater than, is one of; whole ones within what their column holds, and others to any precision."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import Integer

from admin_app.models.limits import limits_of
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.text import Equals, InList, NotEquals


class _Number(Operator):
    """What whole numbers have in common."""

    def clean(self, value: str) -> Any:
        """Read a number that the column can hold."""
        return number_for(self.column, value)


class NumberEquals(_Number, Equals):
    """Exactly this number."""


class NumberNotEquals(_Number, NotEquals):
    """Any other number, or none."""


class Greater(_Number, engine.FilterGreater):
    """Above."""

    slug, words = "greater", "is greater than"


class Smaller(_Number, engine.FilterSmaller):
    """Below."""

    slug, words = "smaller", "is smaller than"


class NumberInList(InList):
    """One of several numbers."""

    def clean(self, value: str) -> Any:
        """Read numbers between commas."""
        return [number_for(self.column, part) for part in value.split(",") if part.strip()]


def number_for(column: Any, text: str) -> int | Decimal:
    """Read what a person types, thousands separators included, as a number for this column."""
    digits = text.strip().replace(",", "").replace(" ", "")
    if not isinstance(column.type, Integer):
        return _decimal(digits)
    smallest, largest = limits_of(column)
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", digits):
        message = "Enter a whole number, like 42."
        raise ValueError(message)
    if not smallest <= int(digits) <= largest:
        message = f"Enter a number between {smallest:,} and {largest:,}."
        raise ValueError(message)
    return int(digits)


def _decimal(digits: str) -> Decimal:
    """Read a plain decimal number; no exponent, since 1e1000000 is one too."""
    if not re.fullmatch(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})", digits):
        message = "Enter a number, like 4.2."
        raise ValueError(message)
    return Decimal(digits)
