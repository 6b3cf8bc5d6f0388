"""Keys: written into addresses, stored as text in other tables, compared on both databases."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from admin_app.db.key_parts import Parts
from admin_app.db.keys import (
    Key,
    RecordKey,
    from_stored,
    is_ordered,
    is_record,
    key_from,
    key_in,
    key_values,
    print_key,
    read_key,
    require_key,
    stored,
    stored_key,
)
from admin_app.db.record import Record
from admin_app.db.types import UtcDateTime
from admin_app.errors import ConfigurationError
from admin_app.extensions import db


class Fruit(enum.Enum):
    APPLE = 1


# Of each kind one.
VALUES = (
    *(date(2026, 1, 2), datetime.fromisoformat("2026-01-02T03:04:05.000006"), datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
    *(Decimal("12.50"), Decimal(100), Decimal("-0.5")),
)
ONE = UUID("0190a5d4-7c1e-7b3a-8f00-000000000001")
HOSTILE = ("EUR", "a/b", "1,2", "s:x", " x ", "100%", "~1~2", "..", "é", "_version-1", "2.2F", "\U0001f600", "007")


class _Base(DeclarativeBase):
    """Apart from the dashboard's own tables."""


class _Text(_Base):
    __tablename__ = "a_text"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)


class _Uuid(_Base):
    __tablename__ = "a_uuid"
    id: Mapped[UUID] = mapped_column(primary_key=True)


class _Number(_Base):
    __tablename__ = "a_number"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class _Two(_Base):
    __tablename__ = "two"
    one: Mapped[int] = mapped_column(primary_key=True)
    other: Mapped[str] = mapped_column(String(20), primary_key=True)


class _Day(_Base):
    __tablename__ = "a_day"
    on: Mapped[date] = mapped_column(primary_key=True)


class _Size(_Base):
    __tablename__ = "a_size"
    size: Mapped[Decimal] = mapped_column(Numeric(8, 2), primary_key=True)


class _Moment(_Base):
    __tablename__ = "a_moment"
    at: Mapped[datetime] = mapped_column(DateTime, primary_key=True)


class _Sort(_Base):
    __tablename__ = "a_sort"
    sort: Mapped[str] = mapped_column(Enum("short", "long"), primary_key=True)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_printed_text_has_letters_digits_and_points_alone_and_is_read_again(text: str) -> None:
    printed = print_key(text)

    assert printed.replace(".", "a").isalnum()
    assert printed.isascii()
    assert read_key(_Text, printed) == text


@pytest.mark.parametrize("text", [*HOSTILE, "", "a_b"])
def test_a_printed_key_of_two_is_read_again_whatever_the_text(text: str) -> None:
    printed = print_key(Parts((-12, text)))

    assert printed.replace(".", "a").replace("_", "a", 1).isalnum()
    assert read_key(_Two, printed) == Parts((-12, text))


def test_keys_are_read_as_a_person_writes_them() -> None:
    read = [
        *(read_key(_Text, "AB-100"), read_key(_Uuid, f" {ONE} "), read_key(_Uuid, ONE.hex), read_key(_Number, "12")),
        *(read_key(_Two, "12_3"), read_key(_Two, "12, a b"), read_key(_Day, "2026-11-30"), read_key(_Size, "12.50")),
        *(read_key(_Moment, "2026-11-30 12:00"), read_key(_Sort, "short")),
    ]

    assert read[:4] == ["AB-100", ONE, ONE, 12]
    assert read[4:8] == [Parts((12, "3")), Parts((12, "a b")), date(2026, 11, 30), Decimal("12.5")]
    assert read[8:] == [datetime.fromisoformat("2026-11-30T12:00"), "short"]
    assert list(map(print_key, read[4:6])) == ["12_3", "12_a.20b"]
    assert str(read[5]) == "12, a b"


@pytest.mark.parametrize(
    ("model", "text"),
    [
        *(
            (_Text, ""),
            (_Text, "a" * 21),
            (_Text, "a\0b"),
            (_Text, ".FF"),
            (_Text, "\ud800"),
            (_Uuid, "x"),
            (_Number, "x"),
        ),
        *((_Two, "1"), (_Two, "1_2_3"), (_Two, "x_2"), (_Two, "3000000000_2"), (_Two, "_2"), (_Two, "1_")),
        *((_Day, "soon"), (_Moment, "2026-11-30T12:00+01:00"), (_Size, "1e9"), (_Sort, "middle"), (_Number, "1" * 300)),
    ],
)
def test_text_that_no_key_can_have_is_not_read_as_one(model: type[object], text: str) -> None:
    assert read_key(model, text) is None


@pytest.mark.parametrize("key", [7, "7", "s:7", "u:7", ONE, *VALUES, Parts(VALUES), Parts((7, 'k:["é"]'))])
def test_a_stored_key_comes_back_as_it_was(key: Key) -> None:
    assert from_stored(stored(key)) == key


@pytest.mark.parametrize(
    "kind", [LargeBinary(), DateTime(timezone=True), Numeric(20, 2), Uuid(as_uuid=False), Enum(Fruit)]
)
def test_a_key_that_could_not_be_read_again_is_refused(kind: TypeEngine[Any]) -> None:
    name = f"Odd{id(kind)}"
    model = type(name, (_Base,), {"__tablename__": name, "key": mapped_column(kind, primary_key=True)})

    with pytest.raises(ConfigurationError, match=rf"^{name}: the key {name}\.key is of the type"):
        require_key(model)


def test_a_key_of_an_enumeration_is_refused_with_the_line_that_reads_the_same_table() -> None:
    model = type("Fruits", (_Base,), {"__tablename__": "fruits", "key": mapped_column(Enum(Fruit), primary_key=True)})

    with pytest.raises(
        ConfigurationError, match=r"Write, here and at .*: Enum\(\*Fruit\.__members__, name='fruit'\)\."
    ):
        require_key(model)
    assert Enum(*Fruit.__members__, name="fruit").enums == Enum(Fruit).enums


def test_an_id_that_is_not_the_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="call it `own_id"):
        type(
            "WithOwnId",
            (Record,),
            {
                "__module__": __name__,
                "code": mapped_column(String(3), primary_key=True),
                "id": mapped_column("id", Integer),
            },
        )


TABLES = MetaData()
OF_RECORDS = Table("of_records", TABLES, Column("record_id", RecordKey))
SORTS = Enum("short", "long", name="sort of key")
MODELS: dict[str, tuple[TypeEngine[Any], Any]] = {
    "number": (Integer(), 7),
    "text": (String(20), "a/b, 5%"),
    "uuid": (Uuid(), ONE),
    "digits": (Uuid(native_uuid=False), ONE),
    "choice": (SORTS, "long"),
    "day": (Date(), VALUES[0]),
    "naive": (DateTime(), VALUES[1]),
    "aware": (UtcDateTime(), VALUES[2]),
    "decimal": (Numeric(8, 2), VALUES[3]),
    "whole decimal": (Numeric(8, 2), VALUES[4]),
}
OWN = {name: Table(f"of {name}", TABLES, Column("key", kind, primary_key=True)) for name, (kind, _) in MODELS.items()}
# A key of all of them at once.
ALL = Table("of all", TABLES, *(Column(name, kind, primary_key=True) for name, (kind, _) in MODELS.items()))
WHOLE = Parts(value for _, value in MODELS.values())
HOLDING = {**{name: (OWN[name], value) for name, (_, value) in MODELS.items()}, "all": (ALL, WHOLE)}


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    with app.app_context(), db.engine.connect() as connection:
        TABLES.create_all(connection)
        yield connection
        connection.rollback()


@pytest.mark.parametrize("kind", HOLDING)
def test_both_stores_compare_stored_keys_with_a_models_own(connection: Connection, kind: str) -> None:
    table, key = HOLDING[kind]
    connection.execute(insert(table).values(list(key_values(key))))
    connection.execute(insert(OF_RECORDS).from_select(["record_id"], select(stored_key(key_in(table)))))
    connection.execute(insert(OF_RECORDS).values(record_id=None))
    own, mine = OF_RECORDS.c.record_id, key_in(table)
    named = table.alias("named")
    key_of_named = select(key_in(named).label("key")).subquery().c.key

    found = [
        connection.scalar(select(own).where(own.is_not(None))),
        connection.scalar(select(own).where(own == key)),
        connection.scalar(select(mine).join(OF_RECORDS, is_record(table, own))),
        connection.scalar(select(mine).where(mine.in_(select(key_from(table, own)).where(own.is_not(None))))),
        connection.scalar(select(mine).where(mine.in_(select(key_in(named)).union(select(key_in(named)))))),
        connection.scalar(select(own).join(table, own == stored_key(mine))),
        connection.scalar(select(mine).where(mine == key, mine >= key, mine.in_([key]), mine.is_not(None))),
        connection.scalar(select(mine).where(mine == bindparam("key"), mine == key_of_named), {"key": key}),
        connection.scalar(select(mine).where(key_of_named == mine, key_of_named == key).order_by(mine.desc())),
        connection.scalar(select(mine).join(named, mine == key_in(named))),
    ]
    left = [
        connection.scalar(select(func.count()).select_from(table).where(which))
        for which in (mine != key, mine < key, mine.not_in([key]), mine == None, mine.is_distinct_from(key))  # noqa: E711
    ]

    assert found == [key] * 10
    assert left == [0] * 5
    assert is_ordered(table) is (kind not in {"uuid", "digits", "all"})
