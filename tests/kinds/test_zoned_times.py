"""SQLAlchemy's times with a time zone: supported on PostgreSQL, and read-only on SQLite, which returns them without a zone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.kinds.history import from_json_sql, json_of
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
