"""What is refused as JSON, and where it says the mistake is."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import JSON, literal, select

from admin_app.db.json_spelling import Spelled, spelled
from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.kinds.history import from_json_sql, json_of
from admin_app.kinds.json import value_of
from tests.kinds.everything import COLUMNS, Everything


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[1,\n 2", "Line 2, column 3: Expecting ',' delimiter"),
        ("NaN", "JSON has no number NaN"),
        ('{"a": ["\\u0000"]}', "It contains a character that cannot be stored"),
        ('{"\\ud800": 1}', "It contains a character that cannot be stored"),
        ("[" * 100_000, "The JSON is nested too deeply"),
        (f"{'[' * 101}1{']' * 101}", "The JSON is nested too deeply"),
        ("[1e400]", "The number 1e400 is too large"),
        ("-1e999", "The number -1e999 is too large"),
        ("7" * 401, "The number 77777777777777777777… has more than 400 digits"),
        ('[{"a": 1, "b": 2, "a": 1}]', "The name “a” stands twice in one object"),
    ],
)
def test_json_that_cannot_be_stored_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        value_of(text)


def test_json_at_the_limits_of_depth_and_length_is_read_and_written() -> None:
    text = f"{'[' * 99}{'7' * 400}{']' * 99}"

    assert spelled(value_of(text)) == text


def test_both_databases_spell_json_as_the_history_does(app: Flask) -> None:
    values = [value_of(text) for text in ("-0.0", "1e308", "5e-324", "1E+2", "7" * 400, '{"b": "\\u007f", "aa": 1.10}')]

    with app.app_context():
        found = [db.session.scalar(select(Spelled(literal(value, JSON)))) for value in values]

    assert found == [spelled(value) for value in values]


@pytest.mark.parametrize("value", [5, 1.5, True, "5", "real:5"])
def test_json_that_is_no_object_is_read_and_comes_back_from_the_history(value: object, stored: sa.Connection) -> None:
    dialect, mine = stored.dialect.name, COLUMNS.id == 1
    stored.execute(sa.update(Everything).where(mine).values(json=value))
    kept = kind_of(COLUMNS.json).to_history(value)

    written = stored.scalar(sa.select(json_of({"json": COLUMNS.json}, dialect)).where(mine))
    back = from_json_sql(COLUMNS.json, sa.literal(str(written)), "json", dialect)
    stored.execute(sa.update(Everything).values(json=back))

    assert json.loads(str(written)) == {"json": kept}
    assert stored.scalars(sa.select(COLUMNS.json)).all() == [value, value]
