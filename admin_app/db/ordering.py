"""The order of texts, and which texts are similar: the same in both databases, by SQL functions that `unicode_text` defines."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Enum, String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from admin_app.extensions import AnyColumn


def is_short_text(column: AnyColumn) -> bool:
    """Whether a column holds short text, such as names and emails. Long text sorts by itself: its sort keys would be as long."""
    return isinstance(column.type, String) and not isinstance(column.type, (Enum, Text))


def in_order(column: AnyColumn) -> AnyColumn:
    """Return what to sort by in place of a column: the sort key of short text, otherwise the column itself."""
    return SortKeyOf(column) if is_short_text(column) else column


class KeyOf(FunctionElement[str]):
    """The sort key of a text, as in an index. Each SQLite connection has the function; on PostgreSQL the migrations create it."""

    type = String()
    inherit_cache = True


class SortKeyOf(KeyOf):
    """`sort_key(text)`: the position of the text among others."""

    inherit_cache = True
    name = "sort_key"


class NamesakeOf(KeyOf):
    """`namesake(text)`: the name without capitals and accents."""

    inherit_cache = True
    name = "namesake"


class MailboxOf(KeyOf):
    """`mailbox(text)`: the mailbox that an email most likely reaches."""

    inherit_cache = True
    name = "mailbox"


class Likeness(StrEnum):
    """How texts can be similar, by the function that compares them: apart from case and accents, or as emails of one person."""

    NAME = "namesake"
    EMAIL = "mailbox"

    def key_of(self, column: AnyColumn) -> KeyOf:
        """Return the sort key of a column's text."""
        return NamesakeOf(column) if self is Likeness.NAME else MailboxOf(column)


@compiles(KeyOf)
def _by_code_points(element: KeyOf, compiler: SQLCompiler, **kw: object) -> str:
    return f'({element.name}({compiler.process(element.clauses, **kw)}) COLLATE "C")'


@compiles(KeyOf, "sqlite")
def _by_bytes(element: KeyOf, compiler: SQLCompiler, **kw: object) -> str:
    return f"{element.name}({compiler.process(element.clauses, **kw)})"
