"""Cells become values: cells that are absent, cells that cannot be read, and the order of a date's parts."""

from __future__ import annotations

import io
from typing import Any

import pytest

from admin_app.domain.plan.imported_row import ImportedRow
from admin_app.extensions import table_of
from admin_app.models.post import Post
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.options import DateOrder, ImportOptions
from admin_app.transfer.import_.rows import FileColumn, RowReader

KEYS = ["content", "created_at"]


def arrived(content: str, **options: Any) -> list[ImportedRow]:
    source = open_source(io.BytesIO(content.encode()), lambda title: title in KEYS)
    columns = table_of(Post).c
    wanted = [FileColumn(place, ImportColumn(key, key, columns[key])) for place, key in enumerate(source.titles)]
    return list(RowReader(wanted, ImportOptions({}, **options)).rows(source))


def test_a_key_that_an_object_lacks_changes_nothing() -> None:
    first, second = arrived('{"content": "a", "created_at": null}\n{"content": "b"}\n')

    assert (first.texts, second.texts) == ({"content": "a", "created_at": ""}, {"content": "b"})


def test_an_unreadable_cell_is_wrong_only_if_its_column_is_imported() -> None:
    (row,) = arrived('{"content": ["a", "b"]}\n')

    assert row.problems["content"].said == "it is a list; a cell is text, a number, true, false or null."
    assert "content" not in row.values


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03.04.2026", DateOrder.DAY_FIRST, "2026-04-03"),
        ("03/04/2026", DateOrder.MONTH_FIRST, "2026-03-04"),
        ("2026-04-03", DateOrder.DAY_FIRST, "2026-04-03"),
    ],
)
def test_a_date_means_what_was_chosen(text: str, order: DateOrder, day: str) -> None:
    (row,) = arrived(f"created_at\n{text}\n", dates=order)

    assert row.values["created_at"].date().isoformat() == day


@pytest.mark.parametrize("text", ["31.02.2026", "13/13/2026"])
def test_a_date_that_does_not_exist_is_wrong(text: str) -> None:
    (row,) = arrived(f"created_at\n{text}\n", dates=DateOrder.DAY_FIRST)

    assert row.problems["created_at"].cell == text
