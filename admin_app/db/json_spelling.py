"""The one spelling of JSON by which two values are compared: Python's, SQLite's by a function of ours, PostgreSQL's by its own."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from enum import Enum

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Text

# What reads, spells and copies JSON calls itself for each level. Forms take 100 levels; other programs may have written more.
MOST_LEVELS = 150


class DeepJson(str):
    """JSON that is nested deeper than that, as its text: it is shown, kept and given back as it is."""

    __slots__ = ()


def read_json(text: str | bytes) -> object:
    """Read what the database keeps as JSON."""
    text = text if isinstance(text, str) else text.decode()
    return DeepJson(text) if _is_deep(text) else json.loads(text)


def write_json(value: object) -> str:
    """Write what the database is to keep as JSON."""
    return str(value) if isinstance(value, DeepJson) else json.dumps(value)


def _is_deep(text: str) -> bool:
    """Whether lists and objects stand too deep in each other; most JSON has not as many of them."""
    if text.count("[") + text.count("{") <= MOST_LEVELS:
        return False
    level = 0
    for one in _BRACKET.findall(text):
        level += {"[": 1, "{": 1, "]": -1, "}": -1}.get(one, 0)
        if level > MOST_LEVELS:
            return True
    return False


# A bracket, or a text, in which brackets mean nothing.
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}]', re.DOTALL)
# What SQLAlchemy's engine reads and writes JSON by.
ENGINE = {"json_deserializer": read_json, "json_serializer": write_json}


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
    if isinstance(value, DeepJson):
        return str(value)
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
    if text is None or _is_deep(text):
        return text
    return spelled(json.loads(text, parse_float=Decimal))
