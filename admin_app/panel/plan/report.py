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
# Lines read at a time.
BATCH = 1000
# Characters of a value that fit a line in a terminal.
LONGEST_GLIMPSE = 60


@dataclass(frozen=True)
class ReportScope:
    """What a person may take away from a plan now; their rights may have changed since it was made."""

    model: type[Record]
    # None: all rows.
    rows: ColumnElement[bool] | None
    fields: Collection[str]

    def among(self, session: Session, lines: Sequence[PlanLine]) -> Collection[Key | None]:
        """Return the keys of the lines' records that the person may see, and None for records that were not created yet."""
        keys = [one.record_id for one in lines if one.record_id is not None]
        if self.rows is None:
            return {None, *keys}
        return {None, *session.scalars(select(self.model.id).where(self.model.id.in_(keys), self.rows))}

    def shown(self, values: Values | None) -> Values:
        """Return the values without those that are hidden."""
        return {name: value for name, value in (values or {}).items() if name in self.fields}


def report_scope_of(access: Access) -> ReportScope:
    """Return what a person may take away from plans of a resource: what they may export."""
    model = access.resource.model
    columns = [name for one in classes_of_table(model) for name in stored_columns(one) if not hides_secret(one, name)]
    names = {*columns, *row_links(model)}
    exported = {name for name in names if all(one.may_export(name) for one in (access, *accesses_to(model, name)))}
    return ReportScope(model, access.rows(Action.EXPORT), exported)


def report_of(engine: Engine, plan_id: int, scope: ReportScope | None = None) -> Generator[bytes, None, None]:
    """Yield the file of all lines; without `scope` (on the command line) nothing is hidden."""
    yield from csv_chunks(["ID", "Verdict", "Reason", "Before", "After"], begun(_rows(engine, plan_id, scope)))


def begun(rows: Iterator[T]) -> Iterator[T]:
    """Read the first row now: if the database fails at once, nothing of the file was sent, and a page can still say so."""
    return chain([*islice(rows, 1)], rows)


def values_in_words(values: Mapping[str, object] | None) -> str:
    """Return values as one cell: "Name: Ann; Email: ann@example.org"."""
    return "; ".join(f"{formatting.label(name)}: {_value(value)}" for name, value in (values or {}).items())


def change_in_words(before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> str:
    """Return the changes in one line with long texts cut: "Name: Ann -> Anna; Email: no value -> ann@example.org"; "" for none."""
    if not before:
        return values_in_words(after)
    return "; ".join(
        f"{formatting.label(name)}: {_glimpse(value)} -> {_glimpse((after or {}).get(name))}"
        for name, value in before.items()
    )


def _glimpse(value: object) -> str:
    words = " ".join(_value(value).split())
    return words if len(words) <= LONGEST_GLIMPSE else f"{words[:LONGEST_GLIMPSE]}…"


def _value(value: object) -> str:
    return "no value" if value is None else str(value)


def _rows(engine: Engine, plan_id: int, scope: ReportScope | None) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the file, one transaction per batch: the page's own transaction has ended by then."""
    after: int | None = None
    while True:
        with Session(engine) as session:
            lines = plans.lines(session, session.get_one(Plan, plan_id), after=after, limit=BATCH)
            seen = () if scope is None else scope.among(session, lines)
        if not lines:
            return
        yield from ((one.record_id, one.verdict, one.problem, *_values(one, scope, seen)) for one in lines)
        after = lines[-1].number


def _values(line: PlanLine, scope: ReportScope | None, seen: Collection[Key | None]) -> tuple[str, str]:
    if scope is None:
        return values_in_words(line.before), values_in_words(line.after)
    return (
        (values_in_words(scope.shown(line.before)), values_in_words(scope.shown(line.after)))
        if line.record_id in seen
        else ("", "")
    )
