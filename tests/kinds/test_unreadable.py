"""What a column's type cannot read is shown as it is stored, kept by the history, and written back: another program wrote it."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.db.unreadable import Unreadable
from admin_app.domain.plan.same_cells import says
from admin_app.kinds import kind_of, kind_of_value
from admin_app.kinds.history import from_json_sql, json_of
from admin_app.panel.kinds import column_cell
from admin_app.panel.kinds.boolean import TickField
from admin_app.panel.view_models import CellKind
from admin_app.transfer.formats import FORMATS
from admin_app.transfer.formats.base import PLAIN
from admin_app.transfer.formats.csv_lines import csv_line
from tests.kinds.everything import COLUMNS, Everything
from tests.kinds.test_every_kinds_pages import field_of
from tests.transfer.reading import opened

ON_SQLITE = (
    *("money", "tags", "array", "string_set", "choice", "boolean", "datetime", "local_datetime", "date", "time"),
    *("interval", "uuid", "float", "decimal", "json"),
)
ON_POSTGRES = {
    "choice": "green",
    "datetime": "-infinity",
    "local_datetime": "0044-03-15 00:00:00 BC",
    "date": "12000-01-01",
    "time": "24:00:00",
    "interval": "178000000 years",
}
TYPED = [
    "choice",
    "datetime",
    "local_datetime",
    "date",
    "time",
    "interval",
    "uuid",
    "float",
    "decimal",
    "json",
    "array",
]


# What a length of time may be on PostgreSQL, and not in Python: a month has no length.
LENGTHS = ("infinity", "3 mons 2 days", "-1 years -2 mons +3 days -04:05:06.7")

# What other programs write, and a number, which only times cannot be.
TEXTS = ("", "05.05.2024", "{bad", "12,5 kg", "2024-01-02T10:00:00Z")
NUMBER = dict.fromkeys(("datetime", "local_datetime", "date", "time"), 1_700_000_000)
NO_TEXTS: tuple[dict[str, Any], ...] = (
    {"json": math.inf},
    {"json": b"\xff", "float": b"\1", "decimal": b"\1"},
    {"whole_number": 1.5, "binary": 55},
    {"whole_number": "abc", "binary": "a text"},
)
Odd = dict[int, dict[str, Any]]


@pytest.fixture
def odd(stored: sa.Connection) -> Odd:
    """Store rows of what their columns cannot read; return by their keys what is stored."""
    of_sqlite = [*(dict.fromkeys(ON_SQLITE, one) for one in TEXTS), NUMBER, *NO_TEXTS]
    rows = [ON_POSTGRES, *({"interval": one} for one in LENGTHS)] if stored.dialect.name == "postgresql" else of_sqlite
    for key, raw in enumerate(rows, 10):
        names = ", ".join(raw), ", ".join(f":{name}" for name in raw)
        stored.execute(sa.text(f"INSERT INTO every_kind (id, {names[0]}) VALUES ({key}, {names[1]})"), raw)
    return dict(enumerate(rows, 10))


def read(connection: sa.Connection, names: Any, key: int) -> dict[str, Any]:
    columns = [COLUMNS[name] for name in names]
    return dict(connection.execute(sa.select(*columns).where(COLUMNS.id == key)).one()._mapping)


def test_it_is_read_as_it_is_stored_and_written_back(stored: sa.Connection, odd: Odd) -> None:
    for key, raw in odd.items():
        found = read(stored, raw, key)

        stored.execute(sa.update(Everything).where(COLUMNS.id == 2).values(found))

        assert {name: (type(one), one.raw) for name, one in found.items()} == {
            n: (Unreadable, v) for n, v in raw.items()
        }
        again = read(stored, raw, 2)
        assert {name: (type(one), one.raw) for name, one in again.items()} == {
            n: (Unreadable, v) for n, v in raw.items()
        }


def test_python_and_the_database_write_the_same_into_the_history_and_read_it(stored: sa.Connection, odd: Odd) -> None:
    for key, raw in odd.items():
        found, dialect = read(stored, raw, key), stored.dialect.name
        columns = {name: COLUMNS[name] for name in raw}
        kept = {name: kind_of(COLUMNS[name]).to_history(value) for name, value in found.items()}

        written = stored.scalar(sa.select(json_of(columns, dialect)).where(COLUMNS.id == key))
        values = {name: from_json_sql(one, sa.literal(str(written)), name, dialect) for name, one in columns.items()}
        stored.execute(sa.update(Everything).where(COLUMNS.id == 2).values(values))

        assert json.loads(str(written)) == kept
        assert {name: kind_of(COLUMNS[name]).from_history(value) for name, value in kept.items()} == found
        assert read(stored, raw, 2) == found


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["float", "decimal"])
def test_the_history_gives_back_a_text_that_python_takes_for_a_number(name: str, stored: sa.Connection) -> None:
    history = sa.literal(json.dumps({name: "NaN"}))

    stored.execute(sa.update(Everything).values({name: from_json_sql(COLUMNS[name], history, name, "sqlite")}))

    assert stored.scalars(sa.text(f"SELECT {name} FROM every_kind")).all() == ["NaN", "NaN"]


def test_a_cell_and_a_file_show_its_text(stored: sa.Connection, odd: Odd) -> None:
    for key, raw in odd.items():
        cells = {
            name: column_cell(getattr(Everything, name), value, is_whole=False)
            for name, value in read(stored, raw, key).items()
        }
        assert {(name, one.kind, one.text) for name, one in cells.items()} == {
            (name, CellKind.UNREADABLE, str(Unreadable(value))) for name, value in raw.items()
        }
    kind = kind_of_value(Unreadable)
    assert kind is not None
    assert (kind.to_csv(Unreadable(5)), kind.to_json(Unreadable("x")), str(Unreadable(b"\1"))) == ("5", "x", "01")


@pytest.mark.parametrize("name", TYPED)
def test_a_field_keeps_it_until_somebody_types_something_else(name: str) -> None:
    value = Unreadable("05.05.2024")
    drawn = field_of(name, data=value)
    sent = MultiDict({"it": "05.05.2024"})

    kept, changed = field_of(name, sent, data=value), field_of(name, MultiDict({"it": "5.5.24?"}), data=value)

    assert "05.05.2024" in str(drawn())
    assert 'type="date' not in str(drawn())
    assert (kept.data, list(kept.errors)) == (value, [])
    assert len(changed.errors) > 0


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("local_datetime", datetime.fromisoformat("2024-01-02T10:00:05.123456"), "2024-01-02T10:00:05.123456"),
        ("time", time(9, 30, tzinfo=UTC), "09:30:00+00:00"),
        ("money", Decimal("1.5000"), "1.50"),
        ("float", math.nan, "nan"),
        ("decimal", Decimal("NaN"), "NaN"),
        ("text", "a\r\n\0 b ", "a\ufffd b "),
        ("url", " https://example.com ", "https://example.com"),
        ("long_text", "a\rb\0\n", "a\r\nb\ufffd\r\n"),
    ],
)
def test_what_a_browser_sends_of_what_nobody_touched_changes_nothing(name: str, value: Any, sent: str) -> None:
    drawn = field_of(name, data=value)

    field = field_of(name, MultiDict({"it": sent}), data=value)

    assert field.data is value
    assert 'type="datetime-local"' not in str(drawn())


def test_a_yes_or_no_that_may_be_missing_stays_missing() -> None:
    sent = [MultiDict({"it": ""}), MultiDict({"it": "false"}), MultiDict({"it": "y"})]

    assert [field_of("boolean", one).data for one in sent] == [None, False, True]
    assert 'selected value="">—' in str(field_of("boolean", MultiDict({"it": ""}))())


@pytest.mark.parametrize(
    ("stored", "sent", "kept"),
    [("", {}, Unreadable("")), ("", {"it": "y"}, True), ("no", {"it": "y"}, Unreadable("no")), ("no", {}, False)],
)
def test_a_tick_box_keeps_it_until_somebody_ticks_it_or_takes_the_tick_away(stored: str, sent: Any, kept: Any) -> None:
    class OneField(Form):
        it = TickField("It")

    field = OneField(MultiDict({"other": "1", **sent}), data={"it": Unreadable(stored)}).it

    assert (field.data, type(field.data)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("column", "gone"),
    [
        (sa.Enum("red", "violet", native_enum=False), [True, False]),
        (sa.Enum("red", native_enum=False, create_constraint=True), [False, False]),
        # PostgreSQL's own type keeps what it once had.
        (sa.Enum("red", name="tint"), [True, True]),
    ],
)
def test_a_removed_choice_may_return_where_the_column_takes_it(
    stored: sa.Connection, column: Any, gone: list[bool]
) -> None:
    kind, choices = kind_of(sa.Column("it", column)), [None, "red", "blue", "ultramarine"]

    found = [stored.scalar(sa.select(kind.may_return_sql(sa.literal(one, sa.Text)))) for one in choices]

    assert [kind.may_return(one) for one in choices] == [bool(one) for one in found] == [True, True, *gone]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["text", "long_text", "email", "string_set"])
def test_bytes_in_a_column_of_text_are_kept_by_its_field(name: str, stored: sa.Connection) -> None:
    stored.execute(sa.text(f"UPDATE every_kind SET {name} = x'ff00'"))

    (value, _) = stored.scalars(sa.select(COLUMNS[name]))
    field = field_of(name, MultiDict({"it": "ff00"}), data=value)
    written = stored.scalar(sa.select(json_of({name: COLUMNS[name]}, "sqlite")).where(COLUMNS.id == 1))

    assert (type(value), value.raw) == (Unreadable, b"\xff\0")
    assert field.data is value
    assert json.loads(str(written)) == {name: kind_of(COLUMNS[name]).to_history(value)}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["text", "long_text", "email"])
def test_bytes_in_a_column_of_text_come_back_as_bytes_and_a_text_like_them_as_text(
    name: str, stored: sa.Connection
) -> None:
    column = COLUMNS[name]
    stored.execute(sa.text(f"UPDATE every_kind SET {name} = x'ff00' WHERE id = 1"))
    stored.execute(sa.text(f"UPDATE every_kind SET {name} = 'hex:ff00' WHERE id = 2"))
    written = [*stored.scalars(sa.select(json_of({name: column}, "sqlite")).order_by(COLUMNS.id))]
    stored.execute(sa.text(f"UPDATE every_kind SET {name} = ''"))

    for key, one in enumerate(written, 1):
        back = from_json_sql(column, sa.literal(one), name, "sqlite")
        stored.execute(sa.update(Everything).where(COLUMNS.id == key).values({name: back}))

    kept = [kind_of(column).from_history(json.loads(one)[name]) for one in written]
    assert [type(one) for one in kept] == [Unreadable, str]
    raw = stored.execute(sa.text(f"SELECT {name} FROM every_kind ORDER BY id")).scalars().all()
    assert raw == [kept[0].raw, kept[1]] == [b"\xff\0", "hex:ff00"]


@pytest.mark.parametrize("key", FORMATS)
def test_a_file_says_it_so_that_its_import_leaves_it(key: str, stored: sa.Connection, odd: Odd) -> None:
    for number, raw in odd.items():
        found = read(stored, raw, number)
        row = [number, *found.values()]
        content = b"".join(FORMATS[key].write(["id", *found], [row], PLAIN, lambda *_: None))

        ((_, *cells),) = cells_of(content)

        assert [says(one, str(cell)) for one, cell in zip(found.values(), cells, strict=True)] == [True] * len(cells)


def test_so_does_a_line_that_the_database_writes(stored: sa.Connection, odd: Odd) -> None:
    for number, raw in odd.items():
        found, dialect = read(stored, raw, number), stored.dialect.name
        lines = {name: csv_line([COLUMNS.id, COLUMNS[name]], PLAIN, dialect) for name in found}
        written = {name: line for name, line in lines.items() if line is not None}

        for name, line in written.items():
            text = stored.scalar(sa.select(line).where(COLUMNS.id == number))
            ((_, cell),) = cells_of(f"id,{name}\r\n{text}".encode())

            assert says(found[name], str(cell)), (name, cell)


def cells_of(content: bytes) -> list[list[str | None]]:
    return [[*row.cells] for row in opened(content).rows()]
