"""Find the one record a person means by what they typed: its id, its email, its name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, Text, and_, false, literal, or_, select
from sqlalchemy import inspect as inspect_mapper

from admin_app.errors import NotFoundError
from admin_app.extensions import AnySession
from admin_app.letters import forms, line
from admin_app.models.caseless import is_caseless, same
from admin_app.models.limits import as_key
from admin_app.models.ordering import SortKeyOf, in_order
from admin_app.numbers import whole_number
from admin_app.selection import sort_indexes
from admin_app.selection.containment import contains
from admin_app.selection.offer import WHOLE
from admin_app.selection.search import LONGEST_SEARCH


@dataclass(frozen=True)
class Sight:
    """What somebody may see of a model: which rows (None: every one), and which of the columns that name them (None: all)."""

    rows: ColumnElement[bool] | None = None
    names: Collection[str] | None = None


EVERYTHING = Sight()


def find_one(
    session: AnySession, model: type[Any], text: str, *, noun: str, nouns: str, sight: Sight = EVERYTHING
) -> Any:
    """Return the record with this id, or with exactly this in one of its short text columns; nothing is found out of sight.

    Raises `NotFoundError` for none and for several; nobody guesses.
    """
    text = line(text.replace("\0", ""))
    key = typed_key(model, text)
    if key is not None and (record := _with_key(session, model, key, sight)) is not None:
        return record
    found = _matching(session, model, text, sight)
    if len(found) == 1:
        return found[0]
    if not found:
        message = f"No {noun} has the ID or name “{text[:80]}”. Check it, or look in the list of {nouns}."
        raise NotFoundError(message)
    ids = ", ".join(str(record.id) for record in found)
    message = f"Several {nouns} are called “{text[:80]}” (IDs {ids}). Enter the ID of the one you mean."
    raise NotFoundError(message)


def typed_key(model: type[Any], text: str) -> int | None:
    """Read an id as a person types it, "3890" or "#3890", in digits of any script; None for anything else."""
    digits = text.strip().removeprefix("#")
    if not digits.isdecimal():
        return None
    try:
        return as_key(model, str(whole_number(digits)))
    except ValueError:
        return None


# One more than three tells that there are several, and three ids are enough to go and look.
_ENOUGH = 3


def naming_columns(model: type[Any], sight: Sight = EVERYTHING) -> list[Any]:
    """Return the columns that may name a record: short text that is no secret."""
    columns = [column for column in inspect_mapper(model).columns if _is_name(column)]
    return [column for column in columns if sight.names is None or column.key in sight.names]


def _with_key(session: AnySession, model: type[Any], key: int, sight: Sight) -> Any:
    if sight.rows is None:
        return session.get(model, key)
    return session.scalar(select(model).where(model.id == key, sight.rows))


def _matching(session: AnySession, model: type[Any], text: str, sight: Sight) -> Sequence[Any]:
    """Look for exactly this text, then for the same letters in another case: the first look can use an index."""
    columns = naming_columns(model, sight)
    if not columns:
        return []
    alike = [_is_alike(column, text) for column in columns if len(text) <= LONGEST_SEARCH]
    for criterion in (or_(*(_is(column, form) for column in columns for form in forms(text))), or_(false(), *alike)):
        if found := _first(session, model, criterion if sight.rows is None else and_(criterion, sight.rows)):
            return found
    return []


def _is_alike(column: Any, text: str) -> ColumnElement[bool]:
    """Whether a column holds this text in whatever capitals, asked of the index that it has: of its own, or the search's."""
    # Of a decomposed text the composed one is looked for, too.
    return same(column, text) if is_caseless(column) else contains(column, forms(text)[-1], frame=WHOLE)


def _is(column: Any, text: str) -> ColumnElement[bool]:
    """Whether a column holds this text, asked of the index that lists are sorted by where it has none of its own."""
    is_text: ColumnElement[bool] = column == text
    has_own = column.unique or not sort_indexes.is_sorted(column)
    return is_text if has_own else and_(in_order(column) == SortKeyOf(literal(text, column.type)), is_text)


def _first(session: AnySession, model: type[Any], criterion: ColumnElement[bool]) -> Sequence[Any]:
    return session.scalars(select(model).where(criterion).order_by(model.id).limit(_ENOUGH)).all()


def _is_name(column: Any) -> bool:
    is_short_text = type(column.type) is String and not isinstance(column.type, Text)
    return is_short_text and not column.info.get("secret")
