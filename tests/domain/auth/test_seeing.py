"""Seeing as someone else: who may, for how long, and what the history says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.db.types import utc_now
from admin_app.domain.auth import seeing, sessions
from admin_app.domain.permissions import principal
from admin_app.errors import PrivilegeError
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.role import Role
from admin_app.models.staff import Staff

pytestmark = pytest.mark.usefixtures("context")

ACTOR = (1, "Olivia")


@pytest.fixture
def begin(owner: Staff) -> Callable[[Staff], str]:
    """See as somebody in a new session of the owner; return its token."""

    def see(other: Staff) -> str:
        token = sessions.begin(db.session, owner, hours=1)
        db.session.flush()
        seeing.begin(db.session, token, owner, other)
        db.session.commit()
        return token

    return see


@pytest.fixture
def make_person(keep: Any, make_staff: Any) -> Callable[..., Staff]:
    """Make somebody with one role of these rights."""

    def make(name: str, *permissions: str, rows: tuple[str, ...] = ()) -> Staff:
        keep(Role(name=name, key=name.lower(), permissions=StringSet(permissions), rows=StringSet(rows)))
        return make_staff(name, name.lower())

    return make


def seen(token: str) -> str | None:
    """Return as whom a session sees now."""
    found = sessions.find(db.session, token)
    other = seeing.seen_by(db.session, found) if found is not None else None
    return None if other is None else other.name


def noted() -> list[tuple[str, int | None]]:
    wanted = select(ChangeSet.summary, ChangeSet.record_id).where(ChangeSet.summary.contains("the dashboard as"))
    return [(one.summary, one.record_id) for one in db.session.execute(wanted.order_by(ChangeSet.id))]


def test_it_is_noted_when_it_begins_and_once_when_it_ends(begin: Any, viewer: Staff) -> None:
    token = begin(viewer)
    during = seen(token)

    for _ in range(2):
        seeing.end(db.session, token, actor=ACTOR)
        db.session.commit()

    assert (during, seen(token)) == ("Vera", None)
    assert noted() == [
        ("Began to see the dashboard as colleague “Vera”", viewer.id),
        ("Stopped seeing the dashboard as colleague “Vera”", viewer.id),
    ]


def test_it_lasts_half_an_hour(begin: Any, viewer: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    token, now = begin(viewer), utc_now()

    names = []
    for minutes in (29, 31):
        monkeypatch.setattr(seeing, "utc_now", lambda minutes=minutes: now + timedelta(minutes=minutes))
        names.append(seen(token))

    assert names == ["Vera", None]


def test_a_session_that_sees_as_nobody_sees_as_its_own_person(owner: Staff) -> None:
    token = sessions.begin(db.session, owner, hours=1)

    assert seen(token) is None


def test_nobody_sees_as_somebody_with_one_right_more(make_person: Any, viewer: Staff) -> None:
    # Viewers export besides.
    helper = make_person("Helper", "staff:*", "*:list", "*:view", "*:history")
    token = sessions.begin(db.session, helper, hours=1)
    db.session.flush()

    with pytest.raises(PrivilegeError):
        seeing.begin(db.session, token, helper, viewer)


def test_only_who_may_edit_staff_sees_as_others(editor: Staff, viewer: Staff) -> None:
    assert not seeing.may_see_as(editor, viewer)


def test_nobody_sees_as_themselves_or_as_somebody_who_is_not_active(owner: Staff, make_staff: Any) -> None:
    off = make_staff("Ann", is_active=False)

    assert [seeing.may_see_as(owner, one) for one in (owner, off)] == [False, False]


def test_rows_of_ones_own_are_other_rows_for_each(make_person: Any) -> None:
    rights = ("staff:edit", "post:list")
    limited = make_person("Limited", *rights, rows=("post:own",))
    free = make_person("Free", *rights)
    author = make_person("Author", "post:list", rows=("post:own",))

    assert [seeing.may_see_as(one, author) for one in (limited, free)] == [False, True]


def test_it_ends_with_the_account_of_the_other(begin: Any, viewer: Staff) -> None:
    token = begin(viewer)
    db.session.delete(viewer)
    db.session.commit()
    db.session.expire_all()
    gone = seen(token)

    seeing.end(db.session, token, actor=ACTOR)
    db.session.commit()

    assert gone is None
    assert noted()[-1] == ("Stopped seeing the dashboard as a colleague who was deleted", None)


def test_an_account_that_is_not_there_is_nobody() -> None:
    assert principal.person_of_id(db.session, 0) is None
