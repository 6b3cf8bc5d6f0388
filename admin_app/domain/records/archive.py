"""Archived records: the column that marks them, and its values."""

from __future__ import annotations

from sqlalchemy import Boolean, ColumnElement, not_

from admin_app.db.attributes import stored_columns
from admin_app.db.record import Record
from admin_app.db.types import utc_now
from admin_app.errors import ConfigurationError
from admin_app.extensions import TableColumn
from admin_app.kinds import kind_of
from admin_app.kinds.datetime import DateTimeKind, LocalDateTimeKind

# The kinds of columns that can hold the time of archiving.
TIMES = (DateTimeKind.name, LocalDateTimeKind.name)


def require_archive(model: type[Record]) -> None:
    """Raise `ConfigurationError` if `__archived_at__` names no column that can mark archived records."""
    name = model.__archived_at__
    column = stored_columns(model).get(name) if name else None
    is_time = column is not None and kind_of(column).name in TIMES and column.nullable
    if name and not (is_time or (column is not None and isinstance(column.type, Boolean))):
        message = f"{model.__name__}.__archived_at__ names {name}. Name a nullable column of times, or one of Boolean."
        raise ConfigurationError(message)


def is_archived(model: type[Record]) -> ColumnElement[bool] | None:
    """Return the condition on the records that are archived; None for a model without an archive."""
    if not model.__archived_at__:
        return None
    column: TableColumn = getattr(model, model.__archived_at__)
    return column.is_(True) if isinstance(column.type, Boolean) else column.is_not(None)


def unarchived(model: type[Record]) -> ColumnElement[bool] | None:
    """Return the condition on the records that are not archived; None for a model without an archive."""
    archived = is_archived(model)
    return None if archived is None else not_(archived)


def archived_value(model: type[Record], *, is_archived: bool) -> object:
    """Return the column's value for a record that is archived now, or that is taken out of the archive."""
    column: TableColumn = getattr(model, model.__archived_at__)
    if isinstance(column.type, Boolean):
        return is_archived
    now = utc_now() if kind_of(column).name == DateTimeKind.name else utc_now().replace(tzinfo=None)
    return now if is_archived else None
