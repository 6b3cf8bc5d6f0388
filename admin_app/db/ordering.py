"""The order of texts, which is the same on both stores, and which of them are alike: by functions of `unicode_text`, whose SQL has the same names."""

from __future__ import annotations

from enum import StrEnum

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


class KeyOf(FunctionElement[str]):
    """The key of a text, by which an index has it: SQLite has the function from each connection, PostgreSQL from the migrations."""

    type = String()
    inherit_cache = True


class SortKeyOf(KeyOf):
    """`sort_key(text)`: the text's place among others."""

    inherit_cache = True
    name = "sort_key"


class NamesakeOf(KeyOf):
    """`namesake(text)`: the name without capitals and marks."""

    inherit_cache = True
    name = "namesake"


class MailboxOf(KeyOf):
    """`mailbox(text)`: whose email it is, most likely."""

    inherit_cache = True
    name = "mailbox"


class Likeness(StrEnum):
    """In which way two texts may be the same, by the function that tells: but for capitals and marks, or as emails of one person."""

    NAME = "namesake"
    EMAIL = "mailbox"

    def key_of(self, column: AnyColumn) -> KeyOf:
        """Return the key of a column's texts."""
        return NamesakeOf(column) if self is Likeness.NAME else MailboxOf(column)


@compiles(KeyOf)
def _by_code_points(element: KeyOf, compiler: SQLCompiler, **kw: object) -> str:
    return f'({element.name}({compiler.process(element.clauses, **kw)}) COLLATE "C")'


@compiles(KeyOf, "sqlite")
def _by_bytes(element: KeyOf, compiler: SQLCompiler, **kw: object) -> str:
    return f"{element.name}({compiler.process(element.clauses, **kw)})"
