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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from admin_app.db.json_exact import JSON_NULL
from admin_app.db.json_nulls import tell_nulls
from admin_app.db.json_spelling import Spelled, spelled
from admin_app.domain.records.rules import problem_with
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


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ('{"aa":1, "b":1e200000}', True),
        ("[-1.5E+200000]", True),
        ('[1e-200000,"x"]', True),
        (r'{"a":"\u0000"}', True),
        (r'["\\\u0000"]', True),
        (r'{"a\udfff": "\ud800"}', True),
        (r'["\udc00\ud83d"]', True),
        (r'["\ud83d\ude00","\\u0000","1e200000",  1e20]', False),
    ],
)
def test_json_that_has_no_other_spelling_is_searched_as_it_is_written(
    text: str, stored: sa.Connection, *, is_kept: bool
) -> None:
    stored.execute(sa.text("UPDATE every_kind SET json = :it WHERE id = 2"), {"it": text})
    (contains,) = (one for one in operators_of(Everything.json, "It") if one.slug == "contains")

    found = {
        one: stored.scalars(sa.select(COLUMNS.id).where(contains.criterion(contains.parse(one)))).all()
        for one in ("200000", "no such")
    }
    written = stored.scalar(sa.select(Spelled(COLUMNS.json)).where(COLUMNS.id == 2))

    assert found == {"200000": [2] if "200000" in text else [], "no such": []}
    assert stored.dialect.name == "sqlite" or (written == text) is is_kept


KEPT = ["5", "-1.5", "9223372036854775807", "1e22", "5e-324", "true", '"1e400"', "[1e400, 1.10]"]
CHANGED_BY_SQLITE = {
    "1.10": "Enter 1.1, or put it in a list.",
    "1.0": "Enter 1, or put it in a list.",
    "9007199254740993.0": "Enter 9007199254740992, or put it in a list.",
    "12345678901234567891": "Enter 12345678901234567000, or put it in a list.",
    "1e-400": "Enter 0, or put it in a list.",
    "1e400": "Put it in a list.",
}


def test_a_number_alone_is_kept_as_it_is_or_refused(stored: sa.Connection) -> None:
    problems, read = {}, {}
    for text in (*KEPT, *CHANGED_BY_SQLITE):
        stored.execute(sa.update(Everything).values(json=value_of(text)))
        read[text] = written_as(stored.scalars(sa.select(COLUMNS.json)).first())
        problems[text] = problem_with(COLUMNS.json, "It", value_of(text))

    said = "It is a number alone that SQLite does not keep as it is. "
    refused = CHANGED_BY_SQLITE if stored.dialect.name == "sqlite" else {}
    assert {text: one for text, one in problems.items() if one} == {text: said + way for text, way in refused.items()}
    assert {text for text, one in read.items() if one != spelled(value_of(text))} == {*refused}


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

    tell_nulls(Tracked)
    with Session(db.engine) as session:
        Base.metadata.create_all(session.connection())
        session.execute(sa.text("INSERT INTO tracked VALUES (1, 'null', 'null')"))
        found = session.get_one(Tracked, 1)
        read = (found.own, found.data)
        found.data = None
        session.flush()
        emptied = session.scalar(sa.text("SELECT data FROM tracked"))
        found.data = {"a": 1}
        session.flush()
        found.data["a"] = 2

        assert (read, emptied) == (("nothing", JSON_NULL), None)
        assert found in session.dirty


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("names", [("free", "needed"), ("needed", "free")])
def test_columns_that_share_a_type_store_nothing_as_each_of_them_can(names: tuple[str, str]) -> None:
    class Base(DeclarativeBase):
        """Tables of this test alone."""

    shared = MutableDict.as_mutable(JSON().with_variant(JSONB(), "postgresql"))

    class Sharing(Base):
        __table__ = sa.Table(
            "sharing",
            Base.metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            *(sa.Column(name, shared, nullable=name == "free") for name in names),
        )

    other = sa.Table("not_a_record", Base.metadata, sa.Column("data", shared))
    tell_nulls(Sharing)
    with Session(db.engine) as session:
        Base.metadata.create_all(session.connection())
        session.add(Sharing(id=1, free=None, needed=None))
        session.execute(sa.insert(other).values(data=None))
        session.flush()
        stored = session.execute(
            sa.select(*(sa.cast(Sharing.__table__.c[name], sa.Text) for name in ("free", "needed")))
        )
        values = (stored.one(), session.scalar(sa.select(sa.cast(other.c.data, sa.Text))))
        session.add(found := Sharing(id=2, free={}, needed={}))
        session.flush()
        found.needed["a"] = 1

        assert values == ((None, "null"), "null")
        assert found in session.dirty
