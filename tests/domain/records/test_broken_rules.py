"""A rule that the database alone knows: it is named, at the field that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.record import Timestamped, Versioned
from admin_app.domain.records.broken_rules import NO_PARTITION, NO_VALUE, UNNAMED, broken_rule
from admin_app.extensions import db


class Base(DeclarativeBase):
    """A table of this test alone."""


class Crate(Timestamped, Versioned, Base):
    """With rules that only the database enforces."""

    __tablename__ = "ruled_crate"
    __table_args__ = (
        CheckConstraint("width >= 0", name="ck_ruled_crate_width"),
        CheckConstraint("width < height", name="ck_ruled_crate_upright"),
        # SQLite tells of it by its text, which is no name, PostgreSQL by a name that it makes.
        CheckConstraint("depth < 100"),
    )
    __history__ = None
    __restored__ = {}

    id: Mapped[int] = mapped_column(primary_key=True)
    width: Mapped[int] = mapped_column(default=1)
    tall: Mapped[int] = mapped_column("height", default=2)
    depth: Mapped[int] = mapped_column(default=1)


# What PostgreSQL has besides: a domain, and an exclusion.
FURTHER = """
ALTER TABLE ruled_crate ADD CONSTRAINT no_two_alike EXCLUDE USING btree (depth WITH =) WHERE (depth > 50);
CREATE DOMAIN ruled_depth AS integer CONSTRAINT even CHECK (VALUE % 2 = 0);
ALTER TABLE ruled_crate ALTER COLUMN height TYPE ruled_depth;
"""


@pytest.fixture(autouse=True)
def table(context: object, store: str) -> Iterator[None]:  # noqa: ARG001 -- the store to make the table in
    with db.engine.begin() as connection:
        Base.metadata.create_all(connection)
        if store == "postgres":
            connection.execute(text(FURTHER))
    yield
    Base.metadata.drop_all(db.engine)
    if store == "postgres":
        with db.engine.begin() as connection:
            connection.execute(text("DROP DOMAIN ruled_depth"))


def problems(*rows: dict[str, Any]) -> dict[str, str]:
    *before, last = (insert(Crate).values(**row) for row in rows)
    with db.engine.connect() as connection:
        for one in before:
            connection.execute(one)
        with pytest.raises(IntegrityError) as refused:
            connection.execute(last)
    return broken_rule(refused.value, Crate)


def test_a_rule_is_named_at_its_field_or_at_the_record_if_it_is_about_several(store: str) -> None:
    rule = "The database refuses this by its rule “{}”."
    unnamed = UNNAMED if store == "sqlite" else rule.format("ruled_crate_depth_check")
    twice = {} if store == "sqlite" else {"": f"{rule.format('ruled_crate_pkey')} Nothing was saved."}

    assert problems({"width": -1}) == {"width": rule.format("ck_ruled_crate_width")}
    assert problems({"width": 4}) == {"": f"{rule.format('ck_ruled_crate_upright')} Nothing was saved."}
    assert problems({"tall": None}) == {"tall": NO_VALUE}
    assert problems({"depth": 100}) == {"depth": unnamed}
    assert problems({"id": 1}, {"id": 1}) == twice


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_rules_of_postgresql_are_named_that_no_model_has() -> None:
    rule = "The database refuses this by its rule “{}”."
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE parted (at date) PARTITION BY RANGE (at)"))
        with pytest.raises(IntegrityError) as unparted, connection.begin_nested():
            connection.execute(text("INSERT INTO parted VALUES ('2026-01-01')"))
        connection.execute(text("DROP TABLE parted"))

    assert problems({"depth": 60}, {"depth": 60}) == {"": f"{rule.format('no_two_alike')} Nothing was saved."}
    assert problems({"tall": 3}) == {"": f"{rule.format('even')} Nothing was saved."}
    assert broken_rule(unparted.value, Crate) == {"": NO_PARTITION}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_rule_that_sqlite_names_is_named_though_no_model_has_it() -> None:
    named = "ALTER TABLE ruled_crate ADD COLUMN state TEXT CONSTRAINT known CHECK (state <> 'gone')"
    with db.engine.connect() as connection:
        connection.execute(text(named))
        with pytest.raises(IntegrityError) as refused:
            connection.execute(text("INSERT INTO ruled_crate SELECT 1, 2, 1, 'now', 'now', 1, 1, 'gone'"))

    assert broken_rule(refused.value, Crate) == {
        "": "The database refuses this by its rule “known”. Nothing was saved."
    }
