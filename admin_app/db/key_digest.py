"""A small number computed from a key; the sum over a set of keys tells it from other sets."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from admin_app.db.keys import is_number, stored_key
from admin_app.extensions import Expression

# A prime: the sum of ten thousand smaller numbers stays far within the integers of both databases.
_BELOW = 1_000_003


class _TextDigest(FunctionElement[int]):
    """A number computed from a stored text key; each database has its own function."""

    type = BigInteger()
    inherit_cache = True
    name = "text_digest"


def key_digest(key: Expression) -> Expression:
    """Return the number of a model's key; one database always computes the same."""
    return key % _BELOW if is_number(key) else _TextDigest(stored_key(key))


@compiles(_TextDigest)
def _on_postgres(element: _TextDigest, compiler: SQLCompiler, **kw: object) -> str:
    return f"hashtext({compiler.process(element.clauses, **kw)})"


@compiles(_TextDigest, "sqlite")
def _on_sqlite(element: _TextDigest, compiler: SQLCompiler, **kw: object) -> str:
    return f"row_digest({compiler.process(element.clauses, **kw)})"
