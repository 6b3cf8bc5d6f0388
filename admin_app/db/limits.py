"""The range of a column's whole numbers, and so of IDs; the longest text."""

from __future__ import annotations

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy import inspect as inspect_mapper

from admin_app.extensions import Expression

# Longest text in characters if its column sets no length: a form can send it back in one piece, whatever its characters.
LONGEST_TEXT = 4_000_000
# Longest title of a record in the history, in characters.
LONGEST_TITLE = 120


def limits_of(column: Expression) -> tuple[int, int]:
    """Return the smallest and the largest whole number of PostgreSQL's column of this type. SQLite keeps to them too."""
    bits = 64 if isinstance(column.type, BigInteger) else 16 if isinstance(column.type, SmallInteger) else 32
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def highest_to_give(column: Expression) -> int:
    """Return the highest ID that a person may give to a record: 2,000,000,000 of 2,147,483,647, which leaves the database room for more."""
    largest = limits_of(column)[1]
    step = int("1".ljust(len(str(largest)), "0"))
    return largest // step * step


def read_number(text: str, limits: tuple[int, int] = (-(2**63), 2**63 - 1)) -> int | None:
    """Read a whole number within limits, as we print it; None for anything else, so that a larger one never reaches the database."""
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= len(str(limits[1]))
    return int(text) if is_number and limits[0] <= int(text) <= limits[1] else None


def as_key(model: type[object], text: str) -> int | None:
    """Read the ID of one of our own tables, which count from 1; None if no record can have it."""
    return read_number(text, (1, limits_of(inspect_mapper(model).primary_key[0])[1]))
