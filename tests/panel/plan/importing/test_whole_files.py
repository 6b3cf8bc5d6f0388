from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from admin_app.db import json_values
from admin_app.domain.plan.lines import BATCH
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.export.columns import import_columns
from admin_app.panel.registry import resource_of
from tests.stores import both_stores
from tests.transfer.bringing import all_of, bring, message_for, refused, rows_of_users

pytestmark = [pytest.mark.covers, pytest.mark.usefixtures("context"), both_stores]
Make = Callable[..., Any]


# ---- what comes in


def test_rows_become_records() -> None:
    report = bring(User, "name,email\r\nAda,ada@example.com\r\nŽofie,zofie@example.com\r\n")

    assert (report.created, report.changed, report.unchanged) == (2, 0, 0)
    assert all_of(User, "name", "email") == [("Ada", "ada@example.com"), ("Žofie", "zofie@example.com")]


def test_ids_and_times_are_kept() -> None:
    bring(User, "id,name,email,created_at\n7,Ada,ada@example.com,2010-08-25T18:10:17.500\n")

    user = db.session.get(User, 7)
    assert user is not None
    assert user.created_at.isoformat() == "2010-08-25T18:10:17.500000+00:00"


def test_the_next_record_made_gets_an_id_of_its_own() -> None:
    bring(User, "id,name,email\n1000041,Ada,ada@example.com\n")

    db.session.add(User(name="Bob", email="bob@example.com"))
    db.session.commit()

    assert all_of(User, "id", "name") == [(1000041, "Ada"), (1000042, "Bob")]


def test_rows_with_and_without_ids_come_in_together() -> None:
    report = bring(User, "id,name,email\n,Ada,a@example.com\n1,Bob,b@example.com\n,Cleo,c@example.com\n")

    assert report.created == 3
    assert sorted(all_of(User, "name")) == [("Ada",), ("Bob",), ("Cleo",)]
    assert all_of(User, "id", "name")[0] == (1, "Bob")


def test_rows_whose_ids_exist_change_those_records(make_user: Make) -> None:
    first, second = make_user(name="Ada"), make_user(name="Bob")

    report = bring(User, f"id,name\n{first.id},Ada\n{second.id},Robert\n")

    assert (report.created, report.changed, report.unchanged) == (0, 1, 1)
    assert all_of(User, "name", "version") == [("Ada", 1), ("Robert", 2)]


def test_an_empty_time_leaves_a_record_its_own(make_user: Make) -> None:
    user = make_user(name="Ada")
    made = user.created_at

    bring(User, f"id,name,created_at\n{user.id},Grace,\n")

    assert all_of(User, "name", "created_at") == [("Grace", made)]


def test_headers_may_be_labels_in_any_case_and_order() -> None:
    bring(User, "EMAIL, Name \nada@example.com,Ada\n")

    assert all_of(User, "name", "email") == [("Ada", "ada@example.com")]


def test_a_byte_order_mark_is_no_part_of_the_header() -> None:
    bring(User, b"\xef\xbb\xbfname,email\nAda,ada@example.com\n")

    assert all_of(User, "name") == [("Ada",)]


def test_blank_lines_are_passed_over_and_counted() -> None:
    text = "content,user_id\nfirst,\n\n\nlast,99\n"

    assert refused(Post, text) == [(5, "User ID “99”: it does not exist.")]


def test_quoted_line_breaks_quotes_and_commas_are_text() -> None:
    bring(Post, 'content\r\n"two\r\nlines, ""quoted"""\r\n')

    assert all_of(Post, "content") == [('two\r\nlines, "quoted"',)]


@pytest.mark.parametrize(("is_verbatim", "content"), [(False, "=1+1"), (True, "'=1+1")])
def test_the_apostrophe_before_a_formula_is_taken_off_unless_verbatim(content: str, *, is_verbatim: bool) -> None:
    bring(Post, "content\n'=1+1\n", is_verbatim=is_verbatim)

    assert all_of(Post, "content") == [(content,)]


def test_text_longer_than_pythons_usual_limit_comes_in() -> None:
    bring(Post, f"content\n{'x' * 200_000}\n")

    assert [len(content) for (content,) in all_of(Post, "content")] == [200_000]


def test_empty_cells_are_no_value() -> None:
    bring(Post, "id,content,user_id\n1,,\n")

    assert all_of(Post, "content", "user_id") == [("", None)]


def test_a_header_without_rows_brings_nothing() -> None:
    report = bring(User, "name,email\n")

    assert (report.created, report.changed, report.unchanged) == (0, 0, 0)


# ---- what is refused as a whole


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name,phone\nAda,1\n",
            "The header “phone” is not a column of this list. Choose from: name, email, id, created_at.",
        ),
        ("name,Name\nAda,Ada\n", "The header “Name” is there twice."),
        ("", "The first row must name the columns: name, email, id, created_at."),
        ("\n,,\n", "The first row must name the columns: name, email, id, created_at."),
        ("name;phone\nAda;1\n", "The header “phone” is not a column of this list. Choose from: name, email, id, created_at."),
        ("posts\n5\n", "The first row must name the columns: name, email, id, created_at."),
    ],
)  # fmt: skip
def test_a_file_that_is_not_understood_is_refused_in_one_sentence(text: str | bytes, message: str) -> None:
    assert message_for(User, text) == message


@pytest.mark.parametrize("text", ['content\n"first\nsecond\nthird\n', 'content\n"first" of all\nsecond\n'])
def test_a_quote_that_is_not_closed_properly_is_refused_and_swallows_no_rows(text: str) -> None:
    assert message_for(Post, text).startswith("This is not CSV from line ")
    assert all_of(Post, "id") == []


def test_a_password_hash_cannot_be_imported() -> None:
    assert "password" not in {column.key for column in import_columns(resource_of(User))}  # type: ignore[arg-type]
    assert "is not a column of this list" in message_for(User, "name,email,version\nAda,a@example.com,9\n")


def test_a_column_that_the_history_does_not_keep_is_passed_over(
    make_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_user(name="Ada", email="ada@example.com").id
    monkeypatch.setattr(json_values, "_KEPT", {})
    monkeypatch.setattr(User, "__history__", ("email",))

    bring(User, f"id,name,email\n{key},Grace,grace@example.com\n")

    assert all_of(User, "name", "email") == [("Ada", "grace@example.com")]


def test_a_column_that_a_person_may_add_to_the_list_is_passed_over(make_user: Any) -> None:
    key = make_user(name="Ada", email="ada@example.com").id

    report = bring(User, f"id,name,email,Updated at\n{key},Ada,ada@example.com,2001-01-01\n")

    assert (report.created, report.changed, report.unchanged) == (0, 0, 1)


def test_a_cell_below_no_title_is_the_rows_problem() -> None:
    assert refused(User, ",name,email\n,Ada,ada@example.com\n0,Bo,bo@example.com\n") == [
        (3, "“0,Bo,bo@example.com”: there is no header above “0”.")
    ]


def test_emptied_columns_are_ignored() -> None:
    bring(User, "name,,email,\nAda,,ada@example.com,\n")

    assert all_of(User, "name", "email") == [("Ada", "ada@example.com")]


def test_a_record_that_is_changed_while_the_file_is_read_stops_all_of_it(make_user: Make) -> None:
    ada, bob = make_user(name="Ada"), make_user(name="Bob")

    def meddle(_count: int) -> None:
        ada.name = "Adele"
        db.session.flush()

    with pytest.raises(TransferError) as caught:
        bring(User, f"id,name\n{ada.id},Adeline\n{bob.id},Robert\n", on_rows=meddle)

    assert caught.value.problems == ((2, "It was changed after the plan was made."),)
    assert all_of(User, "name") == [("Ada",), ("Bob",)]


# ---- how it is read


def test_statements_grow_with_batches_and_not_with_rows(
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    def sent_for(rows: int, first: int) -> int:
        text = "".join(f"{key},User {key},user{key}@example.com\n" for key in range(first, first + rows))
        with statements() as sent:
            bring(User, f"id,name,email\n{text}")
        return len(sent)

    # The first rows of an empty table are indexed apart, by statements of their own.
    sent_for(1, 9000)

    assert sent_for(BATCH, 1) == sent_for(2, 5000)


def test_progress_is_told_in_rows() -> None:
    heard: list[int] = []

    bring(User, f"id,name,email\n{rows_of_users(BATCH + 3)}", on_rows=heard.append)

    assert heard == [BATCH, 3]
