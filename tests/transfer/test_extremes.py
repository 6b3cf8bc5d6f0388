"""The extremes of every type that an import knows come back from the file that an export writes."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import sqlalchemy as sa

from admin_app.db.types import UtcDateTime
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.formats.csv import csv_chunks
from admin_app.transfer.import_.rows import cell_reader


class Extreme(Enum):
    FORMULA = "=1"
    MINUS = "-x"
    SMALL = "a"
    CAPITAL = "A"
    WIDE = " b "


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (sa.BigInteger(), -(2**63)),
        (sa.BigInteger(), 2**63 - 1),
        (sa.SmallInteger(), -(2**15)),
        (sa.Integer(), -(2**31)),
        (sa.Float(), 1.7976931348623157e308),
        (sa.Float(), 5e-324),
        (sa.Float(), -0.1),
        (sa.Numeric(38, 18), Decimal("-12345678901234567890.123456789012345678")),
        (sa.Numeric(38, 18), Decimal("1E-18")),
        (sa.Numeric(40, 0), Decimal("1E+30")),
        (UtcDateTime(), datetime.min.replace(tzinfo=UTC)),
        (UtcDateTime(), datetime.max.replace(tzinfo=UTC)),
        (sa.DateTime(), datetime.min),  # noqa: DTZ901 -- the column has no zone
        (sa.DateTime(), datetime.max),  # noqa: DTZ901
        (sa.Date(), date.min),
        (sa.Date(), date.max),
        (sa.Time(), time.min),
        (sa.Time(), time.max),
        (sa.Uuid(), uuid.UUID(int=0)),
        (sa.Uuid(), uuid.UUID(int=2**128 - 1)),
        (sa.Boolean(), False),
        (sa.String(), "'=1"),
        (sa.Text(), "\t'"),
        (sa.Text(), "\ufeff\u200b\r\n"),
        (sa.Enum("=1", "-x", "'-x", "x"), "=1"),
        (sa.Enum("=1", "-x", "'-x", "x"), "-x"),
        (sa.Enum("=1", "-x", "x"), "x"),
        *[(sa.Enum(Extreme), one) for one in Extreme],
    ],
)
def test_what_a_type_writes_it_takes_back(kind: sa.types.TypeEngine[Any], value: Any) -> None:
    cell = list(csv.reader(io.StringIO(b"".join(csv_chunks(["x", "y"], [[value, 1]])).decode(), newline="")))[1][0]

    read = cell_reader(ImportColumn("x", "X", sa.Column("x", kind)), is_verbatim=False)(cell)

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "cell", "problem"),
    [
        (sa.Time(), "09:30Z", "must be a time like 09:30."),
        (sa.DateTime(), "2026-11-22T09:30Z", "must be a time like 2026-11-22T09:30:00, without a zone."),
        (sa.Float(), "1_000", "must be a number."),
        (sa.Enum("a", "b"), "c", "must be one of a, b."),
    ],
)
def test_a_cell_that_would_become_another_value_is_refused(
    kind: sa.types.TypeEngine[Any], cell: str, problem: str
) -> None:
    with pytest.raises(ValueError, match="must be") as refusal:
        cell_reader(ImportColumn("x", "X", sa.Column("x", kind)), is_verbatim=False)(cell)

    assert str(refusal.value) == problem
