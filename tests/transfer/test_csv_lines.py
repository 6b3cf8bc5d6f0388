"""Lines that PostgreSQL writes are the lines that Python writes, byte by byte."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.extensions import db
from admin_app.models.base import UtcDateTime
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.registry import resource_of
from admin_app.transfer.exporting import exported_rows
from admin_app.transfer.formats.base import FileOptions
from admin_app.transfer.formats.csv import csv_chunks
from admin_app.transfer.formats.csv_lines import csv_line
from tests.many import many

pytestmark = pytest.mark.parametrize("store", ["postgres"], indirect=True)

OPTIONS = [FileOptions(delimiter=sign, neutralises=is_safe) for sign, is_safe in product(",;\t", (True, False))]
BEGINNINGS = ("", "'", "''", "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "\\", " ", "\ufeff")  # noqa: RUF001 -- full-width forms are meant
ENDS = ("", "a", "'", "=1", ",", ";", '"', '""', "\n", "\r\n", "\\.", "%s", "😀", "\N{RIGHT-TO-LEFT OVERRIDE}x", "\x01")
TEXTS = [f"{first}{second}" for first, second in product(BEGINNINGS, ENDS)]
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


def lines_of_postgresql(columns: dict[str, Any], rows: list[tuple[Any, ...]], options: FileOptions) -> str:
    """Write made-up rows, whose first column tells their order."""
    values = sa.values(*(sa.column(name, kind) for name, kind in columns.items()), name="made").data(rows)
    line = csv_line(list(values.c), options)
    assert line is not None
    return "".join(db.session.scalars(sa.select(line).order_by(values.c[0])))


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_texts_are_quoted_and_neutralised_alike(options: FileOptions) -> None:
    rows: list[tuple[Any, ...]] = [(number, text, None) for number, text in enumerate(TEXTS)]
    columns = {"number": sa.Integer(), "text": sa.Text(), "nothing": sa.String(10)}

    assert lines_of_postgresql(columns, rows, options) == lines_of_python(rows, options)


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

    assert lines_of_postgresql(columns, rows, OPTIONS[0]) == lines_of_python(rows, OPTIONS[0])
    assert rows[1][4] == date(2026, 1, 1)


@pytest.mark.usefixtures("context")
def test_a_line_of_one_empty_cell_is_no_empty_line() -> None:
    rows: list[tuple[Any, ...]] = [("",), (None,), (" ",)]

    written = [lines_of_postgresql({"text": sa.Text()}, [row], OPTIONS[0]) for row in rows]

    assert written == [lines_of_python([row], OPTIONS[0]) for row in rows] == ['""\r\n', '""\r\n', " \r\n"]


def nasty_texts(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "nasty").rglob("*.txt")):
        text = path.read_bytes().decode(errors="replace").replace("\0", "")
        yield text
        yield from text.splitlines()


def test_posts_of_hostile_texts_leave_by_postgresql_as_they_leave_by_python(app: Flask, shared_data: Path) -> None:
    (user,) = many(app, User, [{"name": '=Ann, "A"', "email": "ann@example.com"}])
    texts = list(nasty_texts(shared_data))
    many(app, Post, [{"content": text, "user_id": user if number % 3 else None} for number, text in enumerate(texts)])
    with app.app_context():
        view: Any = resource_of(Post)
        selection = view.selection([("sort", "user")])
        columns = view.export_columns(selection, ["content", "user_id", "user", "user.email", "created_at", "id"])
        by_python = exported_rows(db.engine, selection, columns)
        by_postgresql = exported_rows(db.engine, selection, columns, line=lambda asked: csv_line(asked, FileOptions()))

        lines = list(by_postgresql)
        values = list(by_python)

    assert len(lines) == len(texts) > 500
    assert "".join(map(str, lines)) == lines_of_python([tuple(row) for row in values], FileOptions())


@pytest.mark.usefixtures("context")
def test_what_has_a_form_of_pythons_is_left_to_python() -> None:
    assert csv_line([User.name, sa.column("choice", sa.Enum("a", "b"))], FileOptions()) is None
    assert csv_line([sa.literal(1.5), sa.literal("x")], FileOptions()) is None
