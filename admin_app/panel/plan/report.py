"""A plan's lines as a CSV file: each record's planned values and outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_app import formatting
from admin_app.domain.plan import plan as plans
from admin_app.models.plan import Plan
from admin_app.transfer.formats.csv import csv_chunks

# Rows that are read at a time.
BATCH = 1000
# Characters of a value that a line on a terminal has room for.
LONGEST_GLIMPSE = 60


def report_of(engine: Engine, plan_id: int) -> Iterator[bytes]:
    """Write every line."""
    return csv_chunks(["ID", "Verdict", "Reason", "Before", "After"], _rows(engine, plan_id))


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


def _rows(engine: Engine, plan_id: int) -> Iterator[tuple[object, ...]]:
    """Yield the lines of the download, a batch a transaction: the file is written after the page's own has ended."""
    after = -1
    while True:
        with Session(engine) as session:
            lines = plans.lines(session, session.get_one(Plan, plan_id), after=after, limit=BATCH)
        if not lines:
            return
        yield from ((one.record_id, one.verdict, one.problem, told(one.before), told(one.after)) for one in lines)
        after = lines[-1].number
