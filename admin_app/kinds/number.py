"""Numbers: whole ones, decimals, and floats."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from sqlalchemy import ColumnElement, Dialect, Float, Integer, Numeric, and_, case, cast, func, select
from sqlalchemy.types import NullType, Text

from admin_app.db.limits import limits_of
from admin_app.formatting import counted
from admin_app.kinds.base import CsvStyle, Expression, Kind, V, as_it_is
from admin_app.kinds.text import csv_text
from admin_app.number_parsing import AmbiguousNumber, number, whole_number

N = TypeVar("N", int, Decimal)


class WholeNumberKind(Kind[int]):
    """A whole number in the range of its column."""

    name = "whole_number"
    types = (Integer,)
    values = (int,)
    is_inert = True

    def problem_with(self, label: str, value: int) -> str | None:
        """Return the problem with a number outside the column's range."""
        smallest, largest = limits_of(self.column)
        return None if smallest <= value <= largest else f"{label} must be between {smallest:,} and {largest:,}."

    def fits_sql(self, value: Expression, dialect: str) -> ColumnElement[bool]:
        """Accept numbers in the column's range. On SQLite another program may have stored anything."""
        has_room = value.between(*limits_of(self.column))
        return and_(func.typeof(value) == "integer", has_room) if dialect == "sqlite" else has_room

    def placeholder_sql(self, key: Expression) -> Expression | None:
        """Subtract the key from the lowest stored number, or from 0 if none is negative."""
        if not isinstance(key.type, Integer):
            return None
        column = self.stored.table.alias("lowest").c[self.stored.name]
        lowest = select(func.min(column)).scalar_subquery()
        return case((lowest < 0, lowest), else_=0) - key

    def from_url(self, text: str) -> int:
        """Read a number in the column's range."""
        value = int(text)
        smallest, largest = limits_of(self.column)
        if not smallest <= value <= largest:
            message = "the number is too large for its column"
            raise ValueError(message)
        return value

    to_csv = staticmethod(as_it_is)
    to_json = staticmethod(as_it_is)
    to_sheet = staticmethod(as_it_is)

    def csv_sql(self, column: Expression, style: CsvStyle) -> ColumnElement[str]:
        """Write the digits."""
        if style.store == "sqlite":
            # Another program may have stored anything.
            return case((func.typeof(column) == "integer", cast(column, Text)), else_=csv_text(column, style))
        return cast(column, Text)

    def from_cell(self, cell: str) -> int:
        """Read a number in the column's range, in any notation."""
        value = _read_cell(whole_number, cell, "a whole number")
        smallest, largest = limits_of(self.column)
        if not smallest <= value <= largest:
            message = f"must be between {smallest:,} and {largest:,}."
            raise ValueError(message)
        return value

    def history_of(self, value: int) -> int:
        """Write the number."""
        return int(value)

    def value_in_history(self, value: Any) -> int:
        """Read the number."""
        return int(value)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Write the number."""
        return column

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Give back also what is no whole number."""
        return func.stored_value(found, type_=NullType())


class _FractionKind(Kind[V]):
    """Base of decimals and floats."""

    is_inert = True

    def problem_with(self, label: str, value: V) -> str | None:
        """Return the problem with infinity or "not a number"."""
        # A decimal can exceed any float.
        is_finite = (
            value.is_finite() if isinstance(value, Decimal) else not isinstance(value, float) or math.isfinite(value)
        )
        return None if is_finite else f"{label} must be a number, like 4.2."

    to_csv = staticmethod(as_it_is)
    to_sheet = staticmethod(as_it_is)

    def row_reader(self, _dialect: Dialect) -> None:
        """Leave it to SQLAlchemy: the type of PostgreSQL's numbers is known only with the result."""

    def from_cell(self, cell: str) -> V:
        """Read a number in any notation, unless it is ambiguous."""
        read: V = self.type.python_type(_read_cell(number, cell, "a number"))
        return read

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write every digit."""
        return func.exact_text(column)

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Read every digit."""
        return func.exact_number(found, type_=NullType())


class FloatKind(_FractionKind[float]):
    """A number that the database stores as a float."""

    name = "float"
    types = (Float,)
    values = (float,)

    def from_url(self, text: str) -> float:
        """Read a float."""
        return float(text)

    @staticmethod
    def to_json(value: float) -> float | str:
        """Return a number, or text for infinity and "not a number", which JSON lacks."""
        return value if math.isfinite(value) else str(value)

    def history_of(self, value: float) -> str:
        """Write every digit."""
        return repr(float(value))

    def value_in_history(self, value: Any) -> float:
        """Read every digit."""
        return float(value)


class DecimalKind(_FractionKind[Decimal]):
    """A decimal."""

    name = "decimal"
    types = (Numeric,)
    values: ClassVar[tuple[type[object], ...]] = (Decimal,)

    def problem_with(self, label: str, value: Decimal) -> str | None:
        """Return the problem with more digits, before or after the point, than the column has."""
        kind = self.type
        if (problem := super().problem_with(label, value)) or kind.precision is None:
            return problem
        places = kind.scale or 0
        limit = 10 ** (kind.precision - places)
        if abs(value) >= limit:
            return f"{label} must be between -{limit:,} and {limit:,}."
        # A decimal column can return floats.
        digits = Decimal(str(value)).normalize().as_tuple().exponent
        if isinstance(digits, int) and -digits > places:
            room = f"have at most {counted(places, 'decimal place', 'decimal places')}"
            return f"{label} must {room if places else 'be a whole number'}."
        return None

    def from_url(self, text: str) -> Decimal:
        """Read a decimal."""
        return Decimal(text)

    @staticmethod
    def to_json(value: Decimal) -> float | int | str:
        """Return a number if that loses no digit, else text."""
        if value.is_finite() and Decimal(repr(float(value))) == value:
            return int(value) if value == value.to_integral_value() and "." not in str(value) else float(value)
        return str(value)

    def value_in_history(self, value: Any) -> Decimal:
        """Read every digit."""
        return Decimal(value)


def _read_cell(read: Callable[[str], N], cell: str, wanted: str) -> N:
    """Read a number as a form does; an ambiguous one is refused."""
    try:
        return read(cell.strip())
    except AmbiguousNumber as error:
        message = f"could be {' or '.join(error.readings)}. Enter the one you mean."
        raise ValueError(message) from error
    except ValueError as error:
        message = f"must be {wanted}."
        raise ValueError(message) from error
