from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admin_app.domain.plan.lines import BATCH
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.plan.importing import MOST_PROBLEMS
from tests.stores import both_stores
from tests.transfer.bringing import refused, rows_of_users

pytestmark = [pytest.mark.covers, pytest.mark.usefixtures("context"), both_stores]
Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",ada@example.com,,", "Name (empty): enter the name."),
        ("Ada,,,", "Email (empty): enter the email."),
        ("Ada,no-at-sign,,", "Email “no-at-sign”: use the form name@example.com."),
        (f"{'x' * 81},ada@example.com,,", f"Name “{'x' * 39}…”: must be 80 characters or fewer; it has 81."),
        ("A\0a,ada@example.com,,", "Name “A\0a”: contains a NUL character, which cannot be stored. Remove it."),
        ("Ada,ada@example.com,one,", "ID “one”: must be a whole number."),
        ("Ada,ada@example.com,1.0,", "ID “1.0”: must be a whole number."),
        ("Ada,ada@example.com,,soon", "Created at “soon”: must be a time like 2026-11-22T09:30:00Z."),
        ("Ada,ada@example.com,", "“Ada,ada@example.com,”: it has 3 cells; the header has 4."),
        ("Ada,ada@example.com,,,?", "“Ada,ada@example.com,,,?”: it has 5 cells; the header has 4."),
    ],
)
def test_a_wrong_row_is_named_by_its_number(row: str, problem: str) -> None:
    text = f"name,email,id,created_at\nGrace,grace@example.com,,\n{row}\n"

    assert refused(User, text) == [(3, problem)]


@pytest.mark.parametrize("key", ["0", "-5", "2147483648", "9999999999999999999"])
def test_an_id_that_no_record_can_have_is_the_rows_problem(key: str) -> None:
    assert [number for number, _ in refused(User, f"id,name,email\n{key},Ada,ada@example.com\n")] == [2]


@pytest.mark.parametrize("key", ["-1", "7", "2147483648", "9999999999999999999"])
def test_a_relation_to_a_missing_record_is_the_rows_problem(key: str) -> None:
    problems = refused(Post, f"content,user_id\nfirst,\nsecond,{key}\n")

    assert {number for number, _ in problems} == {3}


def test_every_wrong_row_is_named_in_order() -> None:
    text = "name,email\nAda,ada@example.com\n,b@example.com\nCleo,c\n"

    assert refused(User, text) == [
        (3, "Name (empty): enter the name."),
        (4, "Email “c”: use the form name@example.com."),
    ]


def test_a_file_without_a_required_column_is_refused() -> None:
    assert refused(User, "name\nAda\n") == [(2, "Email (empty): enter the email.")]


def test_only_the_first_of_many_wrong_rows_are_listed() -> None:
    text = "name,email\n" + "Ada,\n" * 3 * BATCH

    assert len(refused(User, text)) == MOST_PROBLEMS


def test_the_same_email_twice_is_refused() -> None:
    text = "name,email\nAda,ada@example.com\nGrace,ada@example.com\n"

    assert refused(User, text) == [
        (2, "Email “ada@example.com”: the same as in row 3."),
        (3, "Email “ada@example.com”: the same as in row 2."),
    ]


def test_the_same_id_twice_is_refused() -> None:
    text = "id,name,email\n5,Ada,a@example.com\n5,Bob,b@example.com\n"

    assert refused(User, text) == [(2, "ID “5”: the same as in row 3."), (3, "ID “5”: the same as in row 2.")]


def test_an_email_that_a_user_has_is_refused(make_user: Make) -> None:
    key = make_user(email="ada@example.com").id

    assert refused(User, "name,email\nAda,ada@example.com\n") == [
        (2, f"Email “ada@example.com”: already used by ID {key}.")
    ]


@pytest.mark.parametrize("email", ["Žofie@example.com", "İ@example.com", "ẞ@example.com"])
def test_an_email_that_a_user_has_is_refused_in_any_script(make_user: Make, email: str) -> None:
    key = make_user(email=email).id

    assert refused(User, f"name,email\nAda,{email}\n") == [(2, f"Email “{email}”: already used by ID {key}.")]


def test_an_email_that_differs_by_case_alone_is_refused_as_the_form_refuses_it(make_user: Make) -> None:
    make_user(email="ada@example.com")

    problems = refused(User, "name,email\nAda,ADA@example.com\nBob,bob@example.com\nBob,Bob@example.com\n")

    assert [number for number, _ in problems] == [2, 3, 4]


@pytest.mark.parametrize(
    ("has", "given"),
    [
        ("straße@example.com", "STRASSE@example.com"),
        ("παππάς@example.com", "ΠΑΠΠΆΣ@example.com"),
        ("josé@example.com", "Jose\u0301@example.com"),
    ],
)
def test_an_email_is_the_same_for_a_file_as_for_the_database(has: str, given: str, make_user: Make) -> None:
    key = make_user(email=has).id

    problems = refused(User, f"name,email\nAda,{given}\nBob,bob@example.com\n")
    twice = refused(User, f"name,email\nAda,a{given}\nBob,a{has}\n")

    assert [number for number, _ in problems] == [2]
    assert problems[0][1].endswith(f": already used by ID {key}.")
    assert [number for number, _ in twice] == [2, 3]


def test_an_email_of_an_earlier_batch_is_refused() -> None:
    text = f"id,name,email\n{rows_of_users(BATCH)}9999,Ada,user1@example.com\n"

    assert [number for number, _ in refused(User, text)] == [2, BATCH + 2]


def test_an_id_of_an_earlier_batch_is_refused() -> None:
    text = f"id,name,email\n{rows_of_users(BATCH)}1,Ada,ada@example.com\n"

    assert [number for number, _ in refused(User, text)] == [2, BATCH + 2]


def test_a_wrong_row_after_many_good_ones_takes_them_all_back() -> None:
    text = f"id,name,email\n{rows_of_users(BATCH + 5)}9999,,ada@example.com\n"

    assert refused(User, text) == [(BATCH + 7, "Name (empty): enter the name.")]
