"""What is refused as JSON, and where it says the mistake is."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import JSON, literal, select
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from admin_app.db.json_exact import JSON_NULL
from admin_app.db.json_nulls import tell_nulls
from admin_app.db.json_spelling import Spelled, spelled
from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.kinds.history import from_json_sql, json_of
from admin_app.kinds.json import value_of
from admin_app.panel.kinds import column_cell, operators_of
from tests.kinds.everything import COLUMNS, Everything
from tests.kinds.test_every_kinds_pages import field_of


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[1,\n 2", "Line 2, column 3: Expecting ',' delimiter"),
        ("NaN", "JSON has no number NaN"),
        ('{"a": ["\\u0000"]}', "It contains a character that cannot be stored"),
        ('{"\\ud800": 1}', "It contains a character that cannot be stored"),
        ("[" * 100_000, "The JSON is nested too deeply"),
        (f"{'[' * 101}1{']' * 101}", "The JSON is nested too deeply"),
        ("[1e4000]", "The number 1e4000 has more than 4,000 digits"),
        (f"-1e{'9' * 30}", "The number -1e99999999999999999… has more than 4,000 digits"),
        (f"[{', '.join(['1e3999'] * 26)}]", "Written without exponents, its numbers have more than 100,000 digits"),
        ("7" * 4001, "The number 77777777777777777777… has more than 4,000 digits"),
        ('[{"a": 1, "b": 2, "a": 1}]', "The name “a” stands twice in one object"),
    ],
)
def test_json_that_cannot_be_stored_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        value_of(text)


def test_json_at_the_limits_of_depth_and_length_is_read_and_written() -> None:
    text = f"{'[' * 99}{'7' * 4000}{']' * 99}"

    assert spelled(value_of(text)) == text


def test_both_databases_spell_json_as_the_history_does(app: Flask) -> None:
    values = [
        value_of(text)
        for text in ("-0.0", "1e308", "5e-324", "1E+2", "7" * 4000, "null", "1e400", '{"b": "\\u007f", "aa": 1.10}')
    ]

    with app.app_context():
        found = [db.session.scalar(select(Spelled(literal(value, COLUMNS.json.type)))) for value in values]

    assert found == [spelled(value) for value in values]


DIGITS = value_of('{"a": 1.10, "b": [0.1234567890123456789, 1e400], "c": 12345678901234567890}')


@pytest.mark.parametrize("value", [None, JSON_NULL, 5, 1.5, True, "5", "null", "real:5", DIGITS])
def test_json_is_read_and_comes_back_from_the_history(value: object, stored: sa.Connection) -> None:
    dialect, mine = stored.dialect.name, COLUMNS.id == 1
    stored.execute(sa.update(Everything).where(mine).values(json=value))
    kept = kind_of(COLUMNS.json).to_history(value)

    written = stored.scalar(sa.select(json_of({"json": COLUMNS.json}, dialect)).where(mine))
    back = from_json_sql(COLUMNS.json, sa.literal(str(written)), "json", dialect)
    stored.execute(sa.update(Everything).values(json=back))

    assert json.loads(str(written)) == {"json": kept}
    assert [*map(written_as, stored.scalars(sa.select(COLUMNS.json)))] == [written_as(value)] * 2


def written_as(value: object) -> str | None:
    return None if value is None else spelled(value)


def test_a_field_draws_the_digits_and_tells_null_from_nothing() -> None:
    fields = [field_of("json", data=value) for value in (DIGITS, JSON_NULL, None)]

    assert [field._value() for field in fields] == [
        '{\n  "a": 1.10,\n  "b": [\n    0.1234567890123456789,\n    1e400\n  ],\n  "c": 12345678901234567890\n}',
        "null",
        "",
    ]
    assert [value_of(field._value()) for field in fields[:2]] == [DIGITS, JSON_NULL]


@pytest.mark.parametrize(
    ("asked", "found"), [("empty=yes", [2]), ("empty=no", [1]), ("null=yes", [1]), ("null=no", [])]
)
def test_filters_tell_null_from_nothing(asked: str, found: list[int], stored: sa.Connection) -> None:
    for key, value in ((1, JSON_NULL), (2, None)):
        stored.execute(sa.update(Everything).where(COLUMNS.id == key).values(json=value))
    slug, _, answer = asked.partition("=")
    operator = next(one for one in operators_of(Everything.json, "It") if one.slug == slug)

    keys = stored.scalars(sa.select(COLUMNS.id).where(operator.criterion(operator.parse(answer))))

    assert [*keys] == found


def test_a_list_draws_the_spelling_of_a_value() -> None:
    values = [JSON_NULL, "null", "5", value_of("5.10")]

    cells = [column_cell(COLUMNS.json, value, is_whole=True).text for value in values]

    assert cells == ["null", '"null"', '"5"', "5.10"]


def test_an_edit_of_digits_alone_is_one() -> None:
    one, other = value_of("[1.10]"), value_of("[1.1]")

    assert one != other
    assert (one[0] != other[0], one[0] == deepcopy(one[0]), one[0] == 1.1) == (True, True, True)


class Own(TypeDecorator[Any]):
    """An application's type, which knows of no `null`; and of nothing that its column cannot hold."""

    impl = JSON
    cache_ok = True

    def process_result_value(self, value: Any, _dialect: Any) -> Any:
        return "nothing" if value is None else value


def test_types_of_an_application_and_columns_that_track_changes_read_it_as_ever(context: Flask) -> None:  # noqa: ARG001 -- the store
    class Base(DeclarativeBase):
        """Tables of this test alone."""

    class Tracked(Base):
        __tablename__ = "tracked"

        id: Mapped[int] = mapped_column(primary_key=True)
        own: Mapped[Any] = mapped_column(Own, nullable=True)
        data: Mapped[Any] = mapped_column(MutableDict.as_mutable(JSON()), nullable=True)

    tell_nulls(Tracked.__table__)
    with Session(db.engine) as session:
        Base.metadata.create_all(session.connection())
        session.execute(sa.text("INSERT INTO tracked VALUES (1, 'null', 'null')"))
        found = session.get_one(Tracked, 1)
        read = (found.own, found.data)
        found.data = None
        session.flush()

        assert (read, session.scalar(sa.text("SELECT data FROM tracked"))) == (("nothing", JSON_NULL), None)
