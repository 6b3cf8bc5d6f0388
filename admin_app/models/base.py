"""What every record is made of: a key, UTC times, a version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from admin_app.extensions import db


def utc_now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC: `timestamptz` on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What its values are."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: nobody could tell later what it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a time needs a zone: {value!r}"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Return what makes it aware, in UTC, on both stores: by one call, since lists and exports read many."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class Timestamped:
    """When the record was made and last changed."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, sort_order=900)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now, sort_order=901)


class Versioned:
    """A counter that every update raises; the ORM refuses an update of a row that is not at the version it read."""

    version: Mapped[int] = mapped_column(default=1, sort_order=902)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 -- declared_attr methods receive the class
        """Let SQLAlchemy check and raise the counter."""
        return {"version_id_col": cls.version}


class Record(Timestamped, Versioned, db.Model):  # type: ignore[name-defined,misc] # made by Flask-SQLAlchemy at run time
    """The base of every model that has a place in the dashboard."""

    __abstract__ = True
    # SQLite would give the id of a deleted record to the next one made; PostgreSQL never does.
    __table_args__ = {"sqlite_autoincrement": True}

    # The columns whose values the history keeps; None: every one. A model with a secret column has to say it.
    __history__: ClassVar[tuple[str, ...] | None] = None
    # What the columns that the history does not keep hold in a record that is made again from it.
    __restored__: ClassVar[dict[str, Any]] = {}
    # Whether "view everything" leaves the records out: who may look at them has a right that names them, or holds all there is.
    __guarded__: ClassVar[bool] = False
    # The text column that names a record, where it is one column: lists of files then read it by a join, and make no
    # object for it. A model that names its records in another way says so in `__str__`.
    title: ClassVar[str] = ""
    # The columns that a `__str__` of a model's own reads; None: any. Who may not see one of them reads a number instead.
    named_by: ClassVar[tuple[str, ...] | None] = None

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)

    def __str__(self) -> str:
        """Name the record for a person."""
        return str(getattr(self, self.title)) if self.title else f"{type(self).__name__} {self.id}"
