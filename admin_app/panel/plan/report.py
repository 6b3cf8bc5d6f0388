"""A plan's lines as a CSV file: each record's planned values and outcome."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session

from admin_app import formatting
from admin_app.db.attributes import classes_of_table, hides_secret, stored_columns
from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan import plan as plans
from admin_app.extensions import Values
from admin_app.models.plan import Plan, PlanLine
from admin_app.panel.access.access import Access, accesses_to
from admin_app.relations import row_links
from admin_app.transfer.formats.csv import csv_chunks

T = TypeVar("T")
# Rows that are read at a time.
BATCH = 1000
# Characters of a value that a line on a terminal has room for.
LONGEST_GLIMPSE = 60


@dataclass(frozen=True)
class Sight:
    """What of a plan's lines may leave with a person now: the plan may be older than what their roles allow."""

    model: type[Record]
    # None: every row.
    rows: ColumnElement[bool] | None
    fields: Collection[str]

    def among(self, session: Session, lines: Sequence[PlanLine]) -> Collection[Key | None]:
        """Return the keys of those of the lines' records that are seen; what is still to be made is its person's own."""
        keys = [one.record_id for one in lines if one.record_id is not None]
        if self.rows is None:
            return {None, *keys}
        return {None, *session.scalars(select(self.model.id).where(self.model.id.in_(keys), self.rows))}

    def shown(self, values: Values | None) -> Values:
        """Leave out what is hidden."""
        return {name: value for name, value in (values or {}).items() if name in self.fields}


def sight_of(access: Access) -> Sight:
    """Return what a person may take away of plans about a resource, as of its lists."""
    model = access.resource.model
    columns = [name for one in classes_of_table(model) for name in stored_columns(one) if not hides_secret(one, name)]
    names = {*columns, *row_links(model)}
    exported = {name for name in names if all(one.may_export(name) for one in (access, *accesses_to(model, name)))}
    return Sight(model, access.rows(Action.EXPORT), exported)


def report_of(engine: Engine, plan_id: int, sight: Sight | None = None) -> Generator[bytes, None, None]:
    """Write every line; the command line's are whole."""
    yield from csv_chunks(["ID", "Verdict", "Reason", "Before", "After"], begun(_rows(engine, plan_id, sight)))


def begun(rows: Iterator[T]) -> Iterator[T]:
    """Read the first row now: if the database fails at once, nothing of the file was sent, and a page can still say so."""
    return chain([*islice(rows, 1)], rows)


def told(values: Mapping[str, object] | None) -> str:
    """Write values as one cell: "Name: Ann; Email: ann@example.org"."""
    return "; ".join(f"{formatting.label(name)}: {_value(value)}" for name, value in (values or {}).items())


def change_told(before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> str:
    """Write in one line what changes, long texts cut: "Name: Ann -> Anna; Email: no value -> ann@example.org"; "" for nothing."""
    if not before:
        return told(after)
    return "; ".join(
        f"{formatting.label(name)}: {_glimpse(value)} -> {_glimpse((after or {}).get(name))}"
        for name, value in before.items()
    )


def _glimpse(value: object) -> str:
    words = " ".join(_value(value).split())
    return words if len(words) <= LONGEST_GLIMPSE else f"{words[:LONGEST_GLIMPSE]}…"


def _value(value: object) -> str:
    return "no value" if value is None else str(value)


def _rows(engine: Engine, plan_id: int, sight: Sight | None) -> Iterator[tuple[object, ...]]:
    """Yield the lines of the download, a batch a transaction: the file is written after the page's own has ended."""
    after: int | None = None
    while True:
        with Session(engine) as session:
            lines = plans.lines(session, session.get_one(Plan, plan_id), after=after, limit=BATCH)
            seen = () if sight is None else sight.among(session, lines)
        if not lines:
            return
        yield from ((one.record_id, one.verdict, one.problem, *_values(one, sight, seen)) for one in lines)
        after = lines[-1].number


def _values(line: PlanLine, sight: Sight | None, seen: Collection[Key | None]) -> tuple[str, str]:
    if sight is None:
        return told(line.before), told(line.after)
    return (told(sight.shown(line.before)), told(sight.shown(line.after))) if line.record_id in seen else ("", "")
