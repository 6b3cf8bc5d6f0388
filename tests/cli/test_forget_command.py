"""`manage.py forget` and `manage.py forgotten`: first what would be done, then it is; and again after a restore."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from admin_app.db.troubles import NO_SPACE
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.stores import one_store

# What is removed, tests/domain/forgetting asks of both stores.
pytestmark = one_store


def user(app: Flask, key: int) -> tuple[str, str]:
    with app.app_context():
        found = db.session.get_one(User, key)
        return found.name, found.email


def test_nothing_is_removed_before_somebody_says_so(manage: Any, app: Flask, make_user: Any, tmp_path: Path) -> None:
    ann = make_user(name="Ann Ames")
    file = tmp_path / "held.json"

    done = manage("forget", "user", ann.id, "--reason", "She asked", "--file", file)

    assert done.stdout.splitlines()[-1] == "Nothing was removed. Do it with --yes."
    assert user(app, ann.id) == ("Ann Ames", ann.email)
    assert json.loads(file.read_text("utf-8"))["record"]["values"]["name"] == "Ann Ames"
    assert file.stat().st_mode & 0o077 == 0


def test_nothing_is_removed_where_the_file_of_what_is_held_finds_no_room(
    manage: Any, app: Flask, make_user: Any
) -> None:
    make_user(name="Ann")

    result = manage("forget", "user", 1, "--reason", "Asked for", "--file", "/dev/full", "--yes")
    with app.app_context():
        name = db.session.scalar(select(User.name))

    assert (result.exit_code, result.stderr) == (1, f"Error: {NO_SPACE}\n")
    assert name == "Ann"


def test_a_person_is_forgotten_and_again_when_they_are_back(manage: Any, app: Flask, make_user: Any) -> None:
    ann = make_user(name="Ann Ames", email="ann.ames@example.com")
    manage("forget", "users", ann.id, "--reason", "She asked", "--yes")
    none = manage("forgotten", "again", "--yes").stdout
    with app.app_context():
        restored = db.session.get_one(User, ann.id)
        restored.name, restored.email = ann.name, ann.email
        db.session.commit()

    listed = manage("forgotten", "again").stdout.splitlines()
    manage("forgotten", "again", "--yes")

    assert none == "Nobody who was forgotten is back.\n"
    assert listed == [f"user {ann.id}", "Nothing was removed. Do it with --yes."]
    assert user(app, ann.id) == ("Forgotten", f"forgotten-{ann.id}@forgotten.invalid")
    (first, second) = (json.loads(line) for line in manage("forgotten", "list").stdout.splitlines())
    assert [(one["model"], one["record_id"]) for one in (first, second)] == [("user", str(ann.id))] * 2
    with app.app_context():
        actors = set(db.session.scalars(select(ChangeSet.actor).where(ChangeSet.kind == "forget")))
    assert len(actors) == 1


def test_whoever_is_active_again_keeps_nobody_else_from_being_forgotten(
    manage: Any, app: Flask, make_staff: Any
) -> None:
    both = [make_staff(name, is_active=False) for name in ("Lena", "Mona")]
    for one in both:
        manage("forget", "staff", one.id, "--reason", "Left", "--yes")
    with app.app_context():
        for one, is_active in zip(both, (True, False), strict=True):
            restored = db.session.get_one(Staff, one.id)
            restored.name, restored.is_active = one.name, is_active
        db.session.commit()

    again = manage("forgotten", "again", "--yes")

    said = "This colleague can still sign in. Switch the account off first. Nothing was removed."
    assert (again.exit_code, again.stderr) == (1, f"staff {both[0].id}: {said}\n")
    with app.app_context():
        assert [db.session.get_one(Staff, one.id).name for one in both] == ["Lena", "Forgotten"]


def test_whom_nothing_knows_cannot_be_forgotten(manage: Any) -> None:
    unknown = manage("forget", "user", 77, "--reason", "x", "--yes")
    nonsense = manage("forget", "user", "x", "--reason", "x", "--yes")
    other = manage("forget", "post", 1, "--reason", "x")

    assert [one.stderr for one in (unknown, nonsense)] == [
        "Error: There is no user 77, and none in the history.\n",
        "Error: x is no user's key.\n",
    ]
    assert other.stderr == "Error: “post” does not exist. Choose from: staff, user.\n"
