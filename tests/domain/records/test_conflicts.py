"""What a record was, told by the history, and what becomes of a field that two people touched."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, update

from admin_app.context import acting
from admin_app.domain.audit.bulk import change_rows
from admin_app.domain.records.conflicts import (
    MOST_CHANGES,
    UNKNOWN,
    Resolution,
    deletion_of,
    earlier_state,
    resolution_of,
)
from admin_app.extensions import db
from admin_app.models.change_set import Change, Kind
from admin_app.models.user import User

pytestmark = pytest.mark.usefixtures("context")


def change(record: Any, **values: Any) -> None:
    with acting(lambda: (None, values.pop("by", "Ann")), kind=Kind.FORM):
        for name, value in values.items():
            if name != "by":
                setattr(record, name, value)
        db.session.commit()


@pytest.mark.parametrize(
    ("was", "theirs", "yours", "outcome"),
    [
        (1, 1, 1, Resolution.SAME),
        (1, 2, 2, Resolution.SAME),
        (UNKNOWN, 2, 2, Resolution.SAME),
        (1, 2, 1, Resolution.THEIRS),
        (1, 1, 2, Resolution.YOURS),
        (1, 1, UNKNOWN, Resolution.YOURS),
        (1, 2, 3, Resolution.CHOICE),
        (UNKNOWN, 2, 3, Resolution.CHOICE),
        (UNKNOWN, 2, UNKNOWN, Resolution.CHOICE),
        (None, "", None, Resolution.THEIRS),
    ],
)
def test_three_values_decide(was: Any, theirs: Any, yours: Any, outcome: Resolution) -> None:
    assert resolution_of(was, theirs, yours) is outcome


def test_the_trail_leads_back_to_what_it_was(make_user: Any) -> None:
    user = make_user(name="First", email="first@example.com")
    change(user, name="Second", by="Ann")
    change(user, name="Third", by="Bob")
    change(user, email="third@example.com", by="Ann")

    one, two, three, now = (earlier_state(db.session, user, version) for version in (1, 2, 3, 4))

    assert [origin.is_known for origin in (one, two, three, now)] == [True] * 4
    assert [origin.value_of(user, "name") for origin in (one, two, three, now)] == ["First", "Second", "Third", "Third"]
    assert one.value_of(user, "email") == "first@example.com"
    assert [doing.actor for doing in one.last_changes] == ["Ann", "Bob"]
    assert (len(three.last_changes), len(now.last_changes)) == (1, 0)


def test_a_change_of_many_records_is_in_the_trail_too(make_user: Any, make_post: Any) -> None:
    user = make_user()
    post = make_post(user=user)
    change_rows(db.session, type(post), type(post).user_id == user.id, {"user_id": None})
    db.session.commit()

    origin = earlier_state(db.session, post, 1)

    assert (origin.is_known, origin.value_of(post, "user_id"), post.user_id) == (True, user.id, None)


def test_a_column_that_is_gone_is_passed_over(make_user: Any) -> None:
    user = make_user(name="First")
    change(user, name="Second")
    db.session.execute(update(Change).where(Change.version == 2).values(before={"nickname": "A", "name": "First"}))

    assert earlier_state(db.session, user, 1).before == {"name": "First"}


def test_a_trail_with_a_gap_does_not_tell(make_user: Any) -> None:
    user = make_user(name="First")
    for name in ("Second", "Third"):
        change(user, name=name)
    db.session.execute(delete(Change).where(Change.version == 2))

    gap, whole = earlier_state(db.session, user, 1), earlier_state(db.session, user, 2)

    assert gap.value_of(user, "name") is UNKNOWN
    assert (whole.is_known, whole.value_of(user, "name")) == (True, "Second")


@pytest.mark.no_cover
def test_a_form_older_than_the_trail_is_followed_is_not_told(make_user: Any) -> None:
    user = make_user(name="First")
    for number in range(MOST_CHANGES + 1):
        change(user, name=f"Name {number}")

    assert earlier_state(db.session, user, 1).is_known is False
    assert earlier_state(db.session, user, 2).is_known is True


@pytest.mark.parametrize("version", [-1, 0, 2])
def test_a_version_that_never_was_is_not_known(version: int, make_user: Any) -> None:
    assert earlier_state(db.session, make_user(), version).is_known is False


def test_what_the_history_does_not_keep_is_unknown(editor: Any) -> None:
    assert earlier_state(db.session, editor, 1).value_of(editor, "password_hash") is UNKNOWN


def test_a_deletion_is_told_with_who_and_when(make_user: Any) -> None:
    user, other = make_user(), make_user()
    key = user.id
    with acting(lambda: (None, "Ann"), kind=Kind.FORM):
        db.session.delete(user)
        db.session.commit()

    doing = deletion_of(db.session, User, key)

    assert doing is not None
    assert doing.actor == "Ann"
    assert deletion_of(db.session, User, other.id) is None
    assert deletion_of(db.session, User, 99) is None
