"""JSON as it was written: the digits of its numbers, and the value `null`, which is not the same as no value."""

from __future__ import annotations

import json
from decimal import Decimal
from enum import Enum
from typing import Self

from sqlalchemy import JSON
from typing_extensions import override

from admin_app.db.untracked import Untracked

# Python refuses to convert whole numbers of more digits.
_LONGEST_INT = 4300
# The longest numbers of PostgreSQL's `jsonb`: digits before the point, and after it.
_MOST_BEFORE, _MOST_AFTER = 131_072, 16_383


class JsonNull(Untracked):
    """The JSON value `null`. It is false like None, but is not SQL's NULL."""

    __slots__ = ()

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, JsonNull)

    @override
    def __hash__(self) -> int:
        return hash(JsonNull)

    def __bool__(self) -> bool:
        """Return False, as for None."""
        return False

    @override
    def __repr__(self) -> str:
        return "null"


JSON_NULL = JsonNull()


class NoneAs(Enum):
    """How a column that distinguishes `null` from NULL stores Python's None."""

    SQL = "no value"
    # The column requires a value.
    JSON = "null"


class JsonNumber(float):
    """A number that a float may not hold exactly: 1.10, 1e400. It is a float that also keeps the digits as they were written."""

    __slots__ = ("digits",)
    digits: str

    def __new__(cls, digits: str) -> Self:
        """Keep the float and the digits."""
        made = super().__new__(cls, digits)
        made.digits = digits
        return made

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override] # a float's own are its value
        """Make a copy from the digits."""
        return (self.digits,)

    @override
    def __eq__(self, other: object) -> bool:
        return plain_digits(self) == plain_digits(other) if isinstance(other, JsonNumber) else super().__eq__(other)

    @override
    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = float.__hash__


def is_null(value: object) -> bool:
    """Whether a value is JSON's `null`: ours, or SQLAlchemy's constant for it."""
    return isinstance(value, JsonNull) or value is JSON.NULL


def whole_of(text: str) -> int | JsonNumber:
    """Read a whole number."""
    return int(text) if len(text) <= _LONGEST_INT else JsonNumber(text)


def plain_digits(number: float | Decimal) -> str:
    """Write a number as PostgreSQL's `jsonb` does, without an exponent; a number that is too large for `jsonb` keeps it."""
    text = number.digits if isinstance(number, JsonNumber) else str(number)
    try:
        value = Decimal(text)
    except ArithmeticError:
        return text
    exponent = value.as_tuple().exponent
    is_long = not isinstance(exponent, int) or value.adjusted() >= _MOST_BEFORE or exponent < -_MOST_AFTER
    # PostgreSQL has no negative zero.
    return text if is_long else f"{value or value.copy_abs():f}"


def written(value: object, margin: str | None = None, *, is_ascii: bool = True) -> str:
    """Write JSON as Python does, with the digits of its numbers; a margin puts each member on a line of its own."""
    if isinstance(value, JsonNumber):
        return value.digits
    if is_null(value):
        return "null"
    if not value or not isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=is_ascii)
    inner = None if margin is None else f"{margin}  "
    parts = [written(one, inner, is_ascii=is_ascii) for one in (value.values() if isinstance(value, dict) else value)]
    if isinstance(value, dict):
        names = [one if isinstance(one, str) else json.dumps(one) for one in value]
        parts = [f"{json.dumps(name, ensure_ascii=is_ascii)}: {part}" for name, part in zip(names, parts, strict=True)]
    first, last = "{}" if isinstance(value, dict) else "[]"
    before, between, after = ("", ", ", "") if margin is None else (f"\n{inner}", f",\n{inner}", f"\n{margin}")
    return f"{first}{before}{between.join(parts)}{after}{last}"
