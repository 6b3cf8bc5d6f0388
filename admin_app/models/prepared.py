"""Statements that every page or every save sends, as the stores' drivers take them.

SQLAlchemy would look each up among those it compiled before, and read its parameters off it, which takes longer than to
run it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable

# What makes a value of a type of what a driver returns, or the other way round; None where that is it.
Conversion = Callable[[Any], Any] | None


class Prepared:
    """A statement that is put together once for each store, and sent with other parameters each time."""

    def __init__(self, statement: Executable) -> None:
        """Keep it; a list of values in it (`IN`), whose length changes its text, is not for this."""
        self._statement: Any = statement
        self._texts: dict[str, _Text] = {}

    def send(
        self, connection: Connection, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> CursorResult[Any]:
        """Send it with these parameters, or once for each of several; what it does not ask for is passed over.

        Its rows hold values as the driver returns them.
        """
        found = self._text_for(connection.dialect)
        if isinstance(parameters, Mapping):
            return connection.exec_driver_sql(found.text, found.values(parameters))
        return connection.exec_driver_sql(found.text, [found.values(one) for one in parameters])

    def _text_for(self, dialect: Dialect) -> _Text:
        if dialect.name not in self._texts:
            compiled = self._statement.compile(dialect=dialect)
            fixed = {name: one.value for name, one in compiled.binds.items()}
            writers = {
                name: one.type.dialect_impl(dialect).bind_processor(dialect) for name, one in compiled.binds.items()
            }
            self._texts[dialect.name] = _Text(str(compiled), fixed, writers, compiled.positiontup)
        return self._texts[dialect.name]


@dataclass(frozen=True)
class _Text:
    text: str
    # The values of the parameters that are the statement's own.
    fixed: Mapping[str, Any]
    writers: Mapping[str, Conversion]
    # The parameters' names in the order of their places; None where the driver takes them by name.
    order: Sequence[str] | None

    def values(self, parameters: Mapping[str, Any]) -> Any:
        """Return the parameters as the driver takes them."""
        given = {**self.fixed, **parameters}
        made = {name: given[name] if write is None else write(given[name]) for name, write in self.writers.items()}
        return made if self.order is None else tuple(made[name] for name in self.order)
