"""Several small queries as one statement: each trip to the database costs more than what these find there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, Select, cast, literal, null, select, union_all

from admin_app.extensions import AnySession


class Together:
    """Queries that are read by one statement. It is put together once, and read with other parameters each time."""

    def __init__(self, *queries: Select[*tuple[Any, ...]]) -> None:
        """Put the columns of all queries side by side; in a query's rows those of the others hold nothing."""
        tables = [query.subquery() for query in queries]
        parts = [
            select(
                literal(place).label("query"),
                *(one if table is other else cast(null(), one.type) for other in tables for one in other.c),
            ).select_from(table)
            for place, table in enumerate(tables)
        ]
        self._statement = union_all(*parts)
        ends = [1 + sum(len(table.c) for table in tables[:place]) for place in range(len(tables) + 1)]
        self._columns = [slice(*pair) for pair in pairwise(ends)]

    def read(self, session: AnySession, **parameters: Any) -> list[list[Sequence[Any]]]:
        """Return the rows of each query, in no particular order."""
        found: list[list[Sequence[Any]]] = [[] for _ in self._columns]
        rows: Sequence[Row[Any]] = session.execute(self._statement, parameters).all()
        for row in rows:
            found[row[0]].append(row[self._columns[row[0]]])
        return found
