"""What a value must be to fit its column: one set of rules and words for forms, imports and the command line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Enum, Float, Integer, Numeric, String, Text, select
from sqlalchemy import inspect as inspect_mapper

from admin_app.domain.nouns import noun_of
from admin_app.extensions import AnySession, TableColumn
from admin_app.letters import composed, has_something_to_see, line, unseen_in
from admin_app.models.caseless import same_in
from admin_app.models.limits import LONGEST_TEXT, limits_of

# One @ with something on both sides and no white space: whether mail arrives, only mail can tell.
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def is_required(column: TableColumn) -> bool:
    """Whether a person has to give a value."""
    # An unticked box is an answer.
    is_answered = isinstance(column.type, Boolean) or column.default is not None or column.server_default is not None
    return not column.nullable and not is_answered


def kept(column: TableColumn, value: Any) -> Any:
    """Return a value as its column keeps it: text composed, and of one line without what nobody sees at its ends.

    Forms, imports and commands ask it. Undo does not: it gives back what was there, as it was.
    """
    way = way_of_keeping(column)
    return way(value) if way is not None and isinstance(value, str) else value


def way_of_keeping(column: TableColumn) -> Callable[[str], str] | None:
    """Return what makes of any text the one that a column keeps; None for a column of something else."""
    if not isinstance(column.type, String) or isinstance(column.type, Enum):
        return None
    return composed if isinstance(column.type, Text) else line


def is_kept_as(column: TableColumn, stored: Any, value: Any) -> bool:
    """Whether a value, as it is kept, is no other than the one stored, which may be older than the way of keeping."""
    return bool(stored == value or kept(column, stored) == value)


def problem_with(column: TableColumn, label: str, value: Any) -> str | None:
    """Say what is wrong with a value for this column and how to mend it, or return None."""
    if value is None or (isinstance(value, str) and not has_something_to_see(value)):
        return f"Enter {_the(label)}." if is_required(column) else None
    if isinstance(value, str):
        return _problem_with_text(column, label, value)
    if isinstance(value, int) and isinstance(column.type, Integer):
        return _problem_with_whole_number(column, label, value)
    if isinstance(value, Decimal | float) and isinstance(column.type, Numeric | Float):
        return _problem_with_number(column, label, value)
    return None


def problem_with_uniqueness(
    session: AnySession,
    column: TableColumn,
    label: str,
    value: Any,
    *,
    model: type[Any],
    record_id: Any = None,
    seen: ColumnElement[bool] | None = None,
) -> str | None:
    """Say which record already has this value, if one does; one that is not `seen` is not named. Text is compared without case."""
    if value is None:
        return None
    key = inspect_mapper(model).primary_key[0]
    same = same_in(column, column, value)
    others = [] if record_id is None else [key != record_id]
    with session.no_autoflush:
        taken_by = session.scalar(select(key).where(same, *others).limit(1))
        if taken_by is not None and seen is not None:
            is_seen = session.scalar(select(key).where(key == taken_by, seen)) is not None
            return taken(label, model, taken_by if is_seen else None)
    return None if taken_by is None else taken(label, model, taken_by)


def taken(label: str, model: type[Any], record_id: Any = None) -> str:
    """Word the refusal of a value that another record has."""
    other = f"{noun_of(model)} {record_id}" if record_id is not None else f"another {noun_of(model)}"
    return f"{label} is already used by {other}. Enter a different one."


def longest(column: TableColumn) -> int:
    """Return how many characters a text in this column may have: never more than its form could send again."""
    length = column.type.length if isinstance(column.type, String) else None
    return length or LONGEST_TEXT


def _problem_with_text(column: TableColumn, label: str, value: str) -> str | None:
    if "\0" in value:
        return f"{label} contains a NUL character, which cannot be stored. Take it out."
    limit = longest(column)
    if len(value) > limit:
        return f"{label} must be {limit:,} characters or fewer; it has {len(value):,}."
    return _problem_with_email(label, value) if column.info.get("format") == "email" else None


def _problem_with_email(label: str, value: str) -> str | None:
    if unseen := unseen_in(value):
        return f"{label} contains a character that nobody sees: {unseen}. Take it out."
    return None if _EMAIL.fullmatch(value) else f"{label} must look like name@example.com."


def _problem_with_whole_number(column: TableColumn, label: str, value: int) -> str | None:
    smallest, largest = limits_of(column)
    return None if smallest <= value <= largest else f"{label} must be between {smallest:,} and {largest:,}."


def _problem_with_number(column: TableColumn, label: str, value: Decimal | float) -> str | None:
    """Refuse what is no number, and what has more digits before the point than the column has room for."""
    kind: Any = column.type
    is_finite = value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)
    if not is_finite:
        return f"{label} must be a number, like 4.2."
    if kind.precision is None or isinstance(kind, Float):
        return None
    limit = 10 ** (kind.precision - (kind.scale or 0))
    return None if abs(value) < limit else f"{label} must be between -{limit:,} and {limit:,}."


def _the(label: str) -> str:
    """Turn a label into words within a sentence: "Email" -> "the email"; abbreviations keep their capitals."""
    return f"the {label if label[:2].isupper() else label[:1].lower() + label[1:]}"
