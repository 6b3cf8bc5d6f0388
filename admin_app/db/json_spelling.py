"""The one spelling of JSON by which two values are compared: Python's, SQLite's by a function of ours, PostgreSQL's by its own."""

from __future__ import annotations

import json
from decimal import Decimal
from enum import Enum

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Text


class Spelled(FunctionElement[str]):
    """`json_spelled(column)`: a column's JSON as `spelled` writes it; SQLite has the function from each connection."""

    type = Text()
    inherit_cache = True
    name = "json_spelled"


@compiles(Spelled)
def _by_function(element: Spelled, compiler: SQLCompiler, **kw: object) -> str:
    return f"{element.name}({compiler.process(element.clauses, **kw)})"


@compiles(Spelled, "postgresql")
def _by_jsonb(element: Spelled, compiler: SQLCompiler, **kw: object) -> str:
    return f"CAST(CAST({compiler.process(element.clauses, **kw)} AS JSONB) AS TEXT)"


def spelled(value: object) -> str:
    """Write a value as PostgreSQL writes its `jsonb`: keys by their length and letters, numbers without an exponent."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return f"{{{', '.join(f'{spelled(key)}: {spelled(value[key])}' for key in keys)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(spelled, value))}]"
    if isinstance(value, float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        # PostgreSQL knows no zero below zero.
        return f"{number or number.copy_abs():f}"
    # Lists of something else than JSON, of columns that nobody knows, are shown by the same way.
    return json.dumps(value, ensure_ascii=False, default=_in_words)


def _in_words(value: object) -> str:
    """Write a member of an enumeration as people read it, and anything else as Python does."""
    if not isinstance(value, Enum):
        return str(value)
    return value.value if isinstance(value.value, str) else value.name.lower()


def spelled_text(text: str | None) -> str | None:
    """Spell JSON that is spelled in any way."""
    return None if text is None else spelled(json.loads(text, parse_float=Decimal))
