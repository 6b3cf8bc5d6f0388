"""JSON of any content, with one spelling that both databases and the history share."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from flask import has_app_context
from sqlalchemy import JSON, Dialect, Integer, case, cast, func
from sqlalchemy.types import NullType

from admin_app.db.json_alone import kept_alone
from admin_app.db.json_exact import JSON_NULL, JsonNull, JsonNumber, plain_digits
from admin_app.db.json_spelling import DeepJson, Spelled, read_json, spelled
from admin_app.db.unreadable import reading
from admin_app.extensions import db
from admin_app.kinds.base import Convert, Expression, Kind

# PostgreSQL's JSON can't hold NUL, and no text can hold half a surrogate pair.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# How deeply lists and objects may be nested: the writer calls itself for each level.
DEEPEST = 100
TOO_DEEP = "The JSON is nested too deeply"
# Without an exponent. A longer number is a mistake, or an attack.
MOST_DIGITS = 4000
# All numbers of a value without their exponents: `1e3999` is six characters, and 4,000 digits in each change of the history.
MOST_DIGITS_OF_ALL = 100_000
# Digits of it in a message.
SHOWN = 20


class JsonText(str):
    """A JSON value for a file. Its spelling tells a text, a number and a list apart."""

    __slots__ = ()


def value_of(text: str) -> Any:
    """Read JSON; raise `ValueError` that says where it is wrong, or what can't be stored or read unambiguously."""
    try:
        value = json.loads(
            text,
            parse_constant=_refused,
            parse_float=_Fractions().read,
            parse_int=_whole,
            object_pairs_hook=_named_once,
        )
    except json.JSONDecodeError as error:
        message = f"Line {error.lineno}, column {error.colno}: {error.msg}"
        raise ValueError(message) from error
    except RecursionError as error:
        raise ValueError(TOO_DEEP) from error
    if any(map(_UNSTORABLE.search, _texts(value))):
        message = "It contains a character that cannot be stored"
        raise ValueError(message)
    return JSON_NULL if value is None else value


def _texts(value: object) -> Iterator[str]:
    """Yield all names and texts in a value, level by level."""
    level = [value]
    for _ in range(DEEPEST + 1):
        yield from (one for one in level if isinstance(one, str))
        level = [inner for one in level for inner in _inner(one)]
        if not level:
            return
    raise ValueError(TOO_DEEP)


def _inner(value: object) -> Sequence[object]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else ()


def _refused(name: str) -> NoReturn:
    message = f"JSON has no number {name}"
    raise ValueError(message)


class _Fractions:
    """Reads a value's numbers with a fraction or an exponent, and counts the digits that only exponents stand for."""

    def __init__(self) -> None:
        """Begin with none."""
        self._more = 0

    def read(self, text: str) -> JsonNumber:
        """Read a number, and keep its digits."""
        number = JsonNumber(text)
        digits = plain_digits(number)
        _require_room(text, is_long=len(digits) > MOST_DIGITS or "e" in digits.lower())
        self._more += max(0, len(digits) - len(text))
        if self._more > MOST_DIGITS_OF_ALL:
            message = f"Written without exponents, its numbers have more than {MOST_DIGITS_OF_ALL:,} digits"
            raise ValueError(message)
        return number


def _whole(text: str) -> int:
    _require_room(text, is_long=len(text) > MOST_DIGITS)
    return int(text)


def _require_room(text: str, *, is_long: bool) -> None:
    if is_long:
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        message = f"The number {shown} has more than {MOST_DIGITS:,} digits"
        raise ValueError(message)


def _named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object; refuse a repeated name, because all values but the last would be lost silently."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, number in Counter(name for name, _ in pairs).items() if number > 1)
        message = f"The name “{twice[:40]}” stands twice in one object"
        raise ValueError(message)
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_on_sqlite() -> bool:
    return has_app_context() and db.engine.dialect.name == "sqlite"


class JsonKind(Kind[Any]):
    """JSON. Its value `null` is not the same as no value."""

    name = "json"
    types = (JSON,)
    values = (dict, list, JsonText, DeepJson, JsonNull)
    is_ordered = False

    def to_url(self, value: object) -> str:
        """Write JSON."""
        return spelled(value)

    def from_url(self, text: str) -> object:
        """Read JSON."""
        return value_of(text)

    @staticmethod
    def to_csv(value: object) -> str:
        """Write JSON."""
        return str(value) if isinstance(value, JsonText) else spelled(value)

    # Text in a JSON file too, because an import accepts no objects in cells.
    to_json = to_sheet = to_csv

    def from_cell(self, cell: str) -> object:
        """Read JSON."""
        try:
            return value_of(cell)
        except ValueError as error:
            message = f'must be JSON, like {{"size": 4}}. {error}.'
            raise ValueError(message) from error

    def problem_with(self, label: str, value: object) -> str | None:
        """Return the problem with a number alone that SQLite would keep as another one."""
        if not _is_number(value) or not _is_on_sqlite():
            return None
        digits = spelled(value)
        kept = kept_alone(digits)
        ways = "Put it in a list" if kept is None or len(kept) > SHOWN else f"Enter {kept}, or put it in a list"
        return None if kept == digits else f"{label} is a number alone that SQLite does not keep as it is. {ways}."

    def row_reader(self, dialect: Dialect) -> Convert:
        """Return the function that spells the driver's values: SQLite's are text, PostgreSQL's are decoded."""
        is_text = dialect.name == "sqlite"

        def read(found: Any) -> JsonText | None:
            value = read_json(found) if is_text and found is not None else found
            return None if value is None else JsonText(spelled(value))

        return reading(read)

    def comparable(self, column: Expression) -> Expression:
        """Compare the spelling: PostgreSQL's `json` has no equality, and SQLite stores any spelling."""
        return Spelled(column)

    def history_of(self, value: object) -> str:
        """Write JSON."""
        return spelled(value)

    def value_in_history(self, value: object) -> object:
        """Read JSON."""
        return read_json(str(value))

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write the spelling."""
        return self.comparable(column)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Write the spelling."""
        return self.comparable(column)

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Keep JSON as it is, and store what is none as it was; a column that requires a value gets `null`."""
        is_json = func.json_valid(found, type_=Integer()) == 1
        kept = case((is_json, found), else_=func.stored_value(found, type_=NullType()))
        return kept if self.stored.nullable else func.coalesce(kept, "null", type_=NullType())

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Cast the text to JSON; a column that requires a value gets `null`."""
        return cast(text if self.stored.nullable else func.coalesce(text, "null"), self.type)
