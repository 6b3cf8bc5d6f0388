from __future__ import annotations

import pytest
from sqlalchemy import Column, Date, Integer, MetaData, String, Table, select

from admin_app.kinds import kind_of

PLACES = Table(
    "place",
    MetaData(),
    Column("id", Integer),
    Column("name", String(80)),
    Column("code", String(2)),
    Column("day", Date),
)


@pytest.mark.parametrize("name", ["id", "code", "day"])
def test_what_has_no_room_for_a_key_has_no_value_that_stands_in(name: str) -> None:
    assert kind_of(PLACES.c[name]).stand_in_sql(PLACES.c.id) is None


def test_a_text_is_stood_in_for_by_the_key_behind_a_sign_that_no_text_has() -> None:
    stand_in = kind_of(PLACES.c.name).stand_in_sql(PLACES.c.id)

    assert stand_in is not None
    compiled = select(stand_in).compile()
    assert list(compiled.params.values()) == ["\x1a"]
