"""`manage.py history`: a list, and a shorter history that says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from admin_app.domain.audit import reader as audit_reader
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet

pytestmark = pytest.mark.covers


def at(app: Flask, moment: datetime, first: int) -> None:
    """Date the acts up to one back."""
    with app.app_context():
        db.session.execute(update(ChangeSet).where(ChangeSet.id <= first).values(at=moment))
        db.session.commit()


def history(app: Flask) -> tuple[list[str], int]:
    with app.app_context():
        sets = db.session.scalars(select(ChangeSet.summary).order_by(ChangeSet.id)).all()
        return list(sets), db.session.scalar(select(func.count(Change.id))) or 0


def test_the_newest_acts_are_listed(manage: Any, make_user: Any) -> None:
    make_user(name="Ann"), make_user(name="Bea")

    lines = manage("history", "list", "--number", 1).stdout.splitlines()

    assert [line.partition("UTC")[2] for line in lines] == ["  Someone  command  Created user “Bea”"]


def test_what_a_command_changes_is_in_its_runners_name(manage: Any, app: Flask) -> None:
    manage("staff", "create", "ann@example.com", "--name", "Ann", "--role", "owner", "--password", "a long password")

    with app.app_context():
        done = db.session.scalars(select(ChangeSet)).one()
    assert (done.kind, done.summary) == ("command", "Created colleague “Ann”")
    assert done.actor.startswith("Command line (")


def test_what_is_before_a_day_is_forgotten_and_that_is_said(
    manage: Any, make_user: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One row a batch, so that several are needed.
    monkeypatch.setattr(audit_reader, "BATCH", 1)
    for name in ("Ann", "Bea", "Cem"):
        make_user(name=name)
    at(app, datetime(2026, 1, 30, 23, 59, tzinfo=UTC), 2)

    said = manage("history", "prune", "--before", "2026-01-31")

    assert said.stdout == "Deleted 2 changes from before 2026-01-31 from the history.\n"
    told = "Shortened the history: deleted what was done before 2026-01-31"
    assert history(app) == (["Created user “Cem”", told], 1)


def test_forgetting_nothing_leaves_no_trace(manage: Any, make_user: Any, app: Flask) -> None:
    make_user(name="Ann")

    said = manage("history", "prune", "--before", "2020-01-31")

    assert said.stdout == "Deleted 0 changes from before 2020-01-31 from the history.\n"
    assert history(app) == (["Created user “Ann”"], 1)


def test_a_day_that_is_none_is_refused(manage: Any) -> None:
    assert manage("history", "prune", "--before", "yesterday").exit_code == 2


def test_the_demo_is_one_act_without_its_rows(manage: Any, app: Flask) -> None:
    manage("demo", "--users", 3, "--posts", 4)

    assert history(app) == (["Added 3 users and 4 posts of demo data"], 0)


def test_an_import_is_one_act_that_can_be_undone(manage: Any, app: Flask, tmp_path: Any, make_user: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com")
    file = tmp_path / "users.csv"
    file.write_text(f"id,name,email\n{user.id},Anna,ann@example.com\n,Bea,bea@example.com\n77,Cem,cem@example.com\n")

    manage("import", "user", file)

    with app.app_context():
        done = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        changes = db.session.scalars(select(Change.act).where(Change.change_set_id == done.id)).all() if done else []
    assert done is not None
    assert (done.kind, done.count, sorted(changes)) == ("import", 3, ["create", "create", "update"])


def test_history_is_followed_from_the_last_set_read(manage: Any, make_user: Any) -> None:
    make_user(name="Ann"), make_user(name="Bea")

    lines = manage("history", "follow", "--since", 1, "--format", "jsonl", "--changes", "--once").stdout.splitlines()

    told = [json.loads(line) for line in lines]
    assert [(one["type"], one["id"]) for one in told] == [("set", 2), ("change", 2)]
    assert (told[0]["summary"], told[1]["after"]["name"]) == ("Created user “Bea”", "Bea")
    assert datetime.fromisoformat(told[0]["at"]).tzinfo is not None
