"""One spelling of JSON for comparing two values: Python's own, a function for SQLite, and PostgreSQL's `jsonb`."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from enum import Enum

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Text

from admin_app.db.driver_text import stored_text
from admin_app.db.json_exact import JSON_NULL, JsonNumber, is_null, plain_digits, whole_of, written
from admin_app.db.untracked import Untracked

# Parsers and writers of JSON recurse per level. Forms accept 100 levels; other programs may have stored more.
MOST_LEVELS = 150


class DeepJson(str, Untracked):
    """JSON with more than `MOST_LEVELS` levels, kept as text: it is shown, stored and restored unchanged."""

    __slots__ = ()


def read_json(found: str | bytes | float) -> object:
    """Read JSON from the database. SQLite stores JSON that is a single number as a number."""
    text = found if isinstance(found, str) else found.decode() if isinstance(found, bytes) else repr(_finite(found))
    if _is_deep(text):
        return DeepJson(text)
    value = json.loads(text, parse_float=JsonNumber, parse_int=whole_of)
    return JSON_NULL if value is None else value


def _finite(number: float) -> float:
    """Refuse a number that JSON lacks, such as infinity."""
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def write_json(value: object) -> str:
    """Write JSON for the database."""
    return str(value) if isinstance(value, DeepJson) else written(value)


def _is_deep(text: str) -> bool:
    """Whether lists and objects are nested too deeply. Most JSON has fewer brackets than levels are allowed."""
    if text.count("[") + text.count("{") <= MOST_LEVELS:
        return False
    level = 0
    for one in _BRACKET.findall(text):
        level += {"[": 1, "{": 1, "]": -1, "}": -1}.get(one, 0)
        if level > MOST_LEVELS:
            return True
    return False


# A bracket, or a string, whose brackets do not count.
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}]', re.DOTALL)
# How SQLAlchemy's engine reads and writes JSON.
ENGINE = {"json_deserializer": read_json, "json_serializer": write_json}


class Spelled(FunctionElement[str]):
    """`json_spelled(column)`: a column's JSON as `spelled` writes it. Each SQLite connection has the function."""

    type = Text()
    inherit_cache = True
    name = "json_spelled"


@compiles(Spelled)
def _by_function(element: Spelled, compiler: SQLCompiler, **kw: object) -> str:
    return f"{element.name}({compiler.process(element.clauses, **kw)})"


@compiles(Spelled, "postgresql")
def _by_jsonb(element: Spelled, compiler: SQLCompiler, **kw: object) -> str:
    column = compiler.process(element.clauses, **kw)
    spelled = f"CAST(CAST({column} AS JSONB) AS TEXT)"
    if isinstance(element.clauses.clauses[0].type.dialect_impl(compiler.dialect), JSONB):
        return spelled
    text = f"CAST({column} AS TEXT)"
    return f"CASE WHEN {text} ~ '{_NO_JSONB}' THEN {text} ELSE {spelled} END"


# Values that `json` can hold and `jsonb` cannot, which stay as they are written: NUL, half of a surrogate pair, a number
# out of range. After an even number of backslashes such an escape is plain text.
_NUL = r"u0000"
_HIGH, _LOW = r"u[dD][89abAB][0-9a-fA-F]{2}", r"u[dD][c-fC-F][0-9a-fA-F]{2}"
_HALF = rf"{_HIGH}(?!\\{_LOW})|(?<!\\{_HIGH}\\){_LOW}"
_HUGE = r"(^|[,[:space:]:[])-?\d+([.]\d+)?[eE][+-]?\d{5,}[[:space:]]*([]},]|$)"
_NO_JSONB = rf"(?<!\\)(\\\\)*\\({_NUL}|{_HALF})|{_HUGE}"


def spelled(value: object) -> str:
    """Write a value as PostgreSQL writes `jsonb`: keys ordered by length and letters, numbers without an exponent."""
    if isinstance(value, DeepJson):
        return str(value)
    if isinstance(value, dict):
        keys = sorted(value, key=_by_length)
        return f"{{{', '.join(f'{spelled(key)}: {spelled(value[key])}' for key in keys)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(spelled, value))}]"
    if isinstance(value, float | Decimal):
        return plain_digits(value)
    if is_null(value):
        return "null"
    # Lists of values that are not JSON, in columns of unknown types, come here too.
    return _HALVES.sub(_escaped, json.dumps(value, ensure_ascii=False, default=_in_words))


def _by_length(key: str) -> tuple[int, bytes]:
    raw = key.encode("utf-8", "surrogatepass")
    return len(raw), raw


# Halves of surrogate pairs, which no database accepts in a text: JSON writes them as escapes.
_HALVES = re.compile("[\ud800-\udfff]")


def _escaped(half: re.Match[str]) -> str:
    return f"\\u{ord(half[0]):04x}"


def _in_words(value: object) -> str:
    """Return the text of an enumeration's member, the digits of bytes, or Python's text for anything else."""
    if isinstance(value, bytes):
        return value.hex()
    if not isinstance(value, Enum):
        return str(value)
    return value.value if isinstance(value.value, str) else value.name.lower()


def spelled_text(found: str | float | bytes | None) -> str | int | None:
    """Rewrite a stored value of SQLite in the one spelling; a value that is no JSON is written as the history writes it."""
    try:
        return None if found is None else spelled(read_json(found))
    except ValueError:
        # Another program stored something that is no JSON.
        return stored_text(found)
