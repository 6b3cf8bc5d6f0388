"""Unique text ignores capitals in Python and on both databases, and the database enforces it."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from admin_app import unicode_text
from admin_app.db import caseless
from admin_app.extensions import db
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.models.user import User

# Of each the store has to think that they are the same.
SAME = [
    ("one@example.com", "One@Example.COM"),
    ("josé@example.com", "JOSÉ@example.com"),
    ("josé@example.com", "jose\u0301@example.com"),
    ("παππάς@example.com", "ΠΑΠΠΆΣ@example.com"),
    ("straße@example.com", "STRASSE@example.com"),
    ("oﬃce@example.com", "OFFICE@example.com"),
    ("ibrahim@example.com", "İbrahim@example.com"),
]


@pytest.mark.usefixtures("context")
def test_every_letter_means_the_same_to_python_and_the_store() -> None:
    every = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    # With a letter between them, so that none joins the one before.
    texts = ["x".join(every[start : start + 64]) for start in range(0, len(every), 64)]

    parts = [texts[start : start + 200] for start in range(0, len(texts), 200)]
    found = [
        one for part in parts for one in db.session.execute(select(*(func.caseless(text_) for text_ in part))).one()
    ]

    assert [a for a, b in zip(texts, found, strict=True) if unicode_text.caseless(a) != b] == []


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_database_refuses_texts_that_differ_only_in_case(one: str, other: str, make_user: Any) -> None:
    make_user(email=one)

    with pytest.raises(IntegrityError):
        make_user(email=other)

    db.session.rollback()
    assert db.session.scalars(select(User.email)).all() == [one]


@pytest.mark.usefixtures("context")
def test_every_unique_text_of_a_record_has_its_index() -> None:
    with db.engine.connect() as connection:
        present = caseless.present(connection)

    assert present.keys() == caseless.declared(db.metadata)
    assert present.keys() == {("user", "email"), ("staff", "email"), ("role", "name"), ("role", "key")}


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("column", [User.email, Staff.email, Role.name, Role.key])
def test_a_look_up_goes_by_the_index(column: Any, store: str) -> None:
    asked = select(column).where(caseless.same(column, "One@example.com"))
    sql = str(asked.compile(db.engine, compile_kwargs={"literal_binds": True}))
    with db.engine.connect() as connection:
        if store == "postgres":
            # With few rows it would read all of them.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if store == 'sqlite' else ''}{sql}").all()

    assert caseless.index_name(column.class_.__tablename__, column.key) in str(plan)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_another_program_reads_and_copies_and_is_told_why_it_cannot_write(make_user: Any, tmp_path: Path) -> None:
    make_user(name="Ann", email="ann@example.com")
    other = sqlite3.connect(str(db.engine.url.database))
    copy = sqlite3.connect(tmp_path / "copy.db")

    other.backup(copy)
    with pytest.raises(sqlite3.OperationalError, match="unknown function: caseless"):
        other.execute("""UPDATE "user" SET email = 'Bea@example.com'""")

    assert copy.execute('SELECT name, email FROM "user"').fetchall() == [("Ann", "ann@example.com")]
    other.close()
    copy.close()


def test_values_other_than_text_stay_unchanged() -> None:
    assert [caseless.caseless(value) for value in (None, 7, b"Ab")] == [None, 7, b"Ab"]


def test_long_names_end_like_every_other_within_what_postgresql_keeps_and_differ() -> None:
    names = [caseless.index_name("ä" * 40, f"{'b' * 40}{one}") for one in "12"]

    assert [(len(one.encode()), caseless.is_own(one)) for one in names] == [(63, True)] * 2
    assert names[0] != names[1]
    assert caseless.index_name("user", "email") == caseless.former_name("user", "email") == "uq_user_email_caseless"
