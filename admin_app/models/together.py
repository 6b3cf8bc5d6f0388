"""Several small queries as one statement: each trip to the database costs more than what these find there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    Row,
    Select,
    Text,
    cast,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.types import NullType, TypeDecorator

from admin_app.current import is_glancing
from admin_app.extensions import AnySession, ColumnType, Expression
from admin_app.models.prepared import Conversion, Prepared

# A query without an order or a limit of its own: what has them comes as a select from it.
Query = Select[*tuple[Any, ...]]
# What a column of the statement may hold; what is none of these is text.
_TEXT = Text()
_KINDS: tuple[ColumnType, ...] = (Integer(), Boolean(), DateTime(timezone=True), JSON(), _TEXT)
# A column of the statement: what it holds, and which of those it is.
_Slot = tuple[ColumnType, int]


class Together:
    """Queries that are read by one statement. It is put together once, and read with other parameters each time.

    Their rows stand one below the other, in as few columns as they fit: a statement of more than 4,096 letters is none
    that psycopg remembers.
    """

    def __init__(self, *queries: Query) -> None:
        """Give each column of each query its place; what a query leaves empty holds nothing in its rows."""
        placed = [_placed(query) for query in queries]
        slots = list(dict.fromkeys(slot for own in placed for slot in own))
        # The first part says what each column holds, and has no rows: of a bare NULL PostgreSQL would make text. Values
        # come as the driver returns them.
        holding = [type_coerce(cast(null(), kind), NullType()) for kind, _ in slots]
        empty = select(literal_column("-1", Integer()), *holding).where(_NEVER)
        parts = [
            query.with_only_columns(literal_column(str(place), Integer()), *(own.get(slot, _NOTHING) for slot in slots))
            for place, (query, own) in enumerate(zip(queries, placed, strict=True))
        ]
        self._statement = Prepared(union_all(empty, *parts))
        self._places = [[1 + slots.index(slot) for slot in own] for own in placed]
        self._types = [[column.type for column in query.selected_columns] for query in queries]
        self._readers: dict[str, list[list[Conversion]]] = {}

    def read(self, session: AnySession, **parameters: Any) -> list[list[Sequence[Any]]]:
        """Return the rows of each query, in no particular order."""
        # Past the session's own `execute`, which asks of every statement whether it is about objects. Nothing waits to
        # be written in an act that only looks.
        if not is_glancing():
            session.flush()
        connection = session.connection()
        rows: Sequence[Row[Any]] = self._statement.send(connection, parameters).all()
        readers = self._readers_for(connection.dialect)
        found: list[list[Sequence[Any]]] = [[] for _ in readers]
        for row in rows:
            own = zip(self._places[row[0]], readers[row[0]], strict=True)
            found[row[0]].append(tuple(row[place] if reader is None else reader(row[place]) for place, reader in own))
        return found

    def _readers_for(self, dialect: Dialect) -> list[list[Conversion]]:
        if dialect.name not in self._readers:
            self._readers[dialect.name] = [
                [one.dialect_impl(dialect).result_processor(dialect, None) for one in types] for types in self._types
            ]
        return self._readers[dialect.name]


_NEVER: ColumnElement[bool] = literal_column("1 = 0", Boolean())
_NOTHING: Expression = literal_column("NULL", NullType())


def _placed(query: Query) -> Mapping[_Slot, Expression]:
    """Give each column the first slot of its kind that is free."""
    found: dict[_Slot, Expression] = {}
    for column in query.selected_columns:
        kind = _kind_of(column.type)
        found[kind, sum(slot[0] is kind for slot in found)] = column
    return found


def _kind_of(of: ColumnType) -> ColumnType:
    stored = of.impl_instance if isinstance(of, TypeDecorator) else of
    return next((kind for kind in _KINDS if isinstance(stored, type(kind))), _TEXT)
