"""What a value must be to fit its column: one set of rules and words for forms, imports and the command line."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, literal, select

from admin_app.db.caseless import same_in
from admin_app.db.defaults import is_always_numbered
from admin_app.db.keys import Key, key_in, key_of
from admin_app.db.record import Record
from admin_app.db.unreadable import Unreadable
from admin_app.domain.naming import noun_of
from admin_app.extensions import AnySession, TableColumn
from admin_app.formatting import in_sentence, in_words, label
from admin_app.kinds import kind_of
from admin_app.unicode_text import has_something_to_see


def is_read_only(column: TableColumn) -> bool:
    """Whether people cannot change the column: the database computes or numbers it, or no form can show it."""
    return is_made_by_database(column) or kind_of(column).is_read_only


def is_made_by_database(column: TableColumn) -> bool:
    """Whether only the database sets the column. Files may bring keys nevertheless."""
    return column.computed is not None or (is_always_numbered(column) and not column.primary_key)


def is_imported(column: TableColumn) -> bool:
    """Whether a file may set the column: not if the database computes it, nor if no kind can read its values."""
    return not is_made_by_database(column) and kind_of(column).is_imported


def is_required(column: TableColumn) -> bool:
    """Whether a person has to give a value."""
    is_given = column.default is not None or column.server_default is not None or column.computed is not None
    return not (column.nullable or is_given or kind_of(column).is_always_answered)


def has_to_be_given(column: TableColumn) -> bool:
    """Whether a new record needs a value. In a form, an unticked box is a value; a file without the column has none."""
    has_default = column.default is not None or column.server_default is not None or column.computed is not None
    return is_required(column) or not (column.nullable or has_default)


def normalised(column: TableColumn, value: object) -> object:
    """Return a value as its column stores it: text is composed, and a single line has no invisible characters at its ends.

    Forms, imports and commands call this. Undo does not: it restores values exactly.
    """
    way = kind_of(column).normaliser
    if way is None or not isinstance(value, str) or isinstance(value, Unreadable):
        return value
    return way(value)


def is_stored_as(column: TableColumn, stored: object, value: object) -> bool:
    """Whether a value equals the stored one, which may have been stored before values were normalised."""
    return bool(stored == value or normalised(column, stored) == value)


def problem_with_untold(other: Record, names: Sequence[str]) -> str | None:
    """Say why no record can refer to another one by these attributes, because one of them is empty; None if none is."""
    lacking = [in_sentence(label(name)) for name in names if getattr(other, name) is None]
    return f"This {noun_of(type(other))} has no {in_words(lacking)}, so nothing can refer to it." if lacking else None


def problem_with(column: TableColumn, label: str, value: object) -> str | None:
    """Say what is wrong with a value for this column and how to correct it; None if nothing is."""
    if value is None or (isinstance(value, str) and not has_something_to_see(value)):
        return f"{kind_of(column).asked} {_the(label)}." if is_required(column) else None
    return kind_of(column).problem_with(label, value)


def problem_with_uniqueness(
    session: AnySession,
    column: TableColumn,
    label: str,
    value: object,
    *,
    model: type[Record],
    record_id: object = None,
    seen: ColumnElement[bool] | None = None,
) -> str | None:
    """Say which other record already has this value; None if none has. A record that is not `seen` is not named. Text is compared without case."""
    if value is None:
        return None
    key = key_in(column.table)
    same = same_in(column, column, value)
    others = [] if record_id is None else [key != record_id]
    with session.no_autoflush:
        taken_by = session.scalar(select(key).where(same, *others).limit(1))
        if taken_by is None:
            return None
        is_named = seen is None or _is_seen(session, model, taken_by, seen)
    return uniqueness_problem(label, model, taken_by if is_named else None)


def _is_seen(session: AnySession, model: type[Record], key: Key, seen: ColumnElement[bool]) -> bool:
    return session.scalar(select(literal(1)).select_from(model).where(key_of(model) == key, seen)) is not None


def uniqueness_problem(label: str, model: type[Record], record_id: object = None) -> str:
    """Return the message that another record has a unique value."""
    other = f"{noun_of(model)} {record_id}" if record_id is not None else f"another {noun_of(model)}"
    return f"{label} is already used by {other}. Enter a different one."


def _the(label: str) -> str:
    """Turn a label into words within a sentence: "Email" -> "the email"."""
    return f"the {in_sentence(label)}"
