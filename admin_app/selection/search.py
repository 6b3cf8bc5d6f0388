"""Search: words are ANDed, columns are ORed, "quoted words" stay together, and % and _ mean themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_

from admin_app.selection.offer import SearchColumn

# More than a person types; each word costs one condition a column.
MOST_WORDS = 20
LONGEST_SEARCH = 400

_TERM = re.compile(r'"([^"]+)"|(\S+)')


def terms_of(text: str) -> list[str]:
    """Split a search into words and quoted phrases; a lone quote is a character like any other."""
    return [phrase or word for phrase, word in _TERM.findall(text[:LONGEST_SEARCH])][:MOST_WORDS]


def is_cut(text: str) -> bool:
    """Whether a search is longer than what is looked for."""
    return len(text) > LONGEST_SEARCH or len(_TERM.findall(text)) > MOST_WORDS


def search_criteria(text: str, columns: Sequence[SearchColumn]) -> list[ColumnElement[bool]]:
    """Return one condition a word: it occurs in at least one of the columns."""
    return [or_(*(_contains(column, term) for column in columns)) for term in terms_of(text)]


def _contains(searched: SearchColumn, term: str) -> ColumnElement[bool]:
    criterion = searched.column.icontains(term, autoescape=True)
    return criterion if searched.relation is None else searched.relation.has(criterion)
