"""Whole numbers: is, is greater than, is one of."""

from __future__ import annotations

import re
from typing import Any

from flask_admin.contrib.sqla import filters as engine

from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.text import Equals, InList, NotEquals

LARGEST_NUMBER = 2**63 - 1


class _Number(Operator):
    """What whole numbers have in common."""

    input_type = "text"

    def clean(self, value: str) -> Any:
        """Read a whole number that a database can hold."""
        return whole_number(value)


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
        """Read whole numbers between commas."""
        return [whole_number(part) for part in value.split(",") if part.strip()]


def whole_number(text: str) -> int:
    """Read what a person types, thousands separators included."""
    digits = text.strip().replace(",", "").replace(" ", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", digits) or abs(int(digits)) > LARGEST_NUMBER:
        message = "Enter a whole number, like 42."
        raise ValueError(message)
    return int(digits)
