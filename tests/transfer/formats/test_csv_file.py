from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.kinds.spreadsheet import restored
from admin_app.models.preference import Density
from admin_app.transfer.formats.base import BATCH, FileOptions
from admin_app.transfer.formats.csv import CONTENT_TYPE, csv_chunks

# What can be in a database: PostgreSQL takes no NUL, and nothing takes half a surrogate pair.
STORABLE = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def written(*rows: list[Any], header: list[str] | None = None) -> bytes:
    return b"".join(csv_chunks(["A", "B"] if header is None else header, rows))


def test_a_file_without_rows_is_its_header() -> None:
    assert written() == b"A,B\r\n"


def test_cells_are_quoted_as_rfc_4180_says() -> None:
    rows = [["a,b", 'say "hi"'], ["two\nlines", "two\r\nlines"], ["a\rb", "plain"]]

    assert written(*rows) == b'A,B\r\n"a,b","say ""hi"""\r\n"two\nlines","two\r\nlines"\r\n"a\rb",plain\r\n'


def test_the_file_is_utf_8_without_a_mark() -> None:
    assert CONTENT_TYPE == "text/csv; charset=utf-8"
    assert written(["Žofie", "日本 👩‍🚀"]) == "A,B\r\nŽofie,日本 👩‍🚀\r\n".encode()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("-5", "'-5"),
        (-5, "-5"),
        (-0.5, "-0.5"),
        (Decimal("-5.10"), "-5.10"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (None, ""),
        ("", ""),
        ("None", "None"),
        ("NULL", "NULL"),
        (Density.COMPACT, "compact"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC), "2026-01-02T03:04:05.678000Z"),
        (datetime(2026, 1, 2, 1, 0, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T23:00:00Z"),
    ],
)
def test_each_kind_of_value_has_one_spelling(value: Any, cell: str) -> None:
    lines = written([value, "last"]).decode()

    assert lines == f"A,B\r\n{cell},last\r\n"


def test_a_header_is_neutralised_too() -> None:
    assert written(header=["=A", "B"]) == b"'=A,B\r\n"


@given(st.lists(st.tuples(STORABLE, STORABLE), max_size=5))
def test_every_text_comes_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    text = written(*map(list, rows)).decode("utf-8")

    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))

    assert [tuple(map(restored, cells)) for cells in read[1:]] == rows


def test_the_header_arrives_before_any_row_is_read() -> None:
    def rows() -> Iterator[list[str]]:
        message = "a row was read"
        raise AssertionError(message)
        yield []

    chunks = csv_chunks(["A"], rows())

    assert next(chunks) == b"A\r\n"


def test_pieces_are_of_a_bounded_size() -> None:
    sizes = [len(chunk) for chunk in csv_chunks(["A"], (["x" * 100] for _ in range(10_000)))]

    assert sum(sizes) == len("A\r\n") + 10_000 * 102
    assert max(sizes) <= BATCH * 102


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("header", [["ID", "Name"], ["ID"], ["IDs, all", "Name"]])
def test_a_file_never_begins_with_the_letters_of_another_format(header: list[str], delimiter: str) -> None:
    (content,) = csv_chunks(header, [], FileOptions(delimiter=delimiter))

    assert not content.startswith(b"ID")
    assert list(csv.reader(io.StringIO(content.decode()), delimiter=delimiter)) == [header]


def test_an_error_in_a_row_ends_the_file_with_the_error() -> None:
    def rows() -> Iterator[list[str]]:
        yield ["first"]
        message = "the database went away"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="the database went away"):
        list(csv_chunks(["A"], rows()))
