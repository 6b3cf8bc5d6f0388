"""Column types, and the current time that is written into them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from admin_app.db.unreadable import Unreadable
from admin_app.extensions import ColumnType

# The attribute in which SQLAlchemy keeps a type's variants for single databases; there is no public one.
VARIANTS = "_variant_mapping"


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC: `timestamptz` on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """The Python type of the values."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a time zone, which would be ambiguous later."""
        if value is None or isinstance(value, Unreadable):
            return value
        if value.tzinfo is None:
            message = f"a time needs a zone: {value!r}"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Return the function that makes results aware, in UTC, on both databases. Lists and exports call it often."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _from_text(value: str | None) -> Any:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(f"{value}+00:00")
    except ValueError:
        return Unreadable(value)


def _in_utc(value: datetime | None) -> datetime | None:
    return value if value is None or isinstance(value, Unreadable) else value.astimezone(UTC)


def variants_of(of: ColumnType) -> tuple[ColumnType, ...]:
    """Return a type and its variants for single databases."""
    return (of, *vars(of).get(VARIANTS, {}).values())
