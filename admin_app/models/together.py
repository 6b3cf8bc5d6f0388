"""Several small queries as one statement: each trip to the database costs more than what these find there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, cast, literal, null, select, union_all

from admin_app.extensions import AnySession


def read_together(session: AnySession, *queries: Select[*tuple[Any, ...]]) -> list[list[Sequence[Any]]]:
    """Return the rows of each query, in no particular order.

    Each has its own columns side by side with those of the others, which hold nothing in its rows.
    """
    tables = [query.subquery() for query in queries]
    parts = [
        select(
            literal(place).label("query"),
            *(one if table is other else cast(null(), one.type) for other in tables for one in other.c),
        ).select_from(table)
        for place, table in enumerate(tables)
    ]
    found: list[list[Sequence[Any]]] = [[] for _ in queries]
    starts = [1 + sum(len(other.c) for other in tables[:place]) for place in range(len(tables))]
    rows: Sequence[Row[Any]] = session.execute(union_all(*parts)).all()
    for row in rows:
        place = row[0]
        found[place].append(row[starts[place] : starts[place] + len(tables[place].c)])
    return found
