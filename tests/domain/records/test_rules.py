"""What a value must be to fit its column, in words that say how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Integer, SmallInteger, String, Text

from admin_app.domain.records.rules import is_required, problem_with, problem_with_uniqueness
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.unicode_text import has_something_to_see

NAME = Column("name", String(5), nullable=False)
NOTE = Column("note", Text, nullable=True)
EMAIL = Column("email", String(120), nullable=False, info={"format": "email"})


@pytest.mark.parametrize(
    ("column", "needed"),
    [
        (NAME, True),
        (NOTE, False),
        (Column("n", Integer, nullable=False, default=0), False),
        (Column("n", Integer, nullable=False, server_default="0"), False),
        (Post.__table__.c.content, False),
        (Post.__table__.c.user_id, False),
        (User.__table__.c.email, True),
        (Staff.__table__.c.roles, False),
    ],
)
def test_value_has_to_be_given_where_nothing_else_fills_the_column(column: Any, needed: bool) -> None:  # noqa: FBT001 -- a column of the table above
    assert is_required(column) == needed


@pytest.mark.parametrize(
    ("column", "label", "value", "problem"),
    [
        (NAME, "Name", None, "Enter the name."),
        (NAME, "Name", "", "Enter the name."),
        (NAME, "Name", " \t\n\u00a0", "Enter the name."),
        (NAME, "ID of it", "", "Enter the ID of it."),
        (NAME, "Name", "Ann", None),
        (NAME, "Name", "12345", None),
        (NAME, "Name", "💥💥💥💥💥", None),
        (NAME, "Name", "123456", "Name must be 5 characters or fewer; it has 6."),
        (NAME, "Name", "x" * 12345, "Name must be 5 characters or fewer; it has 12,345."),
        (NAME, "Name", "a\0b", "Name contains a NUL character, which cannot be stored. Remove it."),
        (NAME, "Name", "\0", "Name contains a NUL character, which cannot be stored. Remove it."),
        (NOTE, "Note", None, None),
        (NOTE, "Note", "", None),
        (NOTE, "Note", "x" * 1_000_000, None),
        (NOTE, "Note", "\0", "Note contains a NUL character, which cannot be stored. Remove it."),
        (NAME, "Name", "\u200b", "Enter the name."),
        (NAME, "Name", "\u3164\ufeff", "Enter the name."),
        (
            EMAIL,
            "Email",
            "ann@exam\u200bple.com",
            "Email contains an invisible character: zero width space (U+200B). Remove it.",
        ),
        (
            EMAIL,
            "Email",
            "ann\u00a0lee@example.com",
            "Email contains an invisible character: no-break space (U+00A0). Remove it.",
        ),
        (EMAIL, "Email", "ann@example.com", None),
        (EMAIL, "Email", "ünï@exämple", None),
        (EMAIL, "Email", "ann", "Email must look like name@example.com."),
        (EMAIL, "Email", "@", "Email must look like name@example.com."),
        (EMAIL, "Email", "ann@", "Email must look like name@example.com."),
        (EMAIL, "Email", "a@b@c", "Email must look like name@example.com."),
        (EMAIL, "Email", "ann lee@example.com", "Email must look like name@example.com."),
        (EMAIL, "Email", "ann@example.com\n", "Email must look like name@example.com."),
    ],
)
def test_text_that_does_not_fit_is_told_how_to_be_mended(
    column: Any, label: str, value: str | None, problem: str | None
) -> None:
    assert problem_with(column, label, value) == problem


@pytest.mark.parametrize(
    ("kind", "smallest", "largest"),
    [(SmallInteger, -(2**15), 2**15 - 1), (Integer, -(2**31), 2**31 - 1), (BigInteger, -(2**63), 2**63 - 1)],
)
def test_number_has_to_fit_on_both_stores(kind: Any, smallest: int, largest: int) -> None:
    column = Column("number", kind)

    problems = [problem_with(column, "Number", value) for value in (smallest - 1, smallest, largest, largest + 1)]

    words = f"Number must be between {smallest:,} and {largest:,}."
    assert problems == [words, None, None, words]


@settings(deadline=None)
@given(st.text())
def test_text_that_has_no_problem_fits(value: str) -> None:
    problem = problem_with(NAME, "Name", value)

    fits = 0 < len(value) <= 5 and has_something_to_see(value) and "\0" not in value
    assert (problem is None) == fits


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("email", ["ann@example.com", "ANN@Example.com"])
def test_value_of_another_record_is_taken_in_any_case(email: str, make_user: Callable[..., User]) -> None:
    ann = make_user(email="ann@example.com")
    column = User.__table__.c.email

    problem = problem_with_uniqueness(db.session, column, "Email", email, model=User)

    assert problem == f"Email is already used by user {ann.id}. Enter a different one."


@pytest.mark.usefixtures("context")
def test_value_of_another_record_is_taken_in_any_alphabets_case(make_user: Callable[..., User]) -> None:
    jose = make_user(email="josé@example.com")
    column = User.__table__.c.email

    problem = problem_with_uniqueness(db.session, column, "Email", "JOSÉ@example.com", model=User)

    assert problem == f"Email is already used by user {jose.id}. Enter a different one."


@pytest.mark.usefixtures("context")
def test_value_is_free_for_the_record_that_has_it(make_user: Callable[..., User]) -> None:
    ann = make_user(email="ann@example.com")
    column = User.__table__.c.email

    problems = [
        problem_with_uniqueness(db.session, column, "Email", value, model=User, record_id=ann.id)
        for value in ("ann@example.com", "ANN@example.com", "free@example.com", None)
    ]

    assert problems == [None] * 4


@pytest.mark.usefixtures("context")
def test_asking_whether_a_value_is_free_writes_nothing(make_user: Callable[..., User]) -> None:
    make_user()
    db.session.add(User(name="Not yet", email="notyet@example.com"))

    problem = problem_with_uniqueness(db.session, User.__table__.c.email, "Email", "notyet@example.com", model=User)

    assert problem is None
    assert len(db.session.new) == 1
    db.session.rollback()


@pytest.mark.usefixtures("context")
def test_characters_of_the_query_language_are_only_themselves(make_user: Callable[..., User]) -> None:
    make_user(email="ann@example.com")

    problem = problem_with_uniqueness(db.session, User.__table__.c.email, "Email", "%", model=User)

    assert problem is None
