"""A page of a list over keys of every shape: how much more than over whole numbers, at a million rows.

    PYTHONPATH=. python benchmarks/keys.py [--rows 1000000] [--stores sqlite,postgresql]

Each shape has a table of its own, of the same rows. The shapes answer in turn, so that whatever else the machine does, it does
to all of them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Mapped, mapped_column

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.connection import refresh_statistics
from admin_app.db.keys import key_of
from admin_app.db.record import Record
from admin_app.extensions import Values, db, table_of
from admin_app.selection.list_schema import ListSchema, SortKey
from admin_app.selection.paging.pages import page_of
from admin_app.selection.selection import Selection
from admin_app.selection.sorting.cursor import print_cursor
from admin_app.selection.sorting.indexes import declare_indexes
from benchmarks.common.postgres import postgres

TIMES = 101
# What a page may cost beside one over whole numbers.
MOST = 1.3


class OfNumber(Record):
    """A key that the database numbers."""

    label: Mapped[str] = mapped_column(sa.String(40))
    rank: Mapped[int]


class OfUuid(Record):
    """A UUID."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(40))
    rank: Mapped[int]


class OfText(Record):
    """A text."""

    code: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(40))
    rank: Mapped[int]


class OfTwo(Record):
    """An order, and the number of a line in it."""

    order_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(sa.String(40))
    rank: Mapped[int]


# Each model, and its key by the row's number: UUIDs come in no order, as those of version 4 do.
SHAPES: dict[type[Record], Callable[[int], Values]] = {
    OfNumber: lambda number: {"id": number},
    OfUuid: lambda number: {"id": UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)},
    OfText: lambda number: {"code": f"K-{number:08d}"},
    OfTwo: lambda number: {"order_no": number // 5, "line_no": number % 5},
}
BATCH = 20_000


def schema_of(model: Any) -> ListSchema:
    """Return what such a list may be asked."""
    sorts = {"id": SortKey(model.id), "rank": SortKey(model.rank)}
    return ListSchema(model, sorts=sorts, default_sort="-id")


def fill(rows: int) -> None:
    """Make the tables, each with the same rows."""
    for model, key_of_row in SHAPES.items():
        declare_indexes(schema_of(model))
        table = table_of(model)
        table.create(db.session.connection())
        for start in range(1, rows + 1, BATCH):
            numbers = range(start, min(start + BATCH, rows + 1))
            values = [{**key_of_row(n), "label": f"Row {n}", "rank": n * 7919 % 1000, "version": 1} for n in numbers]
            db.session.connection().execute(sa.insert(table), values)
    db.session.commit()
    refresh_statistics(db.session)


def pages(model: Any, rows: int) -> dict[str, Selection]:
    """Return the pages that are measured."""
    schema = schema_of(model)
    found: dict[str, Selection] = {}
    for name, sort in (("", ""), (", sorted", "rank")):
        first = Selection.parse(schema, [("sort", sort)] if sort else [])
        middle = db.session.scalars(sa.select(model).order_by(key_of(model).asc()).offset(rows // 2).limit(1)).one()
        place = print_cursor(first.order, first.order.cursor_of(middle))
        found[f"first page{name}"] = first
        found[f"deep page{name}"] = first.changed(after=place)
    return found


def measure(app: Flask, store: str, rows: int) -> bool:
    """Print what each page costs over each shape; return whether none costs too much."""
    with app.app_context():
        with writing():
            fill(rows)
        asked = {model: pages(model, rows) for model in SHAPES}
        fits = True
        for name in asked[OfNumber]:
            took: dict[type[Record], list[float]] = {model: [] for model in SHAPES}
            for _ in range(TIMES):
                for model in SHAPES:
                    began = time.perf_counter()
                    page_of(db.session, asked[model][name])
                    took[model].append(time.perf_counter() - began)
                    db.session.rollback()
            medians = {model: statistics.median(one) for model, one in took.items()}
            ratios = {model.__name__: one / medians[OfNumber] for model, one in medians.items()}
            fits = fits and max(ratios.values()) <= MOST
            told = ", ".join(f"{shape} {ratio:.2f}" for shape, ratio in ratios.items())
            print(f"{store:<10} {name:<20} {medians[OfNumber] * 1000:6.2f} ms  {told}", flush=True)
        return fits


def main() -> None:
    """Measure on each store, each with a database of its own in a folder that is removed afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--stores", default="sqlite,postgresql")
    chosen = parser.parse_args()
    fits = True
    for store in chosen.stores.split(","):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if store == "sqlite":
                fits &= measure(made(f"sqlite:///{folder / 'keys.db'}", folder), store, chosen.rows)
                continue
            with postgres(folder / "postgres") as place:
                fits &= measure(
                    made(f"postgresql+psycopg://postgres@/postgres?host={place}", folder), store, chosen.rows
                )
    if not fits:
        message = f"A page costs more than {MOST} times what it costs over whole numbers."
        raise SystemExit(message)


def made(url: str, folder: Path) -> Flask:
    """Make the application."""
    return create_app({"DATABASE_URL": url, "SECRET_KEY": "benchmark"}, instance_path=str(folder))


if __name__ == "__main__":
    main()
