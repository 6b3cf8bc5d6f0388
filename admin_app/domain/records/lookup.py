"""Find the record that a person means by what they typed: its id, its email or its name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, false, literal, not_, or_, select

from admin_app.db.attributes import stored_columns
from admin_app.db.caseless import is_caseless, same
from admin_app.db.keys import Key, is_numbered, read_key
from admin_app.db.ordering import SortKeyOf, in_order
from admin_app.db.record import Record
from admin_app.errors import NotFoundError
from admin_app.extensions import AnyColumn, AnySession, TableColumn
from admin_app.kinds import kind_of
from admin_app.number_parsing import whole_number
from admin_app.selection.list_schema import WHOLE
from admin_app.selection.search.match_sql import contains
from admin_app.selection.search.search import LONGEST_SEARCH
from admin_app.selection.sorting import text_indexes
from admin_app.unicode_text import forms, line


@dataclass(frozen=True)
class VisibleScope:
    """What a person may see of a model: which rows (None: all), and which of the columns that can name them (None: all).

    `archived` is the condition on archived rows: no name finds those, only their ID does.
    """

    rows: ColumnElement[bool] | None = None
    names: Collection[str] | None = None
    archived: ColumnElement[bool] | None = None

    @property
    def named_rows(self) -> list[ColumnElement[bool]]:
        """The conditions on the rows that a name may mean."""
        seen = [] if self.rows is None else [self.rows]
        return seen if self.archived is None else [*seen, not_(self.archived)]


EVERYTHING = VisibleScope()


def find_one(
    session: AnySession,
    model: type[Record],
    text: str,
    *,
    noun: str,
    nouns: str,
    visible_scope: VisibleScope,
) -> Record:
    """Return the visible record with this id, or with exactly this text in a short text column.

    Raises `NotFoundError` if there is none, or if there are several.
    """
    text = line(text.replace("\0", ""))
    key = typed_key(model, text)
    if key is not None and (record := _with_key(session, model, key, visible_scope)) is not None:
        return record
    found = _matching(session, model, text, visible_scope)
    if len(found) == 1:
        return found[0]
    if not found and _is_put_away(session, model, text, visible_scope):
        message = f"Only an archived {noun} is called “{text[:80]}”. Restore it, or enter its ID."
        raise NotFoundError(message)
    if not found:
        message = f"No {noun} has the ID or name “{text[:80]}”. Check it, or look in the list of {nouns}."
        raise NotFoundError(message)
    ids = ", ".join(str(record.id) for record in found)
    message = f"Several {nouns} are called “{text[:80]}” (IDs {ids}). Enter the ID of the one you mean."
    raise NotFoundError(message)


def find_at_once(
    session: AnySession, model: type[Record], text: str, *, visible_scope: VisibleScope
) -> Sequence[Record]:
    """Return the record with this id, or up to three with exactly this text in an indexed short text column. The size of the table does not matter."""
    text = line(text.replace("\0", ""))
    key = typed_key(model, text)
    if key is not None and (record := _with_key(session, model, key, visible_scope)) is not None:
        return [record]
    columns = [one for one in naming_columns(model, visible_scope) if one.unique or text_indexes.is_sorted(one)]
    if not columns or not text or len(text) > LONGEST_SEARCH:
        return []
    found = or_(*(same(one, text) if is_caseless(one) else _is(one, text) for one in columns))
    return _first(session, model, and_(found, *visible_scope.named_rows))


def find_unique(session: AnySession, model: type[Record], text: str, *, visible_scope: VisibleScope) -> Record | None:
    """Return the record that has this text, ignoring case, in a unique column such as an email."""
    text = line(text.replace("\0", ""))
    columns = [one for one in naming_columns(model, visible_scope) if is_caseless(one)]
    if not columns or not text or len(text) > LONGEST_SEARCH:
        return None
    found = or_(*(same(column, text) for column in columns))
    return next(iter(_first(session, model, and_(found, *visible_scope.named_rows))), None)


def typed_key(model: type[Record], text: str) -> Key | None:
    """Read an id as a person types it, "3890", "#3890" or "# 3890", in digits of any script; None for anything else."""
    if not is_numbered(model):
        return read_key(model, text)
    digits = text.strip().removeprefix("#").lstrip()
    if not digits.removeprefix("-").isdecimal():
        return None
    try:
        return read_key(model, str(whole_number(digits)))
    except ValueError:
        return None


# The most matches that are read: a second one shows that the name is ambiguous, and messages name up to three.
_ENOUGH = 3


def naming_columns(model: type[Record], visible_scope: VisibleScope) -> list[TableColumn]:
    """Return the columns that may name a record: short text that is not secret."""
    names = visible_scope.names
    columns = {name: column for name, column in stored_columns(model).items() if _is_name(column)}
    return [column for name, column in columns.items() if names is None or name in names]


def _with_key(session: AnySession, model: type[Record], key: Key, visible_scope: VisibleScope) -> Record | None:
    if visible_scope.rows is None:
        return session.get(model, key)
    return session.scalar(select(model).where(model.id == key, visible_scope.rows))


def _matching(session: AnySession, model: type[Record], text: str, visible_scope: VisibleScope) -> Sequence[Record]:
    """Look for exactly this text, then for the same letters in another case: the first look can use an index."""
    columns = naming_columns(model, visible_scope)
    if not columns:
        return []
    alike = [_is_alike(column, text) for column in columns if len(text) <= LONGEST_SEARCH]
    for criterion in (or_(*(_is(column, form) for column in columns for form in forms(text))), or_(false(), *alike)):
        if found := _first(session, model, and_(criterion, *visible_scope.named_rows)):
            return found
    return []


def _is_put_away(session: AnySession, model: type[Record], text: str, visible_scope: VisibleScope) -> bool:
    """Whether only archived records have this name."""
    is_left_out = visible_scope.archived is not None
    return is_left_out and bool(_matching(session, model, text, replace(visible_scope, archived=None)))


def _is_alike(column: TableColumn, text: str) -> ColumnElement[bool]:
    """Whether a column has this text, ignoring case, by its own index or the search index."""
    # A decomposed text is looked for in its composed form, too.
    return same(column, text) if is_caseless(column) else contains(column, forms(text)[-1], frame=WHOLE)


def _is(column: AnyColumn, text: str) -> ColumnElement[bool]:
    """Whether a column has exactly this text, by its own index or the one for sorting."""
    is_text: ColumnElement[bool] = column == text
    has_own = column.unique or not text_indexes.is_sorted(column)
    return is_text if has_own else and_(in_order(column) == SortKeyOf(literal(text, column.type)), is_text)


def _first(session: AnySession, model: type[Record], criterion: ColumnElement[bool]) -> Sequence[Record]:
    return session.scalars(select(model).where(criterion).order_by(model.id.asc()).limit(_ENOUGH)).all()


def _is_name(column: AnyColumn) -> bool:
    return kind_of(column).names_records and not column.info.get("secret")
