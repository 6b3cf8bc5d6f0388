"""Times with a time zone: typed in the viewer's. SQLAlchemy's own are so on PostgreSQL, and read-only on SQLite, which returns them without a zone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.context import time_zone
from admin_app.db.types import UtcDateTime
from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.kinds.history import from_json_sql, json_of
from admin_app.panel.kinds import panel_kind_of
from admin_app.panel.kinds.time import FromTime
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.formats.csv_lines import csv_line

TABLE = sa.Table(
    "zoned_times",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True)),
    sa.Column("daily", sa.Time(timezone=True)),
)
AT = TABLE.c.at
MOMENTS: sa.Column[Any] = sa.Column("at", UtcDateTime)
MOMENT = datetime(2026, 7, 31, 9, 30, 15, 250_000, ZoneInfo("Asia/Kolkata"))
IN_UTC = "2026-07-31T04:00:15.250000"


@pytest.fixture
def stored(context: Flask) -> Iterator[sa.Connection]:  # noqa: ARG001 -- the store to make the table in
    """Keep a moment, where the store gives it back in a zone of its own."""
    with db.engine.connect() as connection:
        connection.execute(sa.text("SET LOCAL TIME ZONE 'America/New_York'"))
        TABLE.create(connection)
        connection.execute(sa.insert(TABLE).values(id=1, at=MOMENT))
        yield connection
        connection.rollback()


@pytest.mark.usefixtures("context")
def test_it_is_a_moment_if_the_database_returns_it_with_a_time_zone() -> None:
    wanted = {"postgresql": "datetime", "sqlite": "other"}

    assert kind_of(AT).name == wanted[db.engine.dialect.name]
    assert kind_of(sa.Column("at", sa.DateTime())).name == "local_datetime"


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_the_history_and_files_have_it_in_utc_in_whatever_zone_it_comes_back(stored: sa.Connection) -> None:
    kind, value = kind_of(AT), stored.scalar(sa.select(AT))
    kept = {"at": kind.to_history(value)}
    line = csv_line([AT, TABLE.c.id], FileOptions(), "postgresql")
    assert line is not None

    again = stored.scalar(sa.select(from_json_sql(AT, sa.literal(json.dumps(kept)), "at", "postgresql")))

    assert (
        kept
        == json.loads(str(stored.scalar(sa.select(json_of({"at": AT}, "postgresql")))))
        == {"at": f"{IN_UTC}+00:00"}
    )
    assert [kind.from_history(kept["at"]), again, kind.from_url(kind.to_url(value))] == [MOMENT] * 3
    chunks = FORMATS["csv"].write(["at", "id"], [[value, 1]], FileOptions(), lambda _row, _problem: None)
    assert [*stored.scalars(sa.select(line))] == [b"".join(chunks).decode().splitlines(keepends=True)[1]]
    assert kind.to_csv(value) == f"{IN_UTC}Z"


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_the_history_has_a_time_of_day_with_its_offset_also_one_that_python_cannot_read(stored: sa.Connection) -> None:
    stored.execute(sa.text("INSERT INTO zoned_times (id, daily) VALUES (2, '24:00+02'), (3, '09:30:15.25-03:30')"))
    stored.execute(sa.insert(TABLE).values(id=4, daily=time(9, 30, tzinfo=timezone(timedelta(hours=2)))))
    daily = TABLE.c.daily
    values = [*stored.scalars(sa.select(daily).order_by(TABLE.c.id))]

    written = [*stored.scalars(sa.select(json_of({"daily": daily}, "postgresql")).order_by(TABLE.c.id))]

    kept = [{"daily": one} for one in (None, "24:00:00+02", "09:30:15.250000-03:30", "09:30:00.000000+02:00")]
    assert [json.loads(one) for one in written] == [{"daily": kind_of(daily).to_history(one)} for one in values] == kept
    again = [stored.scalar(sa.select(from_json_sql(daily, sa.literal(one), "daily", "postgresql"))) for one in written]
    assert again == [kind_of(daily).from_history(one["daily"]) for one in kept] == values


BERLIN = ZoneInfo("Europe/Berlin")


def field_of(column: sa.Column[Any], sent: dict[str, str] | None = None, data: Any = None) -> Any:
    class OneField(Form):
        it = panel_kind_of(column).field(column, {"label": "It"})

    form = OneField(None if sent is None else MultiDict(sent), data=None if data is None else {"it": data})
    if sent is not None:
        form.validate()
    return form["it"]


@pytest.mark.parametrize(
    ("moment", "drawn", "input_type"),
    [
        ("2026-07-31T09:30:00", "2026-07-31T11:30:00", "datetime-local"),
        ("2026-10-25T00:30:00", "2026-10-25T02:30:00+02:00", "text"),
        ("2026-10-25T01:30:00", "2026-10-25T02:30:00+01:00", "text"),
        ("2026-07-31T09:30:00.123456", "2026-07-31T11:30:00.123456", "text"),
        ("9999-12-31T23:30:00", "9999-12-31T23:30:00+00:00", "text"),
    ],
)
def test_a_moment_is_drawn_in_the_viewers_zone_and_is_the_same_when_it_is_sent(
    moment: str, drawn: str, input_type: str
) -> None:
    value = datetime.fromisoformat(f"{moment}+00:00")

    with time_zone(BERLIN):
        field = field_of(MOMENTS, data=value)
    # Meanwhile they may have chosen another zone.
    again = field_of(MOMENTS, {"it": drawn, "it.zone": "Europe/Berlin"})

    assert (field._value(), field.widget.input_type, field.hint) == (drawn, input_type, "Time in Europe/Berlin.")
    assert 'type="hidden" name="it.zone" value="Europe/Berlin"' in str(field()).replace("&#43;", "+")
    assert (again.data, list(again.errors)) == (value, [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "2026-10-25T02:30",
            (
                "In Europe/Berlin, 02:30 occurs twice on that day, because the clocks are put back. "
                "Enter 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00."
            ),
        ),
        (
            "2026-03-29T02:30",
            (
                "In Europe/Berlin, 02:30 is skipped on that day, because the clocks are put forward. "
                "Enter a time before or after."
            ),
        ),
        ("0001-01-01T00:00", "Enter a date and a time, like 2026-11-22 09:30."),
        ("soon", "Enter a date and a time, like 2026-11-22 09:30."),
        ("2026-07-31", "Enter a date and a time, like 2026-11-22 09:30."),
        ("2026-W31-5", "Enter a date and a time, like 2026-11-22 09:30."),
    ],
)
def test_a_clock_that_means_no_single_moment_is_refused_in_a_field_that_takes_an_offset(typed: str, said: str) -> None:
    with time_zone(BERLIN):
        field = field_of(MOMENTS, {"it": typed, "it.zone": "Europe/Berlin"})

    assert (list(field.errors), field._value()) == ([said], typed)
    assert (field.widget.input_type == "text") is (typed != "0001-01-01T00:00")


def test_a_day_alone_is_refused_as_a_time_without_a_zone() -> None:
    field = field_of(sa.Column("at", sa.DateTime()), {"it": "2026-07-31"})

    assert (field.data, list(field.errors)) == (None, ["Enter a date and a time, like 2026-11-22 09:30."])


def test_a_page_that_names_no_zone_was_drawn_by_an_earlier_release_in_utc() -> None:
    with time_zone(BERLIN):
        field = field_of(MOMENTS, {"it": "2026-07-31T09:30"}, data=datetime(2026, 7, 31, 9, 30, tzinfo=UTC))
        changed = field_of(MOMENTS, {"it": "2026-08-01T09:30"})

    assert [one.data for one in (field, changed)] == [
        datetime(2026, 7, 31, 9, 30, tzinfo=UTC),
        datetime(2026, 8, 1, 9, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize("zone", ["Nowhere", "Europe", "America/Argentina", "../zone", "\0", "a" * 300, ""])
def test_a_time_that_was_entered_in_an_unknown_zone_is_asked_for_again(zone: str) -> None:
    with time_zone(BERLIN):
        fields = [field_of(MOMENTS, {"it": f"2026-07-31T09:30{offset}", "it.zone": zone}) for offset in ("", "+02:00")]

    said = "It was entered in a time zone that is not known here. Enter the time in Europe/Berlin."
    assert [(one.data, list(one.errors), one.zone) for one in fields] == [
        (None, [said], BERLIN),
        (datetime(2026, 7, 31, 7, 30, tzinfo=UTC), [], BERLIN),
    ]


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_time_of_day_with_an_offset_is_typed_filtered_and_imported_with_one(stored: sa.Connection) -> None:
    daily = TABLE.c.daily
    value = time(9, 30, tzinfo=timezone(timedelta(hours=2)))
    stored.execute(sa.insert(TABLE).values(id=2, daily=value))
    kind = kind_of(daily)

    fields = [field_of(daily, {"it": typed}) for typed in ("09:30+02:00", "09:30")]
    operator = FromTime(daily, "It")
    found = [*stored.scalars(sa.select(TABLE.c.id).where(operator.condition(daily, operator.parse("07:00Z"))))]

    advice = "Enter a time with its offset from UTC, like 09:30+02:00."
    assert [(one.data, list(one.errors)) for one in fields] == [(value, []), (None, [advice])]
    assert (found, operator.hint) == ([2], "A time like 09:30+02:00.")
    assert [kind.from_cell(str(written(value))) for written in (kind.to_csv, kind.to_json, kind.to_sheet)] == [
        value
    ] * 3
    with pytest.raises(ValueError, match=r"^must be a time like 09:30\+02:00\.$"):
        kind.from_cell("09:30")
    with pytest.raises(ValueError, match=r"^Enter a time like 09:30\+02:00\.$"):
        operator.parse("09:30")
