"""JSON: anything that it can say, in the one spelling that both stores and the history have of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import JSON, Dialect, cast, func
from sqlalchemy.types import NullType, Text

from admin_app.db.json_spelling import Spelled, spelled
from admin_app.kinds.base import Expression, Kind

# PostgreSQL's JSON cannot hold the one, and no text the others.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class JsonText(str):
    """A JSON value on its way into a file: a text, a number and a list are told apart by being spelled."""

    __slots__ = ()


def value_of(text: str) -> Any:
    """Read JSON; raise `ValueError` that says where it is wrong."""
    try:
        value = json.loads(text, parse_constant=_refused)
    except json.JSONDecodeError as error:
        message = f"Line {error.lineno}, column {error.colno}: {error.msg}"
        raise ValueError(message) from error
    except RecursionError as error:
        message = "The JSON is nested too deeply"
        raise ValueError(message) from error
    if any(map(_UNSTORABLE.search, _texts(value))):
        message = "It contains a character that cannot be stored"
        raise ValueError(message)
    return value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def _refused(name: str) -> object:
    message = f"JSON has no number {name}"
    raise ValueError(message)


class JsonKind(Kind[Any]):
    """JSON. `null` and no value are the same to a reader, and written as the column has it."""

    name = "json"
    types = (JSON,)
    values = (dict, list, JsonText)
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

    # As text in a file of JSON too, whose import takes no object for a cell.
    to_json = to_sheet = to_csv

    def from_cell(self, cell: str) -> object:
        """Read JSON."""
        try:
            return value_of(cell)
        except ValueError as error:
            message = f'must be JSON, like {{"size": 4}}. {error}.'
            raise ValueError(message) from error

    def row_reader(self, dialect: Dialect) -> Callable[[Any], JsonText | None]:
        """Return what spells a value that the driver gives: SQLite's gives text, PostgreSQL's what it means."""
        is_text = dialect.name == "sqlite"

        def read(found: Any) -> JsonText | None:
            value = json.loads(found) if is_text and found is not None else found
            return None if value is None else JsonText(spelled(value))

        return read

    def comparable(self, column: Expression) -> Expression:
        """Compare how it is spelled: PostgreSQL's `json` knows no equality, and SQLite's is any spelling."""
        return func.nullif(Spelled(column), "null", type_=Text())

    def history_of(self, value: object) -> str:
        """Write JSON."""
        return spelled(value)

    def value_in_history(self, value: object) -> object:
        """Read JSON."""
        return json.loads(str(value))

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Spell it."""
        return self.comparable(column)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Spell it."""
        return self.comparable(column)

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Take the text; where there has to be a value, `null` is one."""
        return found if self.stored.nullable else func.coalesce(found, "null", type_=NullType())

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Read it; where there has to be a value, `null` is one."""
        return cast(text if self.stored.nullable else func.coalesce(text, "null"), self.type)
