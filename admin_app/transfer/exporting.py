"""Read a selection row by row, in a session of its own that lives as long as the reading; the history knows who took what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.current import Actor, writing
from admin_app.domain.recording import note
from admin_app.models.change_set import Kind
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


@dataclass(frozen=True)
class Taking:
    """Who takes rows out: `words` name so many of them, `asked` is what the list was narrowed by."""

    actor: Actor
    request_id: str
    resource: str
    words: Callable[[int], str]
    asked: str = ""


def noted_rows(engine: Engine, rows: Iterator[list[Any]], taking: Taking) -> Iterator[list[Any]]:
    """Yield the rows, and record how many there were when the last was taken, or when nobody took any more."""
    number, is_whole = 0, False
    try:
        for number, row in enumerate(rows, start=1):  # noqa: B007 -- counted for the record below
            yield row
        is_whole = True
    finally:
        # What has left the house is recorded, whole or not.
        what = (
            f"Exported {taking.words(number)}"
            if is_whole
            else f"Began an export that broke off after {taking.words(number)}"
        )
        asked = f" ({taking.asked})" if taking.asked else ""
        with writing(), Session(engine) as session:
            note(
                session,
                actor=taking.actor,
                kind=Kind.EXPORT,
                summary=what + asked,
                count=number,
                resource=taking.resource,
                request_id=taking.request_id,
            )
            session.commit()


def _counts(session: Session, children: Sequence[InstrumentedAttribute[Any]], batch: Sequence[Any]) -> Counts:
    keys = [record.id for record in batch]
    return {relation.key: counts_of_children(session, relation, keys, limit=None) for relation in children}


def _of_one_moment(engine: Engine) -> Engine:
    """Read rows and counts as they were when the first row was read: SQLite's transactions do, PostgreSQL's when asked."""
    is_postgresql = engine.dialect.name == "postgresql"
    return engine.execution_options(isolation_level="REPEATABLE READ") if is_postgresql else engine
