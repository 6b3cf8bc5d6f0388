"""Lines that a store writes are the lines that Python writes, byte by byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.db.types import UtcDateTime
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.export.columns import ExportColumns
from admin_app.panel.list.selections import selection_of
from admin_app.panel.registry import resource_of
from admin_app.transfer.export.reader import exported_rows
from admin_app.transfer.formats.base import FileOptions
from admin_app.transfer.formats.csv import csv_chunks
from admin_app.transfer.formats.csv_lines import csv_line
from tests.many import many

OPTIONS = [FileOptions(delimiter=sign, neutralises=is_safe) for sign, is_safe in product(",;\t", (True, False))]
BEGINNINGS = ("", "'", "''", "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "\\", " ", "\ufeff")  # noqa: RUF001 -- full-width forms are meant
ENDS = ("", "a", "'", "=1", ",", ";", '"', '""', "\n", "\r\n", "\\.", "%s", "😀", "\N{RIGHT-TO-LEFT OVERRIDE}x", "\x01")
TEXTS = [*(f"{first}{second}" for first, second in product(BEGINNINGS, ENDS)), "é" * 70_000, '"' * 70_000]
# PostgreSQL has no text with this character.
NULS = ["\0", "\0=1", "'\0=1", "=\0", "a\0,", 'a\0"', "a\0\r", "\0" * 3]
MOMENTS = [
    None,
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 1, 1, 12, 30, 15, 500_000, tzinfo=UTC),
    datetime(2026, 1, 1, 12, 30, 15, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_990, tzinfo=UTC),
]


def lines_of_python(rows: list[tuple[Any, ...]], options: FileOptions) -> str:
    return b"".join(list(csv_chunks(["x"], rows, options))[1:]).decode()


def lines_of_the_store(columns: dict[str, Any], rows: list[tuple[Any, ...]], options: FileOptions) -> str:
    """Write made-up rows, whose first column tells their order."""
    made = sa.Table(
        "made", sa.MetaData(), *(sa.Column(name, kind) for name, kind in columns.items()), prefixes=["TEMPORARY"]
    )
    made.create(db.session.connection())
    db.session.execute(sa.insert(made), [dict(zip(columns, row, strict=True)) for row in rows])
    lines = list(db.session.scalars(sa.select(line_of(made.c, options)).order_by(made.c[0])))
    made.drop(db.session.connection())
    return "".join(lines)


def line_of(columns: Iterable[Any], options: FileOptions) -> sa.ColumnElement[str]:
    line = csv_line(list(columns), options, db.engine.dialect.name)
    assert line is not None
    return line


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_texts_are_quoted_and_neutralised_alike(options: FileOptions) -> None:
    texts = [*TEXTS, *NULS] if db.engine.dialect.name == "sqlite" else TEXTS
    rows: list[tuple[Any, ...]] = [(number, text, None) for number, text in enumerate(texts)]
    columns = {"number": sa.Integer(), "text": sa.Text(), "missing": sa.String(10)}

    assert lines_of_the_store(columns, rows, options) == lines_of_python(rows, options)


@pytest.mark.usefixtures("context")
def test_numbers_answers_times_and_days_are_written_alike() -> None:
    rows: list[tuple[Any, ...]] = [
        (number, 10**18 * (number - 4), [True, False, None][number % 3], moment, moment and moment.date())
        for number, moment in enumerate(MOMENTS)
    ]
    columns = {
        "number": sa.Integer(),
        "long": sa.BigInteger(),
        "answer": sa.Boolean(),
        "moment": UtcDateTime(),
        "day": sa.Date(),
    }

    assert lines_of_the_store(columns, rows, OPTIONS[0]) == lines_of_python(rows, OPTIONS[0])
    assert rows[1][4] == date(2026, 1, 1)


@pytest.mark.usefixtures("context")
def test_a_line_of_one_empty_cell_is_no_empty_line() -> None:
    rows: list[tuple[Any, ...]] = [("",), (None,), (" ",)]

    written = [lines_of_the_store({"text": sa.Text()}, [row], OPTIONS[0]) for row in rows]

    assert written == [lines_of_python([row], OPTIONS[0]) for row in rows] == ['""\r\n', '""\r\n', " \r\n"]


def nasty_texts(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "nasty").rglob("*.txt")):
        text = path.read_bytes().decode(errors="replace").replace("\0", "")
        yield text
        yield from text.splitlines()


def test_posts_of_hostile_texts_leave_by_the_store_as_they_leave_by_python(app: Flask, shared_data: Path) -> None:
    (user,) = many(app, User, [{"name": '=Ann, "A"', "email": "ann@example.com"}])
    texts = list(nasty_texts(shared_data))
    many(app, Post, [{"content": text, "user_id": user if number % 3 else None} for number, text in enumerate(texts)])
    with app.app_context():
        view: Any = resource_of(Post)
        selection = selection_of(access_to(view), [("sort", "user")])
        columns = ExportColumns(access_to(view)).named(
            selection, ["content", "user_id", "user", "user.email", "created_at", "id"]
        )
        by_python = exported_rows(db.engine, selection, columns)
        by_the_store = exported_rows(
            db.engine, selection, columns, line=lambda asked, store: csv_line(asked, FileOptions(), store)
        )

        lines = list(by_the_store)
        values = list(by_python)

    assert len(lines) == len(texts) > 500
    assert "".join(map(str, lines)) == lines_of_python([tuple(row) for row in values], FileOptions())


@pytest.mark.usefixtures("context")
def test_what_has_a_form_of_pythons_is_left_to_python() -> None:
    store = db.engine.dialect.name

    assert csv_line([User.name, sa.column("choice", sa.Enum("a", "b"))], FileOptions(), store) is None
    assert csv_line([sa.literal(1.5), sa.literal("x")], FileOptions(), store) is None


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_another_program_stored_in_a_form_of_its_own_leaves_as_it_is_stored_and_is_not_run() -> None:
    stored = [
        ("'=1'", sa.Integer()),
        ("'=1'", UtcDateTime()),
        ("'2026-01-01T12:30'", UtcDateTime()),
        ("'=1'", sa.Date()),
        ("'1,5'", sa.Date()),
        ("5", sa.Boolean()),
        ("-2", sa.Text()),
        ("x'3d'", sa.Text()),
    ]
    line = line_of([sa.literal_column(value, kind) for value, kind in stored], FileOptions())

    assert db.session.scalar(sa.select(line)) == "'=1,'=1,2026-01-01T12:30,'=1,\"1,5\",5,'-2,'=\r\n"
