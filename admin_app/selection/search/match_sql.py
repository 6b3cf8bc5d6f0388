"""The SQL of "this column contains this text": the same meaning on both databases, and fast on each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Text,
    bindparam,
    column,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import table as fts_table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ScalarSelect
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType

from admin_app.db.quoting import quoted
from admin_app.extensions import AnyColumn, Statement
from admin_app.formatting import folded
from admin_app.selection.search.folding import spellings
from admin_app.selection.search.indexes import search_table
from admin_app.unicode_text import forms

# The only capital whose lower case differs: two characters in Unicode, "i" in PostgreSQL.
_DOTTED = "\u0130"
# ASCII letters with another capital: the dotted I, and the Kelvin sign.
_WITH_STRANGE_CAPITALS = frozenset("ik")
# Letters that FTS5 doesn't fold to lower case, because it has an older Unicode version.
_STRANGERS = "i\u025c\u0261\u026a\u026c\u0282\u0287\u029d\u029e\u03f3"
_FIRST_STRANGER = "\u0529"


def contains(text: AnyColumn, term: str, *, frame: str = "%{}%") -> ColumnElement[bool]:
    """Whether the text contains the term, in upper or lower case of any alphabet; every character is literal.

    `frame` is the position: "{}%" is at the beginning, "%{}" at the end.
    """
    found = [_contains(text, one, frame) for one in spellings(term)]
    return found[0] if len(found) == 1 else or_(*found)


def is_whole(text: AnyColumn, value: str) -> ColumnElement[bool]:
    """Whether the text equals the value, including case, in any stored Unicode form."""
    found = forms(value)
    condition: ColumnElement[bool] = text == value if found == (value,) else text.in_(found)
    return condition


def contains_lower_case(text: AnyColumn, term: str) -> ColumnElement[bool]:
    """Whether the text has the term in lower case, on PostgreSQL: true for most rows that contain it, and three times as fast."""
    return func.strpos(type_coerce(text, Text), folded(term)) > 0


def _contains(text: AnyColumn, small: str, frame: str) -> ColumnElement[bool]:
    pattern, outline = frame.format(_pattern(small)), frame.format(_pattern(small, with_gaps=True))
    texts = [type_coerce(text, Text), *(bindparam(None, one, Text, unique=True) for one in (pattern, outline))]
    return _Contains(*texts) if pattern == outline else _ContainsAnyLetter(*texts)


def _pattern(small: str, *, with_gaps: bool = False) -> str:
    """Return a LIKE pattern; with a gap for every letter whose capital SQLite's LIKE doesn't know."""
    return "".join("_" if with_gaps and _is_strange(one) else _escaped(one) for one in small)


def _is_strange(letter: str) -> bool:
    return not letter.isascii() or letter in _WITH_STRANGE_CAPITALS


def _escaped(letter: str) -> str:
    return f"\\{letter}" if letter in r"\%_" else letter


def may_contain(key: AnyColumn, table: str, term: str) -> ColumnElement[bool]:
    """Whether SQLite's index has all three-letter pieces of the term in this row. PostgreSQL uses its index by itself."""
    name = quoted(search_table(table))
    return _MayContain(key, literal_column(name), bindparam(None, _pieces(term), Text, unique=True))


def pieces_matched(table: str, term: str) -> Statement:
    """Return the query on SQLite's index alone for rows with all three-letter pieces of the term."""
    name = search_table(table)
    return select(fts_table(name, column("rowid")).c.rowid).where(column(name).op("MATCH")(_pieces(term)))


def is_among(key: AnyColumn, found: ScalarSelect[int]) -> ColumnElement[bool]:
    """Whether the key is in the result of a subquery, which the database is made to run first."""
    return _IsAmong(type_coerce(key, key.type), found)


def _pieces(term: str) -> str:
    """Return FTS5's query for the three-letter pieces of the term in each spelling."""
    found = list(dict.fromkeys(_pieces_of(one) for one in spellings(term)))
    return found[0] if len(found) == 1 else " OR ".join(f"({one})" for one in found)


def _pieces_of(small: str) -> str:
    pieces = dict.fromkeys(small[start : start + 3] for start in range(len(small) - 2))
    return " AND ".join(_in_any_case(piece) for piece in pieces)


def _in_any_case(piece: str) -> str:
    """Return a piece as FTS5 stores it, in several ways if it folds a letter differently."""
    ways = [""]
    for letter in piece:
        ways = [start + one for start in ways for one in _same_letters(letter)]
    quoted = ['"' + one.replace('"', '""') + '"' for one in ways]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"


def _same_letters(letter: str) -> list[str]:
    if letter not in _STRANGERS and letter < _FIRST_STRANGER:
        return [letter]
    capital = _DOTTED if letter == "i" else letter.upper()
    return [letter, capital] if capital != letter and folded(capital) == letter else [letter]


class _Condition(FunctionElement[bool]):
    """A boolean expression of our own. SQLAlchemy would add "= 1" to it on SQLite, and no index would be used."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> ColumnElement[bool]:  # type: ignore[override] # SQLAlchemy's own say more than they keep
        """Return itself, without brackets inside AND and OR."""
        del against
        return self


class _Contains(_Condition):
    """`column LIKE pattern` for a pattern of ASCII letters, ignoring case."""

    inherit_cache = True
    name = "contains_text"


class _ContainsAnyLetter(_Contains):
    """`column LIKE pattern` for a pattern of any letters, ignoring case."""

    inherit_cache = True


class _MayContain(_Condition):
    """`key IN (SELECT rowid FROM index WHERE index MATCH pieces)`."""

    inherit_cache = True
    name = "may_contain"


class _IsAmong(_Condition):
    """`key IN (SELECT …)`."""

    inherit_cache = True
    name = "is_among"


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, **kw: object) -> list[str]:
    return [compiler.process(one, **kw) for one in element.clauses]


@compiles(_Contains)
def _on_postgres(element: _Contains, compiler: SQLCompiler, **kw: object) -> str:
    text, pattern = _arguments(element, compiler, **kw)[:2]
    # pg_trgm's index serves ILIKE.
    return rf"({text} ILIKE {pattern} ESCAPE '\')"


@compiles(_Contains, "sqlite")
def _ascii_on_sqlite(element: _Contains, compiler: SQLCompiler, **kw: object) -> str:
    text, pattern = _arguments(element, compiler, **kw)[:2]
    return rf"({text} LIKE {pattern} ESCAPE '\')"


@compiles(_ContainsAnyLetter, "sqlite")
def _any_letter_on_sqlite(element: _Contains, compiler: SQLCompiler, **kw: object) -> str:
    text, pattern, outline = _arguments(element, compiler, **kw)
    # `lower` is Python's (see db/connection.py): right for every alphabet, and slow. CASE keeps most rows from reaching it:
    # AND would evaluate both sides, which made a page of a word with an "i" take four times as long.
    return rf"(CASE {text} LIKE {outline} ESCAPE '\' WHEN 1 THEN lower({text}) LIKE {pattern} ESCAPE '\' WHEN 0 THEN 0 END)"


@compiles(_MayContain)
def _any_on_postgres(_element: _MayContain, _compiler: SQLCompiler, **_kw: object) -> str:
    return "true"


@compiles(_MayContain, "sqlite")
def _match_on_sqlite(element: _MayContain, compiler: SQLCompiler, **kw: object) -> str:
    key, index, pieces = _arguments(element, compiler, **kw)
    return f"{key} IN (SELECT rowid FROM {index} WHERE {index} MATCH {pieces})"  # noqa: S608 -- written by SQLAlchemy's compiler


@compiles(_IsAmong, "sqlite")
def _in_on_sqlite(element: _IsAmong, compiler: SQLCompiler, **kw: object) -> str:
    key, found = _arguments(element, compiler, **kw)
    return f"{key} IN {found}"


@compiles(_IsAmong)
def _any_of_array(element: _IsAmong, compiler: SQLCompiler, **kw: object) -> str:
    key, found = _arguments(element, compiler, **kw)
    # An array is taken for a few keys, which are looked up. `IN` would become a join, and the planner likes to walk the whole
    # sort index for it if it takes a rare word for a common one.
    return f"{key} = ANY (ARRAY{found})"
