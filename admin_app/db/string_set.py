"""A set of words as one column: the roles of a person, the permissions of a role."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Self

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from admin_app.db.unreadable import Unreadable, reading


class StringSet(tuple[str, ...]):
    """A sorted set of words."""

    __slots__ = ()

    def __new__(cls, words: Iterable[str] = ()) -> Self:
        """Sort the words."""
        return super().__new__(cls, sorted(set(words)))

    def __str__(self) -> str:
        """Return the words for people."""
        return ", ".join(self)

    def to_text(self) -> str:
        """Return the text that the table and the history store: equal sets give equal texts."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_text(text: str) -> StringSet:
        """Read the stored text."""
        return StringSet(json.loads(text))


class StringSetType(TypeDecorator[StringSet]):
    """Words stored as a JSON list."""

    impl = Text
    cache_ok = True

    @property
    def python_type(self) -> type[StringSet]:
        """The Python type of the values."""
        return StringSet

    @override
    def coerce_compared_value(self, op: object, value: object) -> TypeEngine[StringSet] | TypeEngine[str]:
        """Compare a LIKE pattern as plain text."""
        return Text() if isinstance(value, str) else self

    @override
    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        """Write the stored text."""
        return value if value is None or isinstance(value, Unreadable) else StringSet(value).to_text()

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the stored text."""
        return None if value is None else _read(value)


_read = reading(lambda text: StringSet.from_text(str(text)))
