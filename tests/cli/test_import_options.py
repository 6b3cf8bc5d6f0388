"""The options of `manage.py import`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.registry import resource_at
from tests.stores import both_stores

pytestmark = pytest.mark.covers

Manage = Callable[..., Any]
Make = Callable[..., Any]
File = Callable[..., Path]


def users(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(one.name, one.email) for one in db.session.scalars(select(User).order_by(User.id))]


def owners(app: Flask) -> list[tuple[str, str | None]]:
    with app.app_context():
        found = db.session.scalars(select(Post).order_by(Post.id))
        return [(one.content, one.user.email if one.user else None) for one in found]


@both_stores
def test_rows_find_their_records_by_any_unique_field(manage: Manage, app: Flask, file: File, make_user: Make) -> None:
    make_user(name="Ada", email="ada@example.com")
    path = file("email,name\nADA@example.com,Ada L.\nbo@example.com,Bo\n")

    result = manage("import", "user", path, "--match", "email", "--empty", "leave")

    assert result.output == "1 user created, 1 user changed.\n"
    assert users(app) == [("Ada L.", "ADA@example.com"), ("Bo", "bo@example.com")]


def test_a_header_may_mean_another_field_or_nothing(manage: Manage, app: Flask, file: File) -> None:
    path = file("Full name,Mail,Phone\nAda,ada@example.com,1\n")

    result = manage("import", "user", path, "--map", "Full name=name", "--map", "Mail=email", "--map", "Phone=")

    assert (result.output, users(app)) == ("1 user created.\n", [("Ada", "ada@example.com")])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--map", "Nick=name"), "Error: The file has no header “Nick”. It has: name, email.\n"),
        (
            ("--map", "name=nick"),
            "Error: “nick” is not a column of this list. Choose from: name, email, id, created_at.\n",
        ),
        (("--match", "name"), "Error: “name” does not find one user: choose from id, email.\n"),
    ],
)
def test_what_is_not_there_is_named(manage: Manage, file: File, given: tuple[str, ...], message: str) -> None:
    result = manage("import", "user", file("name,email\nAda,ada@example.com\n"), *given)

    assert (result.exit_code, result.stderr) == (1, message)


@pytest.mark.parametrize(
    ("mode", "problem"),
    [("add", "Row 2, ID “{id}”: it exists already."), ("update", "Row 3, ID “99”: it does not exist.")],
)
def test_a_mode_refuses_the_other_rows(manage: Manage, file: File, make_user: Make, mode: str, problem: str) -> None:
    ada = make_user(name="Ada", email="ada@example.com")
    path = file(f"id,name,email\n{ada.id},Ada,a@example.com\n99,Bo,bo@example.com\n")

    result = manage("import", "user", path, "--mode", mode)

    assert result.stderr == f"{problem.format(id=ada.id)}\nError: Nothing was imported.\n"


@both_stores
def test_related_records_are_named_by_a_unique_field(manage: Manage, app: Flask, file: File, make_user: Make) -> None:
    make_user(email="ada@example.com")
    path = file("content,user_id\nfirst,Ada@Example.com\nsecond,\n")

    result = manage("import", "post", path, "--by", "user_id=email")

    assert result.output == "2 posts created.\n"
    assert owners(app) == [("first", "ada@example.com"), ("second", None)]


@both_stores
def test_missing_related_records_are_made_once(manage: Manage, app: Flask, file: File, make_user: Make) -> None:
    make_user(name="Ada", email="ada@example.com")
    path = file("content,user_id\n1,ada@example.com\n2,bo@example.com\n3,BO@example.com\n4,nowhere\n")

    refused = manage("import", "post", path, "--by", "user_id=email", "--make", "user_id")
    path.write_text(path.read_text().replace("nowhere", "cleo@example.com"))
    result = manage("import", "post", path, "--by", "user_id=email", "--make", "user_id")

    assert refused.stderr.startswith("Row 5, User ID “nowhere”: ")
    assert result.output == "4 posts created.\n"
    assert users(app) == [
        ("Ada", "ada@example.com"),
        ("bo@example.com", "bo@example.com"),
        ("cleo@example.com", "cleo@example.com"),
    ]
    assert [email for _, email in owners(app)] == [
        "ada@example.com",
        "bo@example.com",
        "bo@example.com",
        "cleo@example.com",
    ]
    with app.app_context():
        made = db.session.scalars(select(ChangeSet).where(ChangeSet.kind == "import")).one()
        assert made.count == 6


def test_dates_and_fractions_are_read_as_said(manage: Manage, app: Flask, file: File) -> None:
    result = manage("import", "post", file("content,created_at\nx,03.04.2026 10:30\n"), "--dates", "dmy")

    with app.app_context():
        made = db.session.scalars(select(Post)).one().created_at
    assert (result.output, made.isoformat()) == ("1 post created.\n", "2026-04-03T10:30:00+00:00")


@both_stores
def test_a_plan_changes_nothing(manage: Manage, app: Flask, file: File, make_user: Make) -> None:
    ada = make_user(name="Ada", email="ada@example.com")
    path = file(f"id,name,email\n{ada.id},Grace,ada@example.com\n,Bo,bo@example.com\n,Cleo,nowhere\n")

    result = manage("import", "user", path, "--plan")

    with app.app_context():
        plan_id = db.session.scalars(select(Plan)).one().id
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"Plan {plan_id}: Import 2 users?",
        f"Rows of “{path}”",
        "Rows: Add new users and change existing ones",
        "Found by: ID",
        "Columns: Name, Email",
        "1 to be changed",
        "1 to be added",
        "1 can't be imported",
        "  1: Email: use the form name@example.com.",
        f"  ID {ada.id}: Name: Ada -> Grace",
        "  Row 3: Name: Bo; Email: bo@example.com",
    ]
    assert users(app) == [("Ada", "ada@example.com")]


@both_stores
@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_right_rows_come_in_and_the_others_go_into_a_file(
    manage: Manage, app: Flask, tmp_path: Path, format_: str
) -> None:
    rows = [{"name": "Ada", "email": "ada@example.com"}, {"name": "Cleo", "email": "nowhere"}]
    path, wrong = tmp_path / f"users.{format_}", tmp_path / f"wrong.{format_}"
    lines = ["name,email", *(f"{one['name']},{one['email']}" for one in rows)]
    path.write_text("\n".join(lines if format_ == "csv" else map(json.dumps, rows)) + "\n")

    result = manage("import", "user", path, "--errors", wrong, "--yes")

    text = wrong.read_text()
    left = next(iter(csv.DictReader(io.StringIO(text)))) if format_ == "csv" else json.loads(text)
    assert (result.exit_code, users(app)) == (0, [("Ada", "ada@example.com")])
    assert left == {"error": "Email “nowhere”: use the form name@example.com.", "name": "Cleo", "email": "nowhere"}
    assert result.stderr == f"The other rows are in {wrong}.\n"


def test_what_was_given_back_and_mended_comes_in(manage: Manage, app: Flask, file: File, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    manage("import", "user", file("name,email\nCleo,nowhere\nBo,bo@example.com\n"), "--errors", wrong, "--yes")
    wrong.write_text(wrong.read_text().replace(",nowhere", ",cleo@example.com"))

    result = manage("import", "user", wrong)

    assert (result.output, users(app)) == (
        "1 user created.\n",
        [("Bo", "bo@example.com"), ("Cleo", "cleo@example.com")],
    )


def test_nobody_agrees_without_a_terminal(manage: Manage, app: Flask, file: File, tmp_path: Path) -> None:
    result = manage("import", "user", file("name,email\nBo,bo@example.com\n"), "--errors", tmp_path / "wrong.csv")

    assert (result.exit_code, result.stderr) == (1, "Error: Nothing was changed: add --yes to carry it out.\n")
    assert users(app) == []
    with app.app_context():
        assert db.session.scalars(select(PlanLine.verdict)).all() == ["new"]


def test_the_history_has_the_reason(manage: Manage, app: Flask, file: File) -> None:
    manage("import", "user", file("name,email\nBo,bo@example.com\n"), "--reason", "As sent")

    with app.app_context():
        assert db.session.scalars(select(ChangeSet.reason).where(ChangeSet.kind == "import")).all() == ["As sent"]


def test_where_a_reason_is_asked_for_nothing_is_imported_without_one(
    manage: Manage, app: Flask, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setattr(type(resource_at("user")), "needs_reason", True)

    result = manage("import", "user", file("name,email\nBo,bo@example.com\n"))

    assert (result.exit_code, users(app)) == (1, [])
    assert result.stderr == "Error: Nothing was imported: enter the reason for this change with --reason.\n"
