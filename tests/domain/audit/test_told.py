"""The log has one line of each committed change set, with names of fields and none of their values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from admin_app import logs
from admin_app.domain.audit import bulk
from admin_app.domain.audit.recorder import describe, last_change_set
from admin_app.extensions import db
from admin_app.models.user import User

pytestmark = pytest.mark.usefixtures("context")
NAMES = ("kind", "actor_id", "resource", "record_id", "count", "reason", "request_id", "fields")


@pytest.fixture
def store() -> str:
    """Stay on one store: the log is written beside it."""
    return "sqlite"


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Write logs as JSON, and read them."""
    logs.set_up(logs.JSON)
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logs.set_up("")


def test_change_of_a_record_is_one_line(told: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    made = told()

    user.name, user.email = "Anna", "anna@example.com"
    describe(db.session, reason="Married")
    db.session.commit()

    (line,) = told()
    assert [one["fields"] for one in made] == [[]]
    assert (line["message"], line["set"]) == ("change", last_change_set(db.session))
    assert [line[name] for name in NAMES] == ["command", None, "user", user.id, 1, "Married", "", ["email", "name"]]


def test_change_of_many_records_is_one_line(told: Any, make_user: Any) -> None:
    make_user(), make_user()
    told()

    bulk.change_rows(db.session, User, User.id > 0, {"name": "Bea"})
    db.session.commit()

    assert [(line["count"], line["fields"]) for line in told()] == [(2, ["name"])]


def test_what_is_not_committed_is_not_told(told: Any, make_user: Any) -> None:
    user = make_user()
    told()

    user.name = "Bea"
    db.session.flush()
    db.session.rollback()
    db.session.commit()

    assert told() == []


def test_a_commit_that_fails_is_not_told(told: Any, make_user: Any) -> None:
    user = make_user()
    told()

    user.name = "Bea"
    with pytest.raises(RuntimeError):
        fail_at_commit()
    user.name = "Cid"
    db.session.commit()

    assert [line["fields"] for line in told()] == [["name"]]


def fail_at_commit() -> None:
    """Let the store refuse the commit after the history was written."""

    def fail(_connection: Any) -> None:
        raise RuntimeError

    db.event.listen(db.engine, "commit", fail)
    try:
        db.session.commit()
    finally:
        db.event.remove(db.engine, "commit", fail)
        db.session.rollback()
