"""Read a selection row by row, in a session of its own that lives as long as the reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.selection.counting import counts_of_children
from admin_app.selection.selection import Selection
from admin_app.selection.strategy import planned
from admin_app.transfer.columns import Counts, ExportColumn

# Rows fetched at a time: memory holds this many records, whatever the length of the list.
BATCH = 1000


def exported_rows(
    engine: Engine,
    selection: Selection,
    columns: Sequence[ExportColumn],
    *,
    options: Sequence[ORMOption] = (),
    children: Sequence[InstrumentedAttribute[Any]] = (),
) -> Iterator[list[Any]]:
    """Yield the values of every row of the selection, in its order; `children` are the relations to be counted.

    Everything is read in one transaction. An error ends the iteration: whoever writes the file must not finish it.
    """
    with Session(_of_one_moment(engine)) as session:
        for segment in planned(session, selection).segments():
            statement = segment.options(*options).execution_options(yield_per=BATCH)
            with closing(session.scalars(statement)) as records:
                for batch in records.partitions():
                    counts = _counts(session, children, batch)
                    yield from ([column.read(record, counts) for column in columns] for record in batch)


def _counts(session: Session, children: Sequence[InstrumentedAttribute[Any]], batch: Sequence[Any]) -> Counts:
    keys = [record.id for record in batch]
    return {relation.key: counts_of_children(session, relation, keys, limit=None) for relation in children}


def _of_one_moment(engine: Engine) -> Engine:
    """Read rows and counts as they were when the first row was read: SQLite's transactions do, PostgreSQL's when asked."""
    is_postgresql = engine.dialect.name == "postgresql"
    return engine.execution_options(isolation_level="REPEATABLE READ") if is_postgresql else engine
