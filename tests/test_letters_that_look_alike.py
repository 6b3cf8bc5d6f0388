"""Texts that look alike are kept alike and found alike, by whatever door they come in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.transaction import transaction
from admin_app.domain.auth import accounts
from admin_app.domain.auth.sessions import NOBODY_KNOWN
from admin_app.domain.records.lookup import EVERYTHING, find_one
from admin_app.domain.work.saved_views import create_view
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import VIEWER
from admin_app.models.saved_view import MINE
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.web.auth.password_sign_in import prove_by_password
from tests.selection.searching import rows_of, selection
from tests.transfer.bringing import all_of, bring, refused

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
NEW, EDIT = "/admin/user/new/", "/admin/user/edit/?id={}"
DECOMPOSED, COMPOSED = "Ame\u0301lie", "Amélie"


def users(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(one.name, one.email) for one in db.session.scalars(select(User).order_by(User.id))]


# ---- forms


@on_sqlite
def test_a_form_keeps_names_composed_and_without_what_nobody_sees(as_editor: Any, app: Flask) -> None:
    as_editor.post_form(NEW, {"name": f"\u200b {DECOMPOSED}\u2060 ", "email": "\ufeffjose\u0301@example.com\u200b"})

    assert users(app) == [(COMPOSED, "josé@example.com")]


@on_sqlite
@pytest.mark.parametrize("name", ["\u200b", " \u00a0", "\u3164"])
def test_a_name_has_something_to_see(name: str, as_editor: Any, app: Flask) -> None:
    page = as_editor.post_form(NEW, {"name": name, "email": "ann@example.com"})

    assert "Enter the name." in page.get_data(as_text=True)
    assert users(app) == []


@on_sqlite
def test_a_form_refuses_an_email_with_what_nobody_sees(as_editor: Any, app: Flask) -> None:
    page = as_editor.post_form(NEW, {"name": "Ann", "email": "an\u200bn@example.com"})

    assert "Email contains an invisible character: zero width space (U+200B). Remove it." in page.get_data(as_text=True)
    assert users(app) == []


@on_sqlite
def test_a_form_takes_an_email_for_taken_whatever_is_invisible_at_its_end(as_editor: Any, make_user: Any) -> None:
    make_user(email="josé@example.com")

    answer = as_editor.post_form(NEW, {"name": "Ann", "email": "jose\u0301@example.com\u200b"})

    assert answer.status_code == 422


@on_sqlite
def test_a_form_leaves_an_old_text_as_it_is_until_another_is_typed(
    as_editor: Any, app: Flask, make_user: Callable[..., User]
) -> None:
    old = make_user(name=f" {DECOMPOSED}", email="amelie@example.com")

    as_editor.post_form(EDIT.format(old.id), {"name": f" {DECOMPOSED}", "email": "new@example.com"})
    before = users(app)
    as_editor.post_form(EDIT.format(old.id), {"name": DECOMPOSED, "email": "new@example.com"})

    assert before == [(f" {DECOMPOSED}", "new@example.com")]
    assert users(app) == [(COMPOSED, "new@example.com")]


@on_sqlite
def test_a_long_text_is_composed_and_keeps_its_insides_and_ends(as_editor: Any, app: Flask) -> None:
    as_editor.post_form("/admin/post/new/", {"content": f" \u200b{DECOMPOSED}\u00a0\n", "user": ""})

    with app.app_context():
        assert db.session.scalar(select(Post.content)) == f" \u200b{COMPOSED}\u00a0\n"


# ---- files


@pytest.mark.usefixtures("context")
def test_two_rows_that_differ_in_what_nobody_sees_are_one_email(shared_data: Path) -> None:
    problems = refused(User, (shared_data / "faults" / "f03_two_anns.csv").read_bytes())

    assert [row for row, _ in problems] == [2, 3]
    assert problems[1][1] == "Email “ann@example.com”: the same as in row 2."


@pytest.mark.usefixtures("context")
def test_two_rows_that_differ_in_composition_are_one_email(shared_data: Path) -> None:
    lines = (shared_data / "faults" / "28-decomposed-names.csv").read_text(encoding="utf-8").splitlines()

    assert refused(User, "\n".join(lines)) == [
        (3, "Email “josé@example.com”: the same as in row 4."),
        (4, "Email “josé@example.com”: the same as in row 3."),
    ]
    bring(User, "\n".join(lines[:3]))
    assert all_of(User, "name", "email") == [("Amélie Dvořák", "amelie@example.com"), ("x", "josé@example.com")]


@pytest.mark.usefixtures("context")
def test_blanks_around_a_cell_are_taken_off(shared_data: Path) -> None:
    bring(User, (shared_data / "faults" / "20-email-spaces.csv").read_bytes())

    assert all_of(User, "name", "email") == [("Ada Spaced", "ada.spaced@example.com")]


@pytest.mark.usefixtures("context")
def test_an_import_changes_no_old_text_that_it_would_keep_in_another_way(make_user: Callable[..., User]) -> None:
    old = make_user(name=f" {DECOMPOSED}")

    report = bring(User, f'id,name\n{old.id}," {DECOMPOSED}"\n')

    assert (report.changed, report.unchanged) == (0, 1)
    assert all_of(User, "name") == [(f" {DECOMPOSED}",)]


# ---- search, filters, pickers


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("typed", ["ΠΑΠΠΆΣ", "παππάς", "Παππάς", "ΝΊΚΟΣ ΠΑΠΠΆΣ", "Παππα\u0301ς"])
def test_greek_names_are_found_in_capitals_and_small_letters(typed: str, shared_data: Path) -> None:
    bring(User, (shared_data / "faults" / "27-greek-names.csv").read_bytes())
    places = [("starts", "νίκοσ"), ("ends", typed.rsplit(maxsplit=1)[-1]), ("contains", typed)]

    by_search = {row.name for row in rows_of(selection(typed, User))}
    by_filters = [{row.name for row in rows_of(selection("", User, **{f"name__{one}": text}))} for one, text in places]

    both = {"Νίκος Παππάς", "Λουκάς Παππάς"}
    wanted = both if " " not in typed else {"Νίκος Παππάς"}
    assert by_search == wanted
    assert by_filters == [{"Νίκος Παππάς"}, both, wanted]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("stored", "typed"), [("Νίκος", "ΝΊΚΟΣ"), ("Straße", "STRASSE"), (COMPOSED, DECOMPOSED), ("Ann", "ann\u200b")]
)
def test_a_picker_finds_who_is_meant(stored: str, typed: str, make_user: Callable[..., User]) -> None:
    user = make_user(name=stored)

    assert find_one(db.session, User, typed, noun="user", nouns="users", visible_scope=EVERYTHING) is user


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("operator", ["equals", "in"])
def test_a_value_is_read_as_its_column_keeps_it(operator: str, make_user: Callable[..., User]) -> None:
    user = make_user(name="x", email="josé@example.com")

    found = rows_of(selection("", User, **{f"email__{operator}": "jose\u0301@example.com\u200b"}))

    assert [row.id for row in found] == [user.id]


@pytest.mark.usefixtures("context")
def test_what_nobody_sees_is_looked_for_in_quotation_marks(make_user: Callable[..., User]) -> None:
    user = make_user(name="An\u200bn")
    make_user(name="Ann")

    assert [row.id for row in rows_of(selection('"n\u200bn"', User))] == [user.id]
    assert len(rows_of(selection("\u200b", User))) == 2


# ---- people who sign in


@pytest.mark.usefixtures("context")
def test_an_account_is_made_and_signed_in_to_however_its_email_is_typed(password: str) -> None:
    with transaction(db.session):
        made = accounts.create_staff(
            db.session,
            name=f" {DECOMPOSED}\u200b",
            email="Jose\u0301@example.com\u200b",
            roles=[VIEWER],
            password=password,
        )

    assert (made.name, made.email) == (COMPOSED, "josé@example.com")
    for typed in ("josé@example.com", "JOSÉ@example.com", "jose\u0301@example.com", "\u200bjosé@example.com "):
        outcome = prove_by_password(db.session, email=typed, password=password, client=NOBODY_KNOWN)
        assert outcome.staff is made


@on_sqlite
@pytest.mark.usefixtures("context")
def test_a_view_and_a_name_at_a_command_are_kept_in_the_same_way(owner: Staff) -> None:
    view = create_view(
        db.session, owner, resource="post", name=f"\u200b{DECOMPOSED}  list\u2060", arguments="q=a", audience=MINE
    )

    assert view.name == f"{COMPOSED} list"
