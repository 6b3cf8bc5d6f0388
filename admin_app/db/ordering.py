"""The order of texts, which is the same on both stores: by `unicode_text.sort_key`, whose SQL has the same name."""

from __future__ import annotations

from sqlalchemy import Enum, String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from admin_app.extensions import AnyColumn


def is_short_text(column: AnyColumn) -> bool:
    """Whether a column holds names, emails and the like. Long texts, whose keys would be as long, are sorted as they are."""
    return isinstance(column.type, String) and not isinstance(column.type, (Enum, Text))


def in_order(column: AnyColumn) -> AnyColumn:
    """Return what rows are sorted by in a column's place: the key of a short text, else the column itself."""
    return SortKeyOf(column) if is_short_text(column) else column


class SortKeyOf(FunctionElement[str]):
    """`sort_key(text)`: SQLite has it from each connection, PostgreSQL from the migrations."""

    type = String()
    inherit_cache = True
    name = "sort_key"


@compiles(SortKeyOf)
def _by_code_points(element: SortKeyOf, compiler: SQLCompiler, **kw: object) -> str:
    return f'(sort_key({compiler.process(element.clauses, **kw)}) COLLATE "C")'


@compiles(SortKeyOf, "sqlite")
def _by_bytes(element: SortKeyOf, compiler: SQLCompiler, **kw: object) -> str:
    return f"sort_key({compiler.process(element.clauses, **kw)})"
