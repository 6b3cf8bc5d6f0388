"""Who follows the history misses no set, whichever transaction ends first."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin_app.domain.audit import follow
from admin_app.domain.audit.recorder import begin_change_set
from admin_app.extensions import db
from admin_app.models.user import User

pytestmark = pytest.mark.usefixtures("context")


def ids(since: int, until: int) -> list[int]:
    return [one.id for one in follow.sets_between(db.session, since, until)]


def test_sets_come_in_their_order_after_the_last_one_read(make_user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "BATCH", 2)
    for _ in range(5):
        make_user()

    mark = follow.mark(db.session)

    assert (follow.is_settled(db.session, mark), mark.newest) == (True, 5)
    assert (ids(0, 5), ids(3, 5), ids(5, 5)) == ([1, 2, 3, 4, 5], [4, 5], [])


def test_changes_of_a_set_come_a_portion_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "BATCH", 2)
    db.session.add_all([User(name=name, email=f"{name}@example.com") for name in "abcde"])
    db.session.commit()

    assert [one.title for one in follow.changes_of(db.session, 1)] == list("abcde")


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_set_that_was_begun_first_and_is_committed_last_is_waited_for(make_user: Any) -> None:
    with Session(db.engine) as slow:
        slow.add(User(name="First", email="first@example.com"))
        slow.flush()
        begin_change_set(slow)
        make_user()
        mark = follow.mark(db.session)
        db.session.rollback()
        while_open = follow.is_settled(db.session, mark)
        db.session.rollback()
        slow.commit()

    assert (while_open, follow.is_settled(db.session, mark), mark.newest, ids(0, mark.newest)) == (
        False,
        True,
        2,
        [1, 2],
    )
