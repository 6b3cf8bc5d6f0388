"""Every export of this dashboard is read to the values that it was made of, whatever its format and its separator."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_app.db.list_of import ListOf
from admin_app.db.string_set import StringSet, StringSetType
from admin_app.db.types import UtcDateTime
from admin_app.kinds import KINDS, kind_of
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.formats.csv import DELIMITERS
from admin_app.transfer.import_.options import ImportOptions
from admin_app.transfer.import_.rows import FileColumn, RowReader
from tests.transfer.reading import opened

FILES = [("csv", delimiter) for delimiter in DELIMITERS.values()] + [("xlsx", ""), ("json", ""), ("jsonl", "")]


class Colour(Enum):
    RED = "red"
    FORMULA = "=1"


def named(type_: Any, kind: str) -> Any:
    """Return a column of a type that names its kind."""
    return sa.Column("value", type_, info={"kind": kind})


def column_of(kind: Any) -> sa.Column[Any]:
    return sa.Column("value", kind.type, info=kind.info) if isinstance(kind, sa.Column) else sa.Column("value", kind)


VALUES: list[tuple[Any, list[Any]]] = [
    (sa.Integer(), [0, -5, 2**31 - 1, None]),
    (sa.BigInteger(), [2**63 - 1, -(2**63), 10**15, None]),
    (sa.Float(), [0.0, 4.0, -0.1, 1e21, 1e-7, 1.1, 1.7976931348623157e308, 5e-324]),
    (sa.Numeric(38, 18), [Decimal("1.10"), Decimal("12345678901234567890.123456789012345678"), Decimal("1E-18"), None]),
    (sa.Boolean(), [True, False, None]),
    (sa.Date(), [date(2026, 1, 2), date(1, 1, 1), date(1900, 1, 1), date.max, None]),
    (UtcDateTime(), [datetime(2026, 1, 2, 3, 4, 5, 123457, UTC), datetime(2026, 1, 2, tzinfo=UTC), datetime(1850, 1, 1, 1, tzinfo=UTC), None]),
    (sa.DateTime(), [datetime(2026, 1, 2, 3, 4, 5, 999999), datetime(2026, 1, 2), None]),  # noqa: DTZ001 -- the column has no zone
    (sa.Time(), [time(9, 30), time(0, 0), time(23, 59, 59, 999999), None]),
    (sa.Interval(), [timedelta(hours=26, minutes=30), -timedelta(microseconds=1), timedelta(), None]),
    (sa.LargeBinary(), [b"\0\xff", b"=1+1", None]),
    (sa.JSON(), [{"b": [1, 0.5, None], "a": "=1+1"}, ["-", True], None]),
    (sa.Uuid(), [uuid.UUID(int=5), None]),
    (sa.Enum(Colour), [Colour.RED, Colour.FORMULA, None]),
    (StringSetType(), [StringSet(["a", "b"]), StringSet(["=x"]), None]),
    (sa.String(50), ["Ada", "007", "=1+1", "'=1+1", "'plain", "-5", "1e5", "é😀", "a,b;c\td|e", 'a"b', "yes", "NULL", "2026-01-02"]),
    (ListOf(sa.Enum(Colour)), [[Colour.RED, Colour.FORMULA], [], None]),
    (named(ListOf(sa.String(9)), "tags"), [["=1", "a,b"], None]),
    (named(sa.String(50), "email"), ["a@example.com", "=1@x", None]),
    (named(sa.String(50), "url"), ["https://example.com/?a=1,2;3", None]),
    (named(sa.String(50), "phone"), ["+4930123456", None]),
    (named(sa.String(50), "colour"), ["#00ff00", None]),
    (named(sa.String(50), "country"), ["DE", "NO", None]),
    (named(sa.String(50), "ip"), ["2001:db8::1", None]),
    (named(sa.String(50), "network"), ["10.0.0.0/8", None]),
    (named(sa.String(50), "currency"), ["EUR", None]),
    (named(sa.Text(), "markdown"), ["- a\n- b", "# x", None]),
    (named(sa.Numeric(10, 2), "money"), [Decimal("1.10"), Decimal("-5.00"), None]),
    (named(sa.Text(), "file"), [f"{'a1' * 32}/12/=report.pdf", None]),
    (named(sa.Text(), "image"), [f"{'b2' * 32}/5000/photo 1.png", None]),
    (sa.Text(), ["two\nlines", " blanks ", "_x0041_", "<b>&amp;</b>", "=HYPERLINK(1)", "\x07", "a\n\nb"]),
]  # fmt: skip


def test_every_kind_is_tried() -> None:
    tried = {type(kind_of(column_of(kind))) for kind, _ in VALUES}

    # Of what nobody knows how to read nothing is brought.
    assert tried == {one for one in KINDS if one.is_imported}


@pytest.mark.parametrize(("key", "delimiter"), FILES)
@pytest.mark.parametrize(
    ("kind", "values"), VALUES, ids=lambda one: one.info["kind"] if isinstance(one, sa.Column) else type(one).__name__
)
def test_an_export_reads_back_to_the_values(key: str, delimiter: str, kind: Any, values: list[Any]) -> None:
    assert read_back(key, delimiter, kind, values) == values


def read_back(key: str, delimiter: str, kind: Any, values: list[Any]) -> list[Any]:
    column = ImportColumn("value", "Value", sa.Table("t", sa.MetaData(), column_of(kind)).c.value)
    rows = [(number, value) for number, value in enumerate(values)]
    options = FileOptions(delimiter or ",")
    content = b"".join(FORMATS[key].write(["id", "value"], rows, options, lambda *_: None))

    source = opened(content)
    found = list(source.rows())

    assert [(row.problem, dict(row.unreadable)) for row in found] == [("", {})] * len(values)
    # A workbook may have been made of CSV: what was not is brought in verbatim.
    reader = RowReader([FileColumn(1, column)], ImportOptions({}, is_verbatim=key == "xlsx"))
    return [row.values.get("value") for row in reader.rows(source)]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1, max_size=6)


@settings(deadline=None)
@given(texts=st.lists(TEXTS, max_size=3), file=st.sampled_from(FILES))
def test_any_text_of_an_export_reads_back(texts: list[str], file: tuple[str, str]) -> None:
    kept = [kind_of(sa.Column("value", sa.Text())).normaliser(text) for text in texts]  # type: ignore[misc] # text has one

    assert read_back(*file, sa.Text(), kept) == kept


@pytest.mark.parametrize("key", ["csv", "xlsx", "json", "jsonl"])
def test_an_export_without_rows_has_titles_or_nothing(key: str) -> None:
    source = opened(b"".join(FORMATS[key].write(["id", "value"], [], FileOptions(), lambda *_: None)))

    assert (list(source.titles), list(source.rows())) == ([] if key.startswith("json") else ["id", "value"], [])


@pytest.mark.parametrize(("key", "delimiter"), FILES[1:])
def test_a_number_of_a_file_is_that_number_where_texts_have_a_decimal_comma(key: str, delimiter: str) -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("value", sa.Numeric(10, 2)), sa.Column("other", sa.Numeric(10, 2)))
    columns = [
        FileColumn(place, ImportColumn(name, name, table.c[name])) for place, name in enumerate(["value", "other"])
    ]
    value = "1,5" if key == "csv" else 1.5
    content = b"".join(
        FORMATS[key].write(["id", "name"], [[value, "1.000,5"]], FileOptions(delimiter), lambda *_: None)
    )

    (row,) = RowReader(columns, ImportOptions({}, decimal=",")).rows(opened(content))

    assert row.values == {"value": Decimal("1.5"), "other": Decimal("1000.5")}


def test_an_apostrophe_is_the_texts_own_in_json_alone() -> None:
    column = FileColumn(
        0, ImportColumn("value", "Value", sa.Table("t", sa.MetaData(), sa.Column("value", sa.Text())).c.value)
    )
    found = {}
    for key in ("csv", "xlsx", "json"):
        content = b"".join(FORMATS[key].write(["name"], [["'=1"]], FileOptions(neutralises=False), lambda *_: None))
        (row,) = RowReader([column], ImportOptions({})).rows(opened(content))
        found[key] = row.values["value"]

    assert found == {"csv": "=1", "xlsx": "=1", "json": "'=1"}
