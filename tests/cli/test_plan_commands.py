"""Acts on many records from the command line: planned, asked about, carried out, reported."""

from __future__ import annotations

import os
import pty
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app import create_app
from admin_app.db import json_values
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.cli.conftest import Manage
from tests.cli.serving import upgrade
from tests.forking import run
from tests.many import many

ROOT = Path(__file__).resolve().parents[2]
Make = Any


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    """Run on one store: what a plan does, tests/domain/plan asks of both."""
    return str(request.param)


def contents(app: Flask) -> dict[int, tuple[str, int | None]]:
    with app.app_context():
        return {one.id: (one.content, one.user_id) for one in db.session.scalars(select(Post).order_by(Post.id))}


def test_a_plan_says_what_would_be_changed_and_changes_nothing(
    manage: Manage, app: Flask, make_user: Make, make_post: Make
) -> None:
    ann = make_user(name="Ann")
    make_post(content="a", user=ann)
    make_post(content="b")
    make_post(content="c")

    result = manage("edit", "post", "--set", f"user={ann.id}", "--plan")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "Plan 1: Change 2 posts?",
        "Posts",
        "User: Ann",
        "2 to be changed",
        "1 already as wanted",
        "  ID 2: User ID: no value -> 1",
        "  ID 3: User ID: no value -> 1",
    ]
    assert contents(app) == {1: ("a", 1), 2: ("b", None), 3: ("c", None)}


def test_yes_carries_out_what_the_filters_leave_with_its_reason(manage: Manage, app: Flask, make_post: Make) -> None:
    for content in ("first bike", "second bike", "car"):
        make_post(content=content)

    result = manage(
        "edit", "posts", "--filter", "content__contains=second", "--search", "bike",
        "--set", "content=sold", "--reason", "Spring cleaning", "--yes",
    )  # fmt: skip

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-4:] == [
        "Plan 1: 1 post changed",
        "Posts: search “bike”, Content contains “second”",
        "Content: sold",
        "1 changed",
    ]
    assert [content for content, _ in contents(app).values()] == ["first bike", "sold", "car"]
    with app.app_context():
        done = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert done is not None
        assert (done.kind, done.summary, done.reason) == ("bulk", "Changed 1 post", "Spring cleaning")
        assert done.actor.startswith("Command line (")


def test_clear_leaves_a_field_without_a_value(manage: Manage, app: Flask, make_user: Make, make_post: Make) -> None:
    make_post(content="a", user=make_user())

    result = manage("edit", "post", "--clear", "user", "--yes")

    assert result.exit_code == 0
    assert contents(app) == {1: ("a", None)}


def test_without_a_terminal_nothing_is_changed_unless_yes_is_said(manage: Manage, app: Flask, make_post: Make) -> None:
    make_post(content="a")

    result = manage("edit", "post", "--set", "content=b")

    assert (result.exit_code, result.stderr) == (1, "Error: Nothing was changed: add --yes to carry it out.\n")
    assert contents(app) == {1: ("a", None)}


@pytest.mark.parametrize(("typed", "code", "content"), [("2", 0, "new"), ("3", 1, "old")])
def test_on_a_terminal_the_number_is_asked_for(
    typed: str, code: int, content: str, settings: dict[str, str], tmp_path: Path
) -> None:
    upgrade(settings["DATABASE_URL"], tmp_path)
    app = create_app(settings, instance_path=str(tmp_path))
    many(app, Post, [{"content": "old"}, {"content": "old"}])
    near, far = pty.openpty()
    os.write(near, f"{typed}\n".encode())

    done = run("edit", "post", "--set", "content=new", env=settings, stdin=far)
    os.close(far)
    os.close(near)

    assert (done.returncode, "Type 2 to change 2 posts" in done.stderr) == (code, True)
    assert {one for one, _ in contents(app).values()} == {content}
    with app.app_context():
        db.engine.dispose()


def test_a_plan_of_nothing_has_nothing_to_be_carried_out(manage: Manage) -> None:
    result = manage("edit", "post", "--set", "content=b", "--yes")

    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "Plan 1: Change posts: nothing to do")


def test_what_was_left_is_said_with_its_reason_and_is_a_failure(manage: Manage, make_user: Make) -> None:
    for _ in range(2):
        make_user()

    result = manage("edit", "user", "--set", "email=one@example.org", "--yes")

    assert (result.exit_code, result.stderr) == (
        1,
        "Error: 2 users could not be changed: see manage.py plan report 1.\n",
    )
    assert result.stdout.splitlines()[-2:] == [
        "2 can't be changed",
        "  2: Email would be the same for several records.",
    ]


def test_records_are_deleted_with_what_was_said_of_what_hangs_on_them(
    manage: Manage, app: Flask, make_user: Make, make_post: Make
) -> None:
    heir, goes = make_user(name="Ann"), make_user(name="Bob")
    make_post(content="a", user=goes)

    asked = manage("delete", "user", "--filter", "name__contains=Bob", "--yes")
    result = manage("delete", "user", "--filter", "name__contains=Bob", "--posts", f"give:{heir.id}", "--yes")

    assert (asked.exit_code, asked.stderr) == (
        1,
        "--posts: Choose what happens to the posts.\nError: Nothing was changed.\n",
    )
    assert (result.exit_code, result.stderr) == (0, "")
    assert contents(app) == {1: ("a", heir.id)}
    with app.app_context():
        assert list(db.session.scalars(select(User.name))) == ["Ann"]


def test_a_fate_may_be_named_of_what_no_record_has(manage: Manage, app: Flask, make_user: Make) -> None:
    make_user(name="Bob")

    result = manage("delete", "user", "--posts", "keep", "--yes")

    assert (result.exit_code, result.stderr) == (0, "")
    with app.app_context():
        assert list(db.session.scalars(select(User.name))) == []


def test_a_line_shows_the_beginning_of_a_long_text(manage: Manage, make_post: Make) -> None:
    make_post(content="two\nlines " + "long " * 20)

    result = manage("edit", "post", "--set", "content=short", "--plan")

    assert result.stdout.splitlines()[-1] == f"  ID 1: Content: {('two lines ' + 'long ' * 20)[:60]}… -> short"


def test_a_plan_is_shown_and_reported_again(manage: Manage, make_post: Make) -> None:
    make_post(content="a")
    manage("edit", "post", "--set", "content=b", "--yes")

    shown, report = manage("plan", "show", 1), manage("plan", "report", 1)

    assert shown.stdout.splitlines() == ["Plan 1: 1 post changed", "Posts", "Content: b", "1 changed"]
    assert report.stdout_bytes == b'"ID",Verdict,Reason,Before,After\r\n1,done,,Content: a,Content: b\r\n'


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("plan", "show", 7), 1, "There is no plan 7, or it is kept no longer."),
        (("edit", "post"), 1, "--set: Choose at least one field to change."),
        (("edit", "post", "--set", "content"), 2, "a value looks like name=Ann, not “content”"),
        (("edit", "post", "--set", "id=3"), 2, "“id” cannot be changed; choose from"),
        (("edit", "post", "--set", "content="), 1, "--set content: "),
        (("edit", "post", "--set", "user=99"), 1, "--set user: "),
        (("edit", "post", "--filter", "nonsense=1", "--clear", "user"), 1, "no filter called “nonsense”"),
        (("edit", "post", "--filter", "created_at__from=x", "--clear", "user"), 1, "so nothing was planned."),
        (("edit", "post", "--filter", "nonsense", "--clear", "user"), 2, "a filter looks like name__contains=ann"),
        (("edit", "post", "--clear", "user", "--plan", "--yes"), 2, "choose one of them"),
        (("edit", "post", "--clear", "user", "--reason", "x" * 301), 2, "300 characters or fewer; it has 301"),
        (("edit", "staff", "--clear", "name"), 1, "“staff” does not exist."),
        (("delete", "post", "--posts", "keep"), 2, "--posts: nothing of that kind depends on these records"),
        (("delete", "post", "--posts", "burn"), 2, "looks like --posts keep, --posts give:7 or --posts delete"),
    ],
)
def test_what_cannot_be_is_said_at_the_option(
    manage: Manage, arguments: tuple[Any, ...], code: int, words: str
) -> None:
    result = manage(*arguments)

    assert (result.exit_code, words in result.stderr) == (code, True), result.stderr


def test_a_plan_says_what_no_undo_takes_back(manage: Manage, make_post: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make_post(content="a")
    monkeypatch.setattr(json_values, "_KEPT", {})
    monkeypatch.setattr(Post, "__history__", ("user_id",))

    planned = manage("delete", "post", "--plan")

    assert planned.stdout.splitlines()[:3] == [
        "Plan 1: Delete 1 post?",
        "Posts",
        "This cannot be undone: the history does not keep the content.",
    ]
