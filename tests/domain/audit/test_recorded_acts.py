"""Acts in the history: what came of a whole transaction is one, with who did it and how, and nobody rewrites it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from admin_app.context import acting
from admin_app.db.transaction import transaction
from admin_app.domain.audit.bulk import change_rows
from admin_app.domain.audit.recorder import MOST_PENDING, describe, record_event
from admin_app.extensions import db
from admin_app.models.change_set import Change, Kind
from admin_app.models.user import User
from tests.domain.audit.entries import changes, last_set, sets

pytestmark = pytest.mark.usefixtures("context")


def test_what_was_rolled_back_is_in_no_trail(make_user: Any) -> None:
    user = make_user()
    before = len(sets())

    user.name = "Changed"
    db.session.flush()
    db.session.rollback()
    db.session.commit()

    assert len(sets()) == before


def test_what_a_savepoint_took_back_is_in_no_trail(make_user: Any) -> None:
    kept, lost = make_user(name="Ann"), make_user(name="Bea")

    kept.name = "Anna"
    db.session.flush()
    with db.session.begin_nested() as savepoint:
        lost.name = "Beata"
        db.session.flush()
        change_rows(db.session, User, User.id == kept.id, {"name": "Nobody"})
        savepoint.rollback()
    db.session.commit()

    assert changes() == [("user", kept.id, "update", 2, {"name": "Ann"}, {"name": "Anna"})]
    assert (last_set().summary, last_set().count) == ("Changed user “Anna”", 1)


def test_what_a_savepoint_kept_is_in_the_trail_of_the_whole(make_user: Any) -> None:
    user = make_user(name="Ann")
    before = len(sets())

    with db.session.begin_nested():
        user.name = "Anna"
    with db.session.begin_nested() as savepoint:
        savepoint.rollback()
    db.session.commit()

    assert len(sets()) == before + 1
    assert changes() == [("user", user.id, "update", 2, {"name": "Ann"}, {"name": "Anna"})]


def test_several_flushes_of_a_record_are_one_change(make_user: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com")

    for name in ("Bea", "Cem"):
        user.name = name
        db.session.flush()
    user.email = "cem@example.com"
    db.session.flush()
    user.email = "ann@example.com"
    db.session.commit()

    assert [one[2:] for one in changes()] == [("update", 5, {"name": "Ann"}, {"name": "Cem"})]


def test_what_comes_and_goes_in_one_transaction_leaves_no_trace(make_user: Any) -> None:
    user, before = make_user(name="Ann"), len(sets())

    brief = User(name="Bea", email="bea@example.com")
    db.session.add(brief)
    user.name = "Anna"
    db.session.flush()
    db.session.delete(brief)
    user.name = "Ann"
    db.session.commit()

    assert len(sets()) == before


def test_a_record_that_is_changed_and_deleted_is_kept_as_it_was(make_user: Any) -> None:
    user = make_user(name="Ann")

    user.name = "Anna"
    db.session.flush()
    db.session.delete(user)
    db.session.commit()

    ((_, _, act, version, before, after),) = changes()
    assert (act, version, before["name"], after) == ("delete", 3, "Ann", None)


def test_a_new_record_that_is_changed_is_kept_as_it_is() -> None:
    user = User(name="Ann", email="ann@example.com")
    db.session.add(user)
    db.session.flush()
    user.name = "Anna"
    db.session.commit()

    ((_, _, act, version, before, after),) = changes()
    assert (act, version, before, after["name"]) == ("create", 2, None, "Anna")


def test_many_changes_of_one_transaction_are_one_set() -> None:
    number = MOST_PENDING + 5
    with transaction(db.session):
        db.session.add_all(User(name=f"User {one}", email=f"{one}@example.com") for one in range(number))
        db.session.flush()
        db.session.add(User(name="Last", email="last@example.com"))

    assert [(one.count, one.summary) for one in sets()] == [(number + 1, f"Created {number + 1:,} users")]
    assert db.session.scalar(select(func.count(Change.id))) == number + 1


def test_who_acts_and_how_stands_with_what_they_did() -> None:
    with acting(lambda: (7, "Ann (ann@example.com)"), kind=Kind.FORM, request_id="r1"), transaction(db.session):
        describe(db.session, reason="because")
        db.session.add(User(name="Bea", email="bea@example.com"))

    one = last_set()
    assert (one.actor_id, one.actor, one.kind, one.request_id) == (7, "Ann (ann@example.com)", "form", "r1")
    assert one.reason == "because"


def test_an_act_that_changes_nothing_can_be_noted() -> None:
    record_event(db.session, actor=(None, "Somebody"), kind=Kind.EXPORT, summary="Exported 3 posts", count=3)
    db.session.commit()

    assert [(one.actor, one.kind, one.summary, one.count) for one in sets()] == [
        ("Somebody", "export", "Exported 3 posts", 3)
    ]


def test_a_description_without_a_change_is_none() -> None:
    describe(db.session, kind=Kind.IMPORT)
    db.session.commit()

    assert sets() == []


def test_the_trail_is_only_added_to(make_user: Any) -> None:
    make_user()
    found = last_set()
    first = db.session.scalars(select(Change)).one()

    for alter in (lambda: setattr(found, "actor", "Me"), lambda: setattr(first, "title", "x")):
        alter()
        with pytest.raises(TypeError, match="part of the history"):
            db.session.commit()
        db.session.rollback()
    for row in (found, first):
        db.session.delete(row)
        with pytest.raises(TypeError, match="part of the history"):
            db.session.commit()
        db.session.rollback()


def test_a_set_says_nothing_where_nothing_was_said(make_user: Any) -> None:
    make_user(name="Ann")

    made = last_set()
    assert (made.summary, made.reason, made.undoes_id, made.count) == ("Created user “Ann”", None, None, 1)
    assert made.at.tzinfo is not None
