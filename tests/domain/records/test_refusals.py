"""A value that no rule foresaw and the database does not take: refused in words, with nothing of the act saved."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.db.transaction import transaction
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.models.user import User

TOO_LONG = "x" * 2_000


@pytest.fixture(autouse=True)
def short_texts(context: object) -> Iterator[None]:  # noqa: ARG001 -- the store to write to
    """Let SQLite take no text of 2,000 characters; PostgreSQL takes 80 in this column, SQLite a billion anywhere."""
    connection = db.session.connection().connection.driver_connection
    if not isinstance(connection, sqlite3.Connection):
        yield
        return
    before = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000)
    yield
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)


def count() -> int:
    with Session(db.engine) as session:
        return session.scalar(select(func.count()).select_from(User)) or 0


def test_value_that_the_database_does_not_take_is_a_problem_of_the_record() -> None:
    with pytest.raises(InvalidRecord) as refusal, refusals_of(User), transaction(db.session):
        db.session.add(User(name=TOO_LONG, email="ann@example.com"))

    assert refusal.value.problems == {"": "The database refused a value. Nothing was saved."}
    assert count() == 0


def test_what_was_written_before_the_refused_value_is_not_saved_either() -> None:
    def write_two() -> None:
        db.session.add(User(name="Ann", email="ann@example.com"))
        db.session.flush()
        db.session.add(User(name=TOO_LONG, email="bob@example.com"))

    with pytest.raises(InvalidRecord), refusals_of(User), transaction(db.session):
        write_two()

    assert count() == 0


def test_session_can_be_used_again_after_a_refused_value() -> None:
    with pytest.raises(InvalidRecord), refusals_of(User), transaction(db.session):
        db.session.add(User(name=TOO_LONG, email="ann@example.com"))

    with transaction(db.session):
        db.session.add(User(name="Ann", email="ann@example.com"))

    assert count() == 1
