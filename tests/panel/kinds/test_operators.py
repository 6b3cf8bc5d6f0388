"""Every operator of every kind: what it finds, alike on both databases, and what it refuses."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.panel.kinds import operators_of
from admin_app.panel.operators.base import Operator
from tests.panel.kinds.sample import ROWS, UID, Base, Sample, operators
from tests.stores import both_stores


@pytest.fixture
def find(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str], set[int]]]:
    """Ask the table, on a day in February: which rows does this operator find?"""
    monkeypatch.setattr("admin_app.panel.kinds.date.today", lambda: date(2026, 2, 15))
    with db.engine.begin() as connection:
        Base.metadata.create_all(connection)
        for row in ROWS:
            values = {key: value for key, value in vars(row).items() if not key.startswith("_")}
            connection.execute(sa.insert(Sample).values(values))

    def ask(column: str, slug: str, text: str) -> set[int]:
        operator = operators(column)[slug]
        statement = select(Sample.id).where(operator.criterion(operator.parse(text)))
        with db.engine.connect() as connection:
            if context.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
                # A day is a day where the viewer is, wherever the server stands.
                connection.exec_driver_sql("SET TIME ZONE 'Pacific/Auckland'")
            return set(connection.scalars(statement))

    yield ask
    with db.engine.begin() as connection:
        Base.metadata.drop_all(connection)


DAYS = [
    ("on", "2026-01-31", {1}),
    ("on", "2026-01-31T23:00", {1}),
    ("on", "2026-02-02", set()),
    ("from", "2026-02-01", {2}),
    ("until", "2026-01-31", {1}),
    ("between", "2026-01-01 to 2026-01-31", {1}),
    ("between", "2026-02-01 and 2026-01-31", {1, 2}),
    ("within", "last-month", {1}),
    ("within", "this month", {2}),
    ("within", "last-40-days", {1, 2}),
    ("empty", "yes", {3, 4}),
    ("empty", "no", {1, 2}),
]
NUMBERS = [
    ("at_least", "-3", {1, 2}),
    ("at_most", "-3", {2}),
    ("between", "-3 to 4", {2}),
    ("between", "4 and -3", {2}),
    ("not_in", "-3, 7", {1, 3, 4}),
    ("equals", "-3", {2}),
    ("equals", "32,767", set()),
    ("smaller", "-32768", set()),
    ("not_equals", "-3", {1, 3, 4}),
    ("greater", "-3", {1}),
    ("smaller", "0", {2}),
    ("in", "-3, 7", {2}),
    ("in", "-3 7", {2}),
    ("in", "7\r\n-3\n", {2}),
    ("in", "-37", set()),
    ("not_in", "7\t\u22123;8", {1, 3, 4}),
    ("equals", "\u22123", {2}),
    ("empty", "yes", {3, 4}),
    ("empty", "no", {1, 2}),
]
FOUND: dict[str, list[tuple[str, str, set[int]]]] = {
    "text": [
        ("contains", "aNN", {1}),
        ("contains", "%", {2}),
        ("contains", "_", {2}),
        ("contains", "\\", {2}),
        ("contains", "50%_\\o", {2}),
        ("starts", "aN", {1}),
        ("starts", "nn", set()),
        ("starts", "50%_\\", {2}),
        ("ends", "NN", {1}),
        ("null", "yes", {4}),
        ("null", "no", {1, 2, 3}),
        ("blank", "yes", {3}),
        ("blank", "no", {1, 2, 4}),
        ("in", '"Ann", "x,y"', {1}),
        ("in", "Ann\r\nx y", {1}),
        ("in", "x;Ann\ty", {1}),
        ("in", '"Ann;x"', set()),
        ("in", "x Ann", set()),
        ("not_contains", "ann", {2, 3, 4}),
        ("not_contains", "%", {1, 3, 4}),
        ("equals", "Ann", {1}),
        ("equals", "ann", set()),
        ("equals", "50%_\\off", {2}),
        ("not_equals", "Ann", {2, 3, 4}),
        ("in", " Ann ,x,", {1}),
        ("not_in", "Ann,x", {2, 3, 4}),
        ("empty", "yes", {3, 4}),
        ("empty", "NO", {1, 2}),
    ],
    "long": [("contains", "ann\nlee", {1}), ("contains", "%", {2}), ("empty", "1", {3, 4}), ("empty", "0", {1, 2})],
    "number": NUMBERS,
    "small": NUMBERS,
    "big": [*NUMBERS, ("equals", "1,099,511,627,776", {1}), ("greater", "1 000 000", {1})],
    "yes": [("is", "yes", {1}), ("is", "No", {2}), ("empty", "yes", {3, 4})],
    "colour": [
        ("is", "RED", {1}),
        ("is", "BLUE", {2}),
        ("in", "RED, BLUE", {1, 2}),
        ("in", "RED\nBLUE", {1, 2}),
        ("not_in", "RED;BLUE", {3, 4}),
        ("not_in", "RED", {2, 3, 4}),
        ("empty", "no", {1, 2}),
    ],
    "day": DAYS,
    "moment": DAYS,
    "weight": [
        ("equals", "2.5", {1}),
        ("equals", "2,5", {1}),
        ("greater", "-1", {1}),
        ("smaller", "2.5", {2}),
        ("empty", "yes", {3, 4}),
        ("not_equals", "2.50", {2, 3, 4}),
        ("in", "2.5, 7", {1}),
        ("not_in", "2.5, 7", {2, 3, 4}),
        ("at_least", "2.5", {1}),
        ("between", "-1 to 0", {2}),
        ("at_most", "2.5", {1, 2}),
    ],
    "price": [
        ("equals", "9.99", {1}),
        ("greater", "9.99", {2}),
        ("not_equals", "9.99", {2, 3, 4}),
        ("smaller", "10.00", {1}),
        ("in", "9.99,10", {1, 2}),
        ("in", "9.99\n10", {1, 2}),
        ("not_in", "9.99", {2, 3, 4}),
        ("at_least", "10", {2}),
        ("at_most", "9.99", {1}),
        ("between", "9.99 to 9.999", {1}),
        ("empty", "no", {1, 2}),
    ],
    "uid": [
        ("equals", str(UID), {1}),
        ("not_equals", str(UID), {2, 3, 4}),
        ("in", f"{UID}, {uuid.UUID(int=7)}", {1}),
        ("in", f"{uuid.UUID(int=7)} {UID}", {1}),
        ("not_in", str(UID), {2, 3, 4}),
        ("empty", "yes", {3, 4}),
    ],
    "clock": [
        ("from", "09:30", {1, 2}),
        ("from", "09:31", {2}),
        ("until", "09:30", {1}),
        ("until", "09:29", set()),
        ("empty", "yes", {3, 4}),
    ],
    "length": [
        ("equals", "2h 30m", {1}),
        ("not_equals", "2:30:00", {2, 3, 4}),
        ("at_least", "2:30:00", {1, 2}),
        ("at_least", "2:30:01", {2}),
        ("at_most", "26:00:00", {1, 2}),
        ("at_most", "25:59:59", {1}),
        ("empty", "yes", {3, 4}),
    ],
}


@both_stores
@pytest.mark.parametrize("column", FOUND)
def test_operator_finds_what_its_words_say(column: str, find: Callable[[str, str, str], set[int]]) -> None:
    asked = FOUND[column]

    answers = [(slug, text, find(column, slug, text)) for slug, text, _ in asked]

    assert answers == asked


@pytest.mark.parametrize("column", [column for column in FOUND if column != "long"])
def test_every_operator_is_asked_above(column: str) -> None:
    assert set(operators(column)) == {slug for slug, _, _ in FOUND[column]}


@pytest.mark.parametrize("column", sorted(Sample.__table__.columns.keys()))
def test_every_type_gets_operators_of_ours_or_none(column: str) -> None:
    attribute = getattr(Sample, column)

    found = operators_of(attribute, column)

    assert [operator for operator in found if not isinstance(operator, Operator)] == []


REFUSED = [
    ("text", "contains", "  ", "Enter a value."),
    ("text", "in", " , ,", "Enter one or more values, separated by commas."),
    ("text", "empty", "perhaps", "Enter yes or no."),
    ("number", "equals", "five", "Enter a whole number, like 42."),
    ("number", "equals", "1.5", "Enter a whole number, like 42."),
    ("number", "equals", "²", "Enter a whole number, like 42."),
    ("number", "greater", str(2**31), "Enter a number between -2,147,483,648 and 2,147,483,647."),
    ("small", "equals", "-32769", "Enter a number between -32,768 and 32,767."),
    ("big", "not_equals", str(2**63), f"Enter a number between {-(2**63):,} and {2**63 - 1:,}."),
    ("weight", "greater", "nan", "Enter a number, like 4.2."),
    ("weight", "equals", "1e99999", "Enter a number, like 4.2."),
    ("price", "smaller", "-Infinity", "Enter a number, like 4.2."),
    ("price", "equals", "9" * 999, "Enter a number, like 4.2."),
    ("number", "smaller", "9" * 999, "Enter a whole number, like 42."),
    ("number", "equals", "50 45", "Enter a whole number, like 42."),
    ("number", "equals", "50\n45", "Enter a whole number, like 42."),
    ("number", "equals", "1_000", "Enter a whole number, like 42."),
    ("number", "equals", "5.045", "“5.045” could be 5045 or 5.045. Enter the one you mean."),
    ("weight", "equals", "5,045", "“5,045” could be 5045 or 5.045. Enter the one you mean."),
    (
        "number",
        "in",
        "5,045",
        (
            "“5,045” could be one number or several. "
            "Put a space after each comma between numbers, and nothing between the digits of a number."
        ),
    ),
    ("number", "in", "1,x", "Enter a whole number, like 42."),
    ("yes", "is", "maybe", "Enter yes or no."),
    ("colour", "is", "green", "Choose one of RED, BLUE."),
    ("moment", "on", "31.12.2026", "Enter a date like 2026-11-22."),
    ("moment", "from", "2026-02-30", "Enter a date like 2026-11-22."),
    ("moment", "until", "9999-12-31", "Enter a date before 9999-12-31."),
    ("day", "on", "0000-01-01", "Enter a date like 2026-11-22."),
    ("day", "between", "2026-01-01", "Enter two dates, like 2026-01-01 to 2026-01-31."),
    ("day", "between", "2026-01-01 to", "Enter two dates, like 2026-01-01 to 2026-01-31."),
    ("moment", "between", "2026-01-01 to x", "Enter a date like 2026-11-22."),
    ("moment", "within", "last-0-days", "Enter a period, like today, last 7 days or this month."),
    ("day", "within", "last-9999999999-days", "Enter a period, like today, last 7 days or this month."),
    ("number", "between", "5", "Enter two numbers, like 10 to 20."),
    ("colour", "in", "RED, green", "Choose one of RED, BLUE."),
    ("uid", "in", "1", "Enter a UUID, like 12345678-1234-5678-1234-567812345678."),
]


@pytest.mark.parametrize(("column", "slug", "text", "message"), REFUSED)
def test_an_unusable_value_gets_a_message_that_says_what_to_type(
    column: str, slug: str, text: str, message: str
) -> None:
    operator = operators(column)[slug]

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        operator.parse(text)


@both_stores
@pytest.mark.parametrize(("day", "rows"), [("0001-01-01", {1, 2}), ("9999-12-30", set())])
def test_first_and_last_day_of_the_calendar_can_be_asked_for(
    day: str, rows: set[int], find: Callable[[str, str, str], set[int]]
) -> None:
    assert find("moment", "from", day) == rows
    assert find("day", "from", day) == rows
    assert find("moment", "on", day) == set()
