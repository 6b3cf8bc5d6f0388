"""Search: words are ANDed, columns are ORed, "quoted words" stay together, and % and _ are literal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, literal, or_, select, union
from sqlalchemy.orm import aliased
from sqlalchemy.sql.expression import ScalarSelect

from admin_app.db.attributes import stored_column
from admin_app.db.record import Record
from admin_app.extensions import AnyColumn, Attribute, Expression, Statement
from admin_app.relations import ManyToMany, relation_of, to_one
from admin_app.relations.base import in_alias
from admin_app.selection.list_schema import WHOLE, SearchColumn
from admin_app.selection.search.folding import PIECE, spellings
from admin_app.selection.search.indexes import is_indexed
from admin_app.selection.search.match_sql import (
    contains,
    contains_lower_case,
    is_among,
    is_whole,
    may_contain,
    pieces_matched,
)
from admin_app.unicode_text import forms, trimmed

# More than a person types; each word costs one condition per column.
MOST_WORDS = 20
LONGEST_SEARCH = 400

# Assumed number of rows per related row, until they are counted.
ROWS_BY_RELATED = 20

# Aliases by model. To create one takes longer than to build the search, because it inspects all columns.
_OTHERS: dict[type[Record], type[Record]] = {}
_CHILDREN: dict[type[Record], type[Record]] = {}

_TERM = re.compile(r'"([^"]+)"|(\S+)')


def terms_of(text: str) -> list[str]:
    """Split a search into words and quoted phrases; a lone quote is an ordinary character.

    Invisible characters around a word are dropped; within quotation marks they are searched for.
    """
    terms = (phrase or trimmed(word) for phrase, word in _TERM.findall(text[:LONGEST_SEARCH]))
    return list(filter(None, terms))[:MOST_WORDS]


def is_cut(text: str) -> bool:
    """Whether a search is longer than the part that is used."""
    return len(text) > LONGEST_SEARCH or len(_TERM.findall(text)) > MOST_WORDS


@dataclass(frozen=True)
class Term:
    """A text to find, and the columns of which one must contain it."""

    text: str
    columns: tuple[SearchColumn, ...]

    @property
    def is_indexed(self) -> bool:
        """Whether an index can look it up; one or two letters are too short."""
        is_short = len(self.text) <= LONGEST_SEARCH
        # An equality filter searches every form; `spellings` leaves out those that no index can find.
        whole = forms(self.text) if any(one.frame == WHOLE for one in self.columns) else ()
        may_be = is_short and bool(self.columns) and all(PIECE.search(one) for one in (*spellings(self.text), *whole))
        return may_be and all(is_indexed(column) for column in self.columns)


@dataclass(frozen=True)
class Lookup:
    """Terms of which a row must contain one: nearly always a single term; "any of these" has several."""

    terms: tuple[Term, ...]

    @property
    def is_indexed(self) -> bool:
        """Whether the indexes can find every matching row."""
        return all(one.is_indexed for one in self.terms)

    @property
    def letters(self) -> int:
        """The length of the shortest term: longer terms match fewer rows."""
        return min(len(one.text) for one in self.terms)


def lookups_of(text: str, columns: Iterable[SearchColumn]) -> list[Lookup]:
    """Return the lookups of a search: each word in all the columns."""
    searched = tuple(columns)
    return [Lookup((Term(term, searched),)) for term in dict.fromkeys(terms_of(text))]


def found_by_index(model: type[Record], lookup: Lookup) -> ColumnElement[bool]:
    """Return the condition that the indexes find the row; they are read first."""
    return is_among(_key(model), _found(model, lookup))


def found_with(model: type[Record], lookup: Lookup, relation: Attribute, keys: Sequence[object]) -> ColumnElement[bool]:
    """Return the condition that the indexes find the row; through this relation, only rows of these related records count."""
    parts = [_found_by(model, *part, one.text) for one, part in _parts(lookup) if not is_by(part[0], relation)]
    tie = to_one(relation)
    link = tie.among_in(in_alias(_child(model), tie.own_names), keys)
    own = select(_key(_child(model))).where(link).correlate(None)
    return is_among(_key(model), union(*parts, own).scalar_subquery())


def related_found(lookup: Lookup, relation: Attribute) -> tuple[type[Record], ColumnElement[bool]]:
    """Return an alias of the related model, and the condition on it that the indexes find a term there."""
    of = relation_of(relation).target
    found = [_having(of, part[1], one.text) for one, part in _parts(lookup) if is_by(part[0], relation)]
    keys = union(*found) if len(found) > 1 else found[0]
    other = _child(of)
    return other, is_among(_key(other), keys.scalar_subquery())


def searches_relation(relation: Attribute | None, lookup: Lookup) -> bool:
    """Whether a lookup searches the related model of this relation."""
    return any(is_by(part[0], relation) for _, part in _parts(lookup))


def is_by(relation: Attribute | None, other: Attribute | None) -> bool:
    """Whether both are the same relation of a model; False if either is None."""
    return relation is not None and other is not None and relation.key == other.key


def occurs(lookup: Lookup) -> ColumnElement[bool]:
    """Return the condition that the row contains one of the terms, without an index; false if no column is searched."""
    parts = (_occurs_in(*part, one.text) for one in lookup.terms for part in _by_relation(one.columns))
    return or_(false(), *parts)


def occurs_in_own_columns(lookup: Lookup) -> ColumnElement[bool]:
    """Return the condition that the row's own columns contain one of the terms, which is cheaper than to test related rows."""
    parts = [(one.text, ours) for one in lookup.terms for relation, ours in _by_relation(one.columns) if not relation]
    return or_(false(), *(_occurs_in(None, ours, text) for text, ours in parts))


def occurs_lower_case_in_own_columns(lookup: Lookup) -> ColumnElement[bool]:
    """Return the condition that the row's own columns have a term in lower case: true for most matches, and the fastest test on PostgreSQL."""
    own = ((column.column, one.text) for one in lookup.terms for column in one.columns if not column.relation)
    return func.coalesce(or_(false(), *(contains_lower_case(*part) for part in own)), False)


def _by_relation(columns: Sequence[SearchColumn]) -> Iterator[tuple[Attribute | None, list[SearchColumn]]]:
    """Yield the columns of each relation, grouped by table, because each table has its own index."""
    found: dict[tuple[Attribute | None, str], list[SearchColumn]] = {}
    for column in columns:
        found.setdefault((column.relation, _table_of(column)), []).append(column)
    for (relation, _), ours in found.items():
        yield relation, ours


def _occurs_in(relation: Attribute | None, columns: Sequence[SearchColumn], term: str) -> ColumnElement[bool]:
    other = None if relation is None else _other(relation_of(relation).target)
    texts = [one.column if other is None else getattr(other, one.column.key) for one in columns]
    # As an expression, so that PostgreSQL can't use the column's index and collect every row of a common word first. COALESCE
    # makes it expect half of the rows, instead of two, for which it would rather read and sort the whole table.
    found = or_(*(_has(text, term, one.frame) for text, one in zip(texts, columns, strict=True)))
    if relation is None:
        return func.coalesce(found, False)
    # A scalar subquery, evaluated per row: EXISTS would become a search through the whole related table.
    tie = relation_of(relation)
    if isinstance(tie, ManyToMany):
        any_of_them = select(func.max(case((found, 1), else_=0))).where(
            getattr(other, tie.other_name) == tie.other_link, tie.own_link == tie.own
        )
        return func.coalesce(any_of_them.correlate(tie.own_columns[0].table).scalar_subquery(), 0) == 1
    link = in_alias(other, tie.other_names) == tie.own
    return func.coalesce(select(found).where(link).correlate(tie.own_columns[0].table).scalar_subquery(), False)


def _has(text: AnyColumn, term: str, frame: str) -> ColumnElement[bool]:
    return is_whole(text, term) if frame == WHOLE else contains(text, term, frame=frame)


def indexed_rows(lookup: Lookup, limit: int, *, but: Attribute | None = None) -> ColumnElement[int]:
    """Return a count, up to a limit per term, of the rows that SQLite's indexes find for a lookup; some may not match.

    The related model of the relation `but` isn't searched.
    """
    counts: list[Expression] = [literal(0)]
    for term, (relation, columns) in (part for part in _parts(lookup) if not is_by(part[1][0], but)):
        some = pieces_matched(_table_of(columns[0]), term.text).limit(limit).subquery()
        count = select(func.count()).select_from(some).scalar_subquery()
        counts.append(count if relation is None else count * ROWS_BY_RELATED)
    return reduce(add, counts)


def likely_places(model: type[Record], lookup: Lookup, limit: int) -> list[ColumnElement[bool]]:
    """Return the conditions for rows that are found first: those at the beginning of SQLite's indexes, one condition per column group."""
    found: list[ColumnElement[bool]] = []
    for term, (relation, columns) in _parts(lookup):
        tie = None if relation is None else relation_of(relation)
        if tie is not None and not tie.is_by_key:
            continue
        key = _key(model) if tie is None else tie.own
        pieces = pieces_matched(_table_of(columns[0]), term.text).limit(limit)
        rows = tie.owners_of(pieces) if isinstance(tie, ManyToMany) else pieces
        found.append(is_among(key, rows.scalar_subquery()))
    return found


def _parts(lookup: Lookup) -> Iterator[tuple[Term, tuple[Attribute | None, list[SearchColumn]]]]:
    """Yield each term with each relation and its searched columns."""
    return ((term, part) for term in lookup.terms for part in _by_relation(term.columns))


def _found(model: type[Record], lookup: Lookup) -> ScalarSelect[int]:
    """Return the keys of rows with a term in their own columns, or in their related record's."""
    parts = [_found_by(model, *part, one.text) for one, part in _parts(lookup)]
    found: Any = union(*parts) if len(parts) > 1 else parts[0]
    return found.scalar_subquery()  # type: ignore[no-any-return] # mypy breaks down over the two types it may be of


def _found_by(model: type[Record], relation: Attribute | None, columns: Sequence[SearchColumn], term: str) -> Statement:
    of = model if relation is None else relation_of(relation).target
    searched, rows = _other(of), _having(of, columns, term)
    if relation is None:
        return rows
    child, tie = _child(model), relation_of(relation)
    if isinstance(tie, ManyToMany):
        return select(_key(child)).where(_key(child).in_(tie.owners_of(rows))).correlate(None)
    link = in_alias(child, tie.own_names)
    others = rows.with_only_columns(in_alias(searched, tie.other_names))
    return select(_key(child)).where(link.in_(others)).correlate(None)


def _having(of: type[Record], columns: Sequence[SearchColumn], term: str) -> Statement:
    """Return the keys of a model's records with a term in one of these columns."""
    searched = _other(of)
    has_it = or_(*(_has(getattr(searched, one.column.key), term, one.frame) for one in columns))
    may = may_contain(_key(searched), _table_of(columns[0]), term)
    return select(_key(searched)).where(may, has_it).correlate(None)


def _other(model: type[Record]) -> type[Record]:
    """Return the alias of a related model in subqueries; each subquery stands alone, so all can share it."""
    if model not in _OTHERS:
        _OTHERS[model] = aliased(model, flat=True)
    return _OTHERS[model]


def _child(model: type[Record]) -> type[Record]:
    """Return a second alias of the listed model, because the related model may be the same."""
    if model not in _CHILDREN:
        _CHILDREN[model] = aliased(model, flat=True)
    return _CHILDREN[model]


def _key(model: type[Record]) -> Attribute:
    return model.id


def _table_of(searched: SearchColumn) -> str:
    """Return the name of a column's table; "" for an expression."""
    column = stored_column(searched.column)
    return "" if column is None else str(column.table.name)
