"""A table with a column of every kind, and of each what a person types, reads and is refused."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.json_nulls import tell_nulls
from admin_app.db.list_of import ListOf
from admin_app.db.string_set import StringSet, StringSetType
from admin_app.db.types import UtcDateTime
from admin_app.panel.view_models import CellKind


class Colour(Enum):
    RED = "red"
    DARK_BLUE = "dark_blue"


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Everything(Base):
    """A column of every kind, called by the kind's name."""

    __tablename__ = "every_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(sa.String(40), info={"kind": "email"})
    url: Mapped[str | None] = mapped_column(sa.String(200), info={"kind": "url"})
    phone: Mapped[str | None] = mapped_column(sa.String(20), info={"kind": "phone", "region": "DE"})
    colour: Mapped[str | None] = mapped_column(sa.String(7), info={"kind": "colour"})
    country: Mapped[str | None] = mapped_column(sa.String(2), info={"kind": "country"})
    ip: Mapped[str | None] = mapped_column(sa.String(39), info={"kind": "ip"})
    network: Mapped[str | None] = mapped_column(sa.String(43), info={"kind": "network"})
    currency: Mapped[str | None] = mapped_column(sa.String(3), info={"kind": "currency"})
    markdown: Mapped[str | None] = mapped_column(sa.Text, info={"kind": "markdown"})
    image: Mapped[str | None] = mapped_column(sa.String(200), info={"kind": "image"})
    file: Mapped[str | None] = mapped_column(sa.Text, info={"kind": "file"})
    money: Mapped[Any] = mapped_column(sa.Numeric(10, 3), nullable=True, info={"kind": "money", "currency": "EUR"})
    tags: Mapped[Any] = mapped_column(ListOf(sa.String(20)), nullable=True, info={"kind": "tags"})
    array: Mapped[Any] = mapped_column(ListOf(sa.Enum(Colour, native_enum=False)), nullable=True)
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


# As records do.
tell_nulls(Everything)


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
    "email": Sample(
        ("a@example.com", "é@x"),
        ("a@example.com ", "é@x"),
        ("a@example.com", "é@x"),
        too_much="a b@x",
        limit="It must look like name@example.com.",
    ),
    "url": Sample(
        ("https://example.com/a?b=c#d", "http://[::1]:8000"),
        (" https://example.com/a?b=c#d", "http://[::1]:8000"),
        ("https://example.com/a?b=c#d", "http://[::1]:8000"),
        too_much="javascript:alert(1)",
        limit="It must be a web address, like https://example.com.",
    ),
    "phone": Sample(
        ("+4930123456", "+14155552671"),
        ("030/123456", "+1 (415) 555-2671"),
        ("+49 30 123456", "+1 415-555-2671"),
        too_much="1",
        limit="It must be a phone number with its country, like +49 30 123456.",
    ),
    "colour": Sample(
        ("#1a7f37", "#ffaa00"),
        ("1A7F37", "#fa0"),
        ("#1a7f37", "#ffaa00"),
        too_much="red",
        limit="It must be a colour, like #1a7f37.",
        cell=CellKind.COLOUR,
    ),
    "country": Sample(
        ("DE", "FR"),
        ("DE", "FR"),
        ("Germany", "France"),
        too_much="QQ",
        limit="It must be a country, by its name or two letters, like DE.",
        cell=CellKind.CHOICE,
    ),
    "ip": Sample(
        ("192.0.2.7", "2001:db8::1"),
        ("192.0.2.7", "2001:DB8:0:0::0001"),
        ("192.0.2.7", "2001:db8::1"),
        too_much="192.0.2.256",
        limit="It must be an IP address, like 192.0.2.7.",
    ),
    "network": Sample(
        ("192.0.2.0/24", "2001:db8::/32"),
        ("192.0.2.9/24", "2001:db8::1/32"),
        ("192.0.2.0/24", "2001:db8::/32"),
        too_much="192.0.2.0/33",
        limit="It must be a network, like 192.0.2.0/24.",
    ),
    "currency": Sample(
        ("EUR", "JPY"),
        ("eur", "JPY"),
        ("EUR", "JPY"),
        too_much="ABC",
        limit="It must be a currency's three letters, like EUR.",
    ),
    "markdown": Sample(
        ("# Title\n\n*text*", "-"),
        ("# Title\n\n*text*", "-"),
        ("# Title\n\n*text*", "-"),
        too_much="\0",
        limit="It contains a NUL character, which cannot be stored. Remove it.",
    ),
    # What a person sends stands in tests/shapes/held_checks.py.
    "image": Sample(
        (f"{'0f' * 32}/2048/day.jpg", f"{'a1' * 32}/0/“ä, b”.png"),
        (),
        ("day.jpg (2.0 kB)", "“ä, b”.png (0 bytes)"),
        no_cell="day.jpg",
        must="the reference of a stored file, as in an export. To add a new file, use the form.",
        cell=CellKind.FILE,
    ),
    "file": Sample(
        (f"{'0f' * 32}/1/=1", f"{'a1' * 32}/1000/-"),
        (),
        ("=1 (1 byte)", "- (1.0 kB)"),
        no_cell="f/1/=1",
        must="the reference of a stored file, as in an export. To add a new file, use the form.",
        cell=CellKind.FILE,
    ),
    "money": Sample(
        (Decimal("1234.500"), Decimal("-0.100")),
        ("1,234.50", "-0.10"),
        ("EUR 1,234.50", "EUR -0.10"),
        "dear",
        "dear",
        "a number.",
        Decimal("1.005"),
        "It must be an amount of EUR, like 12.05.",
        CellKind.NUMBER,
        "x",
    ),
    "tags": Sample(
        (["é", "b"], ["c"]),
        ("é,  b, é", "c"),
        ("é, b", "c"),
        too_much=["x" * 21],
        limit="Each of It must be 20 characters or fewer; it has 21.",
        no_place="x",
    ),
    "array": Sample(
        ([Colour.DARK_BLUE, Colour.RED, Colour.RED], [Colour.RED]),
        ("dark_blue\n\nred\r\nred", "red"),
        ("dark_blue, red, red", "red"),
        "green",
        "[red",
        'a list, like ["a", "b"], or a, b.',
        no_place="x",
    ),
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
        (True, False),
        ("y", "false"),
        ("Yes", "No"),
        "maybe",
        "maybe",
        "yes or no.",
        cell=CellKind.CHOICE,
        no_place="maybe",
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
        ("4 bytes", "1.5 kB"),
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
