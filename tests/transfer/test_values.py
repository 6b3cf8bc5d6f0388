"""Cells as typed values: each type's spellings, what is refused and how, and what the stores make of it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, cast

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.record import Record, Versioned
from admin_app.db.types import UtcDateTime
from admin_app.domain.plan.lines import Line
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.formats.csv import csv_chunks
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.options import ImportOptions
from admin_app.transfer.import_.rows import FileColumn, RowReader, cell_reader


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Sample(Versioned, Base):
    """A column of every type that is not text."""

    __tablename__ = "values_sample"
    __history__: ClassVar[tuple[str, ...] | None] = None

    id: Mapped[int] = mapped_column(primary_key=True)
    yes: Mapped[bool | None]
    colour: Mapped[Colour | None] = mapped_column(
        sa.Enum(Colour, native_enum=False, values_callable=lambda colours: [colour.value for colour in colours])
    )
    day: Mapped[date | None]
    clock: Mapped[time | None]
    moment: Mapped[datetime | None] = mapped_column(UtcDateTime)
    uid: Mapped[uuid.UUID | None]
    number: Mapped[int | None]
    weight: Mapped[float | None]
    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))


UID = uuid.UUID("12345678-1234-5678-1234-567812345678")
NAMES = ["yes", "colour", "day", "clock", "moment", "uid", "number", "weight", "price"]
FULL = [True, Colour.BLUE, date(2026, 11, 22), time(9, 30), datetime(2026, 11, 22, 9, 30, tzinfo=UTC), UID, -3, 0.1,
        Decimal("9.99")]  # fmt: skip


def column(name: str) -> ImportColumn:
    return ImportColumn(name, name.capitalize(), Sample.__table__.c[name])


def parse(name: str, cell: str) -> Any:
    return cell_reader(column(name), is_verbatim=False)(cell)


def written(header: list[str], *rows: list[Any]) -> str:
    return b"".join(csv_chunks(header, rows)).decode()


# ---- a cell


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("yes", "yes", True),
        ("yes", "YES", True),
        ("yes", "True", True),
        ("yes", "1", True),
        ("yes", "no", False),
        ("yes", "false", False),
        ("yes", " 0 ", False),
        ("colour", "red", Colour.RED),
        ("colour", "Blue ", Colour.BLUE),
        ("day", "2026-11-22", date(2026, 11, 22)),
        ("day", " 2024-02-29", date(2024, 2, 29)),
        ("clock", "09:30", time(9, 30)),
        ("clock", "23:59:59.500", time(23, 59, 59, 500_000)),
        ("moment", "2026-11-22T09:30:00Z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("moment", "2026-11-22 09:30", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("moment", "2026-11-22T00:30+02:00", datetime(2026, 11, 21, 22, 30, tzinfo=UTC)),
        ("uid", "12345678-1234-5678-1234-567812345678", UID),
        ("uid", "12345678123456781234567812345678", UID),
        ("number", "-3", -3),
        ("weight", "2.5", 2.5),
        ("weight", "-1e3", -1000.0),
        ("price", " 9.99", Decimal("9.99")),
        ("price", "-0.10", Decimal("-0.10")),
    ],
)
def test_a_cell_is_read_as_its_columns_type(name: str, cell: str, value: Any) -> None:
    read = parse(name, cell)

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "cell", "problem"),
    [
        ("yes", "maybe", "must be yes or no."),
        ("yes", "2", "must be yes or no."),
        ("colour", "green", "must be one of red, blue."),
        ("day", "22.11.2026", "must be a date like 2026-11-22."),
        ("day", "2026-02-30", "must be a date like 2026-11-22."),
        ("clock", "half past nine", "must be a time like 09:30."),
        ("clock", "25:00", "must be a time like 09:30."),
        ("moment", "soon", "must be a time like 2026-11-22T09:30:00Z."),
        ("moment", "9999-12-31T23:59:59-01:00", "must be a time like 2026-11-22T09:30:00Z."),
        ("uid", "1234", "must be a UUID."),
        ("number", "2.5", "must be a whole number."),
        ("number", "2147483648", "must be between -2,147,483,648 and 2,147,483,647."),
        ("weight", "heavy", "must be a number."),
        ("weight", "2,500", "could be 2500 or 2.500. Enter the one you mean."),
        ("price", "9.99 €", "must be a number."),
    ],
)
def test_a_cell_that_is_not_of_its_columns_type_is_told_what_it_must_be(name: str, cell: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"must be|could be") as refusal:
        parse(name, cell)

    assert str(refusal.value) == problem


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_cell_is_no_value_whatever_the_type(name: str) -> None:
    assert parse(name, "") is None


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "yes": st.booleans(),
    "colour": st.sampled_from(Colour),
    "day": st.dates(),
    "clock": st.times(),
    "moment": st.datetimes(timezones=st.just(UTC)),
    "uid": st.uuids(),
    "number": st.integers(-(2**31), 2**31 - 1),
    "weight": st.floats(allow_nan=False, allow_infinity=False),
    "price": st.decimals(allow_nan=False, allow_infinity=False),
}


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_every_value_is_read_back_from_how_it_is_written(name: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[name])
    _, cell, _ = written([name], [value]).split("\r\n")

    assert parse(name, cell) == value


# ---- a file


@pytest.fixture
def lines(context: object) -> Iterator[Callable[[str], list[Line]]]:  # noqa: ARG001 -- the store to make the table in
    """Make the table, and say what files mean for it."""
    Base.metadata.create_all(db.engine)

    def lines_of(text: str) -> list[Line]:
        names = ["id", *NAMES]
        source = open_source(io.BytesIO(text.encode()), lambda title: title in names)
        columns = [FileColumn(place, column(title)) for place, title in enumerate(source.titles)]
        reader = RowReader(columns, ImportOptions({}))
        given = tuple(title for title in source.titles if title != "id")
        matcher = RowMatcher(cast("type[Record]", Sample), given, gives_keys=True)
        return matcher.lines(db.session, 0, list(reader.rows(source)))

    yield lines_of
    # PostgreSQL drops no table that a transaction has read.
    db.session.remove()
    Base.metadata.drop_all(db.engine)


def test_values_of_every_type_are_kept_as_the_file_has_them(lines: Callable[[str], list[Line]]) -> None:
    full, empty = lines(written(["id", *NAMES], [1, *FULL], [2, *[None] * len(NAMES)]))

    kept = [kind_of(Sample.__table__.c[name]).from_history(full["after"][name]) for name in NAMES]
    assert (full["verdict"], kept) == ("new", FULL)
    assert (empty["verdict"], empty["after"]) == ("new", dict.fromkeys(NAMES))


def test_values_of_every_type_that_are_brought_again_change_nothing(lines: Callable[[str], list[Line]]) -> None:
    db.session.add(Sample(id=1, **dict(zip(NAMES, FULL, strict=True))))
    db.session.commit()

    (line,) = lines(written(["id", *NAMES], [1, *FULL]))

    assert (line["verdict"], line["record_id"], line["version"]) == ("same", 1, 1)


def test_each_wrong_cell_of_a_row_is_named(lines: Callable[[str], list[Line]]) -> None:
    good, wrong = lines("id,yes,day,uid\n1,no,2026-11-22,\n2,perhaps,tomorrow,mine\n")

    assert (good["verdict"], wrong["verdict"]) == ("new", "wrong")
    assert wrong["cells"] == {
        "yes": ["must be yes or no.", "perhaps"],
        "day": ["must be a date like 2026-11-22.", "tomorrow"],
        "uid": ["must be a UUID.", "mine"],
    }


@pytest.mark.parametrize(
    ("name", "cell", "problem"),
    [
        ("weight", "nan", "must be a number."),
        ("weight", "1e999", "must be a number, like 4.2."),
        ("price", "-Infinity", "must be a number."),
        ("price", "123456789", "must be between -100,000,000 and 100,000,000."),
    ],
)
def test_a_number_that_no_column_holds_is_the_rows_problem(
    name: str, cell: str, problem: str, lines: Callable[[str], list[Line]]
) -> None:
    (line,) = lines(f"id,{name}\n1,{cell}\n")

    assert (line["verdict"], line["cells"]) == ("wrong", {name: [problem, cell]})
