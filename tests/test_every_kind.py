"""Every kind of column in turn, every facet of it: address, files, history, limits, form field, operators, cell.

A kind that is added has to be sampled here: the first test says so.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.db.string_set import StringSet, StringSetType
from admin_app.db.types import UtcDateTime
from admin_app.domain.records.rules import problem_with
from admin_app.errors import ConfigurationError, InvalidRecord
from admin_app.extensions import db
from admin_app.kinds import KINDS, kind_of, kind_of_value, kind_or_none
from admin_app.kinds.base import Kind
from admin_app.kinds.history import from_json_sql, json_of
from admin_app.panel.kinds import PANEL_KINDS, cell_kind_of, operators_of, panel_kind_of, require_known, value_cell
from admin_app.panel.view_models import CellKind
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.formats.csv_lines import csv_line
from admin_app.transfer.values import parse_value
from tests.subject import meaning_something

pytestmark = pytest.mark.covers


class Colour(Enum):
    RED = "red"
    DARK_BLUE = "dark_blue"


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Everything(Base):
    """A column of every kind, called by the kind's name."""

    __tablename__ = "every_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    string_set: Mapped[StringSet | None] = mapped_column(StringSetType)
    choice: Mapped[Colour | None] = mapped_column(sa.Enum(Colour, native_enum=False))
    boolean: Mapped[bool | None]
    datetime: Mapped[datetime | None] = mapped_column(UtcDateTime)
    local_datetime: Mapped[Any] = mapped_column(sa.DateTime, nullable=True)
    date: Mapped[Any] = mapped_column(sa.Date, nullable=True)
    time: Mapped[Any] = mapped_column(sa.Time, nullable=True)
    interval: Mapped[Any] = mapped_column(sa.Interval, nullable=True)
    uuid: Mapped[Any] = mapped_column(sa.Uuid, nullable=True)
    whole_number: Mapped[int | None] = mapped_column(sa.SmallInteger)
    float: Mapped[Any] = mapped_column(sa.Float, nullable=True)
    decimal: Mapped[Any] = mapped_column(sa.Numeric(6, 2), nullable=True)
    json: Mapped[Any] = mapped_column(sa.JSON, nullable=True)
    long_text: Mapped[str | None] = mapped_column(sa.Text)
    text: Mapped[str | None] = mapped_column(sa.String(20))
    binary: Mapped[bytes | None] = mapped_column(sa.LargeBinary)


@dataclass(frozen=True)
class Sample:
    """Values of a kind, and of each what a person types and reads; of the kind, what is refused, and how."""

    values: tuple[Any, ...]
    typed: tuple[str, ...]
    shown: tuple[str, ...]
    # What a form cannot read, and what it says; "" where every text is one.
    unreadable: str = ""
    # What a file's cell cannot be, and how the sentence ends.
    no_cell: str = ""
    must: str = ""
    # A value that its column has no room for, and what the rule says; None where every value of the type fits.
    too_much: Any = None
    limit: str = ""
    cell: CellKind = CellKind.TEXT
    # What a place in an address cannot be.
    no_place: str = "\0"


MOMENT = datetime(2026, 1, 31, 9, 30, 15, 250_000, UTC)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
UID = uuid.UUID("12345678-1234-5678-1234-567812345678")
SAMPLES: dict[str, Sample] = {
    "string_set": Sample((StringSet(["b", "a"]), StringSet(["ä"])), ("b, a", "ä"), ("a, b", "ä"), no_place="x"),
    "choice": Sample(
        tuple(Colour),
        ("red", "dark_blue"),
        ("Red", "Dark blue"),
        "green",
        "green",
        "one of red, dark_blue.",
        cell=CellKind.CHOICE,
        no_place="green",
    ),
    "boolean": Sample(
        (True, False), ("y", ""), ("Yes", "No"), "", "maybe", "yes or no.", cell=CellKind.CHOICE, no_place="maybe"
    ),
    "datetime": Sample(
        (MOMENT, NOON),
        ("2026-01-31T09:30:15.250000", "2026-01-31T12:00"),
        ("2026-01-31", "2026-01-31"),
        "soon",
        "soon",
        "a time like 2026-11-22T09:30:00Z.",
        cell=CellKind.TIME,
        no_place="2026-01-31T12:00:00",
    ),
    "local_datetime": Sample(
        (MOMENT.replace(tzinfo=None), NOON.replace(tzinfo=None)),
        ("2026-01-31T09:30:15.250000", "2026-01-31 12:00"),
        ("2026-01-31 09:30:15", "2026-01-31 12:00:00"),
        "2026-01-31T12:00Z",
        "2026-01-31T12:00Z",
        "a time like 2026-11-22T09:30:00, without a zone.",
        cell=CellKind.TIME,
        no_place="2026-01-31T12:00:00+00:00",
    ),
    "date": Sample(
        (date(2026, 1, 31), date(1, 1, 1)),
        ("2026-01-31", "0001-01-01"),
        ("2026-01-31", "0001-01-01"),
        "31.1.2026",
        "31.1.2026",
        "a date like 2026-11-22.",
        cell=CellKind.TIME,
        no_place="x",
    ),
    "time": Sample(
        (time(9, 30), time(23, 59, 59, 999_999)),
        ("09:30", "23:59:59.999999"),
        ("09:30:00", "23:59:59.999999"),
        "noon",
        "12:00Z",
        "a time like 09:30.",
        no_place="x",
    ),
    "interval": Sample(
        (timedelta(hours=26, minutes=30), -timedelta(microseconds=1)),
        ("1d 2h 30m", "-0:00:00.000001"),
        ("26:30:00", "-0:00:00.000001"),
        "long",
        "2:90",
        "a length of time like 2:30:00.",
        timedelta(days=9_000_000),
        "It must be shorter than 70389527:59:59.999999.",
        CellKind.NUMBER,
        "x",
    ),
    "uuid": Sample(
        (UID, uuid.UUID(int=0)),
        (str(UID), "0" * 32),
        (str(UID), str(uuid.UUID(int=0))),
        "x",
        "x",
        "a UUID.",
        no_place="x",
    ),
    "whole_number": Sample(
        (42, -(2**15)),
        ("42", "-32,768"),
        ("42", "-32768"),
        "4.2",
        "4.2",
        "a whole number.",
        2**15,
        "It must be between -32,768 and 32,767.",
        CellKind.NUMBER,
        str(2**15),
    ),
    "float": Sample(
        (0.1, -1.5e300),
        ("0.1", "-1.5e300"),
        ("0.1", "-1.5e+300"),
        "heavy",
        "heavy",
        "a number.",
        float("inf"),
        "It must be a number, like 4.2.",
        CellKind.NUMBER,
        "x",
    ),
    "decimal": Sample(
        (Decimal("9.99"), Decimal("-0.10")),
        ("9.99", "-0,10"),
        ("9.99", "-0.10"),
        "dear",
        "dear",
        "a number.",
        Decimal(10_000),
        "It must be between -10,000 and 10,000.",
        CellKind.NUMBER,
        "x",
    ),
    "json": Sample(
        ({"é": [1, 0.5, None], "b": {"aa": "x", "b": True}, "a": 1e20}, ["=1", "-"]),
        ('{"b": {"b": true, "aa": "x"}, "é": [1, 0.5, null], "a": 1e20}', '["=1", "-"]'),
        ('{"a": 1' + "0" * 20 + ', "b": {"b": true, "aa": "x"}, "é": [1, 0.5, null]}', '["=1", "-"]'),
        "{1}",
        "{",
        'JSON, like {"size": 4}. Line 1, column 2: Expecting property name enclosed in double quotes.',
        no_place="x",
    ),
    "long_text": Sample(
        ("=1+1\nand “more”", "-"),
        ("=1+1\nand “more”", "-"),
        ("=1+1\nand “more”", "-"),
        too_much="\0",
        limit="It contains a NUL character, which cannot be stored. Remove it.",
    ),
    "text": Sample(
        ('Ann, "Lee"', "'=1"),
        ('Ann, "Lee"', "'=1"),
        ('Ann, "Lee"', "'=1"),
        too_much="x" * 21,
        limit="It must be 20 characters or fewer; it has 21.",
    ),
    "binary": Sample(
        (b"\0\xff=1", b"x" * 1500),
        (),
        ("4 Bytes", "1.5 kB"),
        no_cell="=1",
        must="Base64, like aGVsbG8=.",
        cell=CellKind.NUMBER,
        no_place="x",
    ),
}  # fmt: skip -- a few lines a kind

FIELDS = [pytest.param(name, place, id=f"{name}-{place}") for name in SAMPLES for place in (0, 1)]
# Of what a form shows and does not change nobody types anything.
TYPED = [name for name, sample in SAMPLES.items() if sample.typed]
TYPED_FIELDS = [pytest.param(name, place, id=f"{name}-{place}") for name in TYPED for place in (0, 1)]
COLUMNS: Any = Everything.__table__.c


def value_of(name: str, place: int) -> Any:
    return SAMPLES[name].values[place]


def field_of(name: str, sent: MultiDict[str, str] | None = None, data: Any = None) -> Any:
    """Bind the field that a form has for a column."""

    class OneField(Form):
        it = panel_kind_of(COLUMNS[name]).field(COLUMNS[name], {"label": "It"})

    form = OneField(sent, data=None if data is None else {"it": data})
    if sent is not None:
        form.validate()
    return form["it"]


@pytest.fixture
def stored(context: Flask) -> Iterator[sa.Connection]:  # noqa: ARG001 -- the store to make the table in
    """Keep two rows: the first and the second value of every kind."""
    with db.engine.connect() as connection:
        Base.metadata.create_all(connection)
        for place in (0, 1):
            values = {name: value_of(name, place) for name in SAMPLES}
            connection.execute(sa.insert(Everything).values(id=place + 1, **values))
        yield connection
        connection.rollback()
        Base.metadata.drop_all(connection)
        connection.commit()


def test_every_kind_is_sampled_and_has_its_place_on_the_pages() -> None:
    assert [kind.name for kind in KINDS] == list(SAMPLES)
    assert [one.kind for one in PANEL_KINDS] == list(KINDS)
    assert [kind_of(COLUMNS[name]).name for name in SAMPLES] == list(SAMPLES)
    require_known(Everything)


# ---- addresses


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_an_address_gives_every_value_back(name: str, place: int) -> None:
    kind = kind_of(COLUMNS[name])

    text = kind.to_url(value_of(name, place))

    assert kind.from_url(text) == value_of(name, place)


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.no_place != "\0"])
def test_an_address_that_means_no_value_is_refused(name: str) -> None:
    with pytest.raises((ValueError, ArithmeticError, KeyError)):
        kind_of(COLUMNS[name]).from_url(SAMPLES[name].no_place)


# ---- files


def written(key: str, value: Any) -> bytes:
    return b"".join(FORMATS[key].write(["a", "b"], [[value, 1]], FileOptions(), lambda _row, _problem: None))


@pytest.mark.parametrize(("name", "place"), FIELDS)
@pytest.mark.parametrize("is_safe", [True, False])
def test_a_csv_file_gives_every_value_back(name: str, place: int, is_safe: bool) -> None:  # noqa: FBT001 -- a parameter
    value = value_of(name, place)
    chunks = FORMATS["csv"].write(
        ["a", "b"], [[value, 1]], FileOptions(neutralises=is_safe), lambda _row, _problem: None
    )
    cell = list(csv.reader(io.StringIO(b"".join(chunks).decode(), newline="")))[1][0]

    assert parse_value(ImportColumn(name, "It", COLUMNS[name]), cell, is_verbatim=not is_safe) == value


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_csv_file_has_nothing_that_a_spreadsheet_runs(name: str, place: int) -> None:
    cell = list(csv.reader(io.StringIO(written("csv", value_of(name, place)).decode(), newline="")))[1][0]

    # A spreadsheet takes a negative length of time for a number as well.
    is_number = isinstance(value_of(name, place), int | float | Decimal | timedelta)
    assert is_number or cell[:1] not in set("=+-@\t\r")


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_json_file_says_every_value(name: str, place: int) -> None:
    said = json.loads(written("jsonl", value_of(name, place)))["a"]
    kind: Any = kind_of_value(type(value_of(name, place)))

    assert said == kind.to_json(value_of(name, place))


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_spreadsheet_has_a_cell_for_every_value(name: str, place: int) -> None:
    content = io.BytesIO(written("xlsx", value_of(name, place)))

    cell = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()[1][0]

    assert cell not in {"", None}
    assert isinstance(cell, str) is (
        name in {"string_set", "choice", "interval", "uuid", "long_text", "text", "binary", "json"}
        or cell == "0001-01-01"
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_writes_a_csv_line_as_python_does(name: str, stored: sa.Connection) -> None:
    line = csv_line([COLUMNS[name], COLUMNS.id], FileOptions(), stored.dialect.name)
    if line is None:
        # Python writes it.
        return

    lines = list(stored.scalars(sa.select(line).order_by(COLUMNS.id)))

    rows = [[value_of(name, place), place + 1] for place in (0, 1)]
    chunks = list(FORMATS["csv"].write(["a", "b"], rows, FileOptions(), lambda _row, _problem: None))
    assert "".join(lines) == b"".join(chunks[1:]).decode()


@pytest.mark.parametrize("name", SAMPLES)
def test_an_empty_cell_is_no_value(name: str) -> None:
    assert parse_value(ImportColumn(name, "It", COLUMNS[name]), "", is_verbatim=False) is None


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.must])
def test_a_cell_of_another_kind_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^must be ") as refusal:
        parse_value(ImportColumn(name, "It", COLUMNS[name]), SAMPLES[name].no_cell, is_verbatim=False)

    assert str(refusal.value) == f"must be {SAMPLES[name].must}"


def said_of(value: Any) -> object:
    """Return what a file says of a value, which may be on its way there in a form of its own."""
    kind: Any = kind_of_value(type(value))
    return kind.to_json(value)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_the_driver_gives_is_made_the_value(name: str, stored: sa.Connection) -> None:
    read = kind_of(COLUMNS[name]).row_reader(stored.dialect)
    asked = COLUMNS[name] if read is None else sa.type_coerce(COLUMNS[name], sa.types.NULLTYPE)
    raw = list(stored.scalars(sa.select(asked).order_by(COLUMNS.id)))

    found = [one if read is None else read(one) for one in raw]
    assert [said_of(one) for one in found] == [said_of(value_of(name, place)) for place in (0, 1)]


# ---- the history


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_the_history_gives_every_value_back(name: str, place: int) -> None:
    kind = kind_of(COLUMNS[name])

    kept = json.loads(json.dumps(kind.to_history(value_of(name, place))))

    assert type(kept) in {str, int}
    assert kind.from_history(kept) == value_of(name, place)
    assert (kind.to_history(None), kind.from_history(None)) == (None, None)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_writes_the_history_as_python_does(name: str, stored: sa.Connection) -> None:
    written = json_of({name: COLUMNS[name]}, stored.dialect.name)

    found = [json.loads(one) for one in stored.scalars(sa.select(written).order_by(COLUMNS.id))]

    kind = kind_of(COLUMNS[name])
    assert [kind.from_history(one[name]) for one in found] == [value_of(name, place) for place in (0, 1)]
    # SQLite writes no zeros at the end of a number.
    if name != "decimal":
        assert found == [{name: kind.to_history(value_of(name, place))} for place in (0, 1)]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_writes_no_value_into_the_history_too(name: str, stored: sa.Connection) -> None:
    stored.execute(sa.update(Everything).values({name: None}))

    found = stored.scalar(sa.select(json_of({name: COLUMNS[name]}, stored.dialect.name)))

    assert json.loads(str(found)) == {name: None}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_reads_the_history_as_python_does(name: str, stored: sa.Connection) -> None:
    kept = {name: kind_of(COLUMNS[name]).to_history(value_of(name, 0))}
    column = COLUMNS[name]
    value = from_json_sql(column, sa.literal(json.dumps(kept)), name, stored.dialect.name)

    stored.execute(sa.update(Everything).where(COLUMNS.id == 2).values({name: value}))

    comparable = kind_of(column).comparable
    same = sa.select(sa.func.count()).where(comparable(column).is_not_distinct_from(comparable(value)))
    assert list(stored.scalars(sa.select(column))) == [value_of(name, 0)] * 2
    assert stored.scalar(same) == 2


# ---- limits


@pytest.mark.parametrize("name", SAMPLES)
def test_every_value_fits_but_for_what_its_column_has_no_room_for(name: str) -> None:
    sample = SAMPLES[name]

    assert [problem_with(COLUMNS[name], "It", value) for value in sample.values] == [None, None]
    if sample.limit:
        assert problem_with(COLUMNS[name], "It", sample.too_much) == sample.limit


# ---- the form's field


@pytest.mark.parametrize(("name", "place"), TYPED_FIELDS)
def test_a_field_reads_what_a_person_types(name: str, place: int) -> None:
    typed = SAMPLES[name].typed[place]

    field = field_of(name, MultiDict({"it": typed} if typed else {}))

    assert (field.data, list(field.errors)) == (value_of(name, place), [])


@pytest.mark.parametrize(("name", "place"), TYPED_FIELDS)
def test_a_field_that_is_sent_as_it_was_drawn_changes_nothing(name: str, place: int) -> None:
    value = value_of(name, place)
    drawn = field_of(name, data=value)
    if name == "boolean":
        sent = {"it": "y"} if drawn.data else {}
    else:
        sent = {"it": drawn._value() if name != "choice" else str(drawn.data.value)}

    assert field_of(name, MultiDict(sent)).data == value


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.unreadable])
def test_what_a_field_cannot_read_is_said_at_the_field(name: str) -> None:
    field = field_of(name, MultiDict({"it": SAMPLES[name].unreadable}))

    assert len(field.errors) > 0


@pytest.mark.parametrize("name", TYPED)
def test_templates_are_told_a_fields_kind(name: str) -> None:
    assert field_of(name).kind == name


# ---- operators and cells


@pytest.mark.parametrize("name", SAMPLES)
def test_every_operator_asks_both_stores(name: str, stored: sa.Connection, context: Flask) -> None:
    operators = operators_of(getattr(Everything, name), "It")

    for operator in operators:
        text = meaning_something(context, operator, 1)
        condition = operator.criterion(operator.parse(text))
        assert stored.scalar(sa.select(sa.func.count()).select_from(Everything).where(condition)) in {0, 1, 2}
        assert operator.sentence(text).startswith("It")
    slugs = [operator.slug for operator in operators]
    assert slugs
    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_cell_leads_to_the_rows_with_its_value(name: str, place: int, stored: sa.Connection) -> None:
    value = value_of(name, place)
    for operator in operators_of(getattr(Everything, name), "It"):
        if (typed := operator.typed(value)) is not None:
            found = sa.select(COLUMNS.id).where(operator.criterion(operator.parse(typed)))
            assert place + 1 in set(stored.scalars(found))


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_cell_says_its_value(name: str, place: int) -> None:
    cell = value_cell(value_of(name, place), is_whole=False)

    assert (cell.text, cell.kind) == (SAMPLES[name].shown[place], SAMPLES[name].cell)
    assert cell_kind_of(getattr(Everything, name)) == cell.kind


# ---- changes of many records

# By kind what can be done beside setting and clearing: what is typed, what a record has, and what it gets; what is refused.
Changes = dict[str, tuple[tuple[str, ...], Any, Any, tuple[str, ...]]]
BULK_CHANGES: dict[str, Changes] = {
    "string_set": {
        "add": (("c, a",), StringSet(["b", "a"]), StringSet(["a", "b", "c"]), (" , ",)),
        "remove": (("c, a",), StringSet(["b", "a"]), StringSet(["b"]), (",",)),
    },
    "choice": {},
    "boolean": {},
    "datetime": {
        "later": (("2",), MOMENT, MOMENT.replace(month=2, day=2), ("-2",)),
        "earlier": (("31",), MOMENT, MOMENT.replace(year=2025, month=12), ("0",)),
    },
    "local_datetime": {
        "later": (("1",), datetime(2026, 1, 31, 12), datetime(2026, 2, 1, 12), ("soon",)),  # noqa: DTZ001 -- of no zone
        "earlier": (("1",), datetime(2026, 2, 1, 12), datetime(2026, 1, 31, 12), ("1.5",)),  # noqa: DTZ001
    },
    "date": {
        "later": (("1",), date(2026, 2, 28), date(2026, 3, 1), ("9999999",)),
        "earlier": (("1",), date(2026, 3, 1), date(2026, 2, 28), ("",)),
    },
    "time": {},
    "interval": {},
    "uuid": {},
    "whole_number": {"increase": (("-1,000",), 42, -958, ("1.5",))},
    "float": {"increase": (("0.5",), 0.25, 0.75, ("much",))},
    "decimal": {"increase": (("-0,10",), Decimal("9.99"), Decimal("9.89"), ("dear",))},
    "json": {},
    "long_text": {"replace": (("b\u0301", "C"), "a b\u0301 B\u0301", "a C B\u0301", ("", "C"))},
    "text": {"replace": (("b", "\\1"), "abB", "a\\1B", ("x" * 1001, ""))},
    "binary": {},
}
ALL_CHANGES = [pytest.param(name, key, id=f"{name}-{key}") for name, ways in BULK_CHANGES.items() for key in ways]


def bulk_change(name: str, key: str) -> Any:
    return next(one for one in panel_kind_of(COLUMNS[name]).bulk_changes if one.key == key)


def test_every_kind_says_what_can_be_done_with_many_records() -> None:
    found = {name: [one.key for one in panel_kind_of(COLUMNS[name]).bulk_changes] for name in SAMPLES}

    assert found == {name: list(ways) for name, ways in BULK_CHANGES.items()}


@pytest.mark.parametrize(("name", "key"), ALL_CHANGES)
def test_a_change_makes_one_value_of_another(name: str, key: str) -> None:
    typed, value, becomes, _ = BULK_CHANGES[name][key]

    change = bulk_change(name, key).read(COLUMNS[name], typed)

    assert change(value) == becomes
    assert type(change(value)) is type(value)
    assert problem_with(COLUMNS[name], "It", becomes) is None


@pytest.mark.parametrize(("name", "key"), ALL_CHANGES)
def test_a_change_is_said_with_what_was_typed(name: str, key: str) -> None:
    change, typed = bulk_change(name, key), BULK_CHANGES[name][key][0]

    assert len(change.inputs) == len(typed)
    assert all(text in change.said.format(*typed) for text in typed)


@pytest.mark.parametrize(("name", "key"), ALL_CHANGES)
def test_a_change_of_nonsense_is_refused(name: str, key: str) -> None:
    change = bulk_change(name, key)

    with pytest.raises((ValueError, InvalidRecord), match=r"^Enter "):
        change.read(COLUMNS[name], BULK_CHANGES[name][key][3])


# ---- what has no kind


class Unknown(Base):
    """Has a column of a type that no kind is for."""

    __tablename__ = "unknown_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    picture: Mapped[Any] = mapped_column(sa.PickleType)


class Half(Kind):
    """A kind that has no place on the pages."""

    name = "half"
    types = (sa.PickleType,)
    values = (memoryview,)


def test_a_column_type_without_a_kind_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        require_known(Unknown)

    assert str(refusal.value) == (
        "Unknown.picture has the column type PickleType, which the dashboard does not know: "
        "add a kind for it in admin_app/kinds and in admin_app/panel/kinds."
    )


def test_a_kind_without_a_place_on_the_pages_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin_app.kinds.KINDS", (Half, *KINDS))
    monkeypatch.setattr("admin_app.kinds._BY_TYPE", {})

    with pytest.raises(ConfigurationError, match=r"^Unknown\.picture has the column type PickleType"):
        require_known(Unknown)


def test_who_asks_for_the_kind_of_such_a_column_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin_app.kinds._BY_TYPE", {})

    with pytest.raises(ConfigurationError, match=r"^unknown_kind\.picture: "):
        kind_of(Unknown.__table__.c.picture)

    assert kind_or_none(Unknown.__table__.c.picture) is None
    assert kind_of_value(memoryview) is None


def test_a_value_that_no_column_holds_is_shown_and_written_as_text() -> None:
    assert value_cell(1j, is_whole=False).text == "1j"
    assert b"1j" in written("csv", 1j)
