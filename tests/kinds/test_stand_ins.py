"""Placeholders for records that swap values of a unique column: none is in use, and each record gets its own."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from admin_app.extensions import db
from admin_app.kinds import placeholder

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(
    ("type_", "nullable", "values", "standing_in"),
    [
        (sa.String(40), False, ["a", "b"], ["\x1a1", "\x1a2"]),
        (sa.Integer(), False, [3, 4], [-1, -2]),
        (sa.Integer(), False, [-5, 4], [-6, -7]),
        (sa.Date(), True, [None, None], [None, None]),
    ],
)
def test_each_record_gets_a_placeholder_of_its_own(
    type_: Any, values: list[Any], standing_in: list[Any], *, nullable: bool
) -> None:
    table = sa.Table(
        "stand_in_sample",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("value", type_, nullable=nullable, unique=True),
        prefixes=["TEMPORARY"],
    )
    connection = db.session.connection()
    table.create(connection)
    connection.execute(table.insert(), [{"id": key, "value": value} for key, value in enumerate(values, 1)])

    connection.execute(table.update().values(value=placeholder(table.c.value)))

    assert connection.scalars(sa.select(table.c.value).order_by(table.c.id)).all() == standing_in


@pytest.mark.parametrize("type_", [sa.String(3), sa.Date()])
def test_some_columns_have_no_placeholder(type_: Any) -> None:
    key, value = sa.Column("id", sa.Integer, primary_key=True), sa.Column("value", type_, nullable=False)

    assert placeholder(sa.Table("sample", sa.MetaData(), key, value).c.value) is None
