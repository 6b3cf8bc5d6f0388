"""What somebody pinned: once each, in their order, and as long as it is shown to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admin_app.domain.work import pins
from admin_app.domain.work.saved_views import LONGEST_ARGUMENTS
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.extensions import db
from admin_app.models.saved_view import EVERYONE, MINE, SavedView
from admin_app.models.staff import Staff

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def ann(make_staff: Callable[..., Staff]) -> Staff:
    return make_staff("Ann")


@pytest.fixture
def bea(make_staff: Callable[..., Staff]) -> Staff:
    return make_staff("Bea")


def pinned(staff: Staff) -> list[str]:
    db.session.flush()
    return [one.arguments if view is None else view.name for one, view in pins.pins_of(db.session, staff)]


def view_of(staff: Staff, keep: Any, audience: str) -> SavedView:
    return keep(SavedView(staff_id=staff.id, resource="post", name="View", arguments="", audience=audience))


def test_what_is_pinned_last_comes_last_and_once(ann: Staff, bea: Staff, keep: Any) -> None:
    pins.pin(db.session, ann, resource="post", arguments="by=user")
    pins.pin(db.session, ann, resource="post", view=view_of(ann, keep, MINE))
    db.session.flush()
    pins.pin(db.session, ann, resource="post", arguments="by=user")

    assert (pinned(ann), pinned(bea)) == (["by=user", "View"], [])


def test_a_view_that_is_no_longer_shared_is_left_out(ann: Staff, bea: Staff, keep: Any) -> None:
    view = view_of(bea, keep, EVERYONE)
    pins.pin(db.session, ann, resource="post", view=view)
    before = pinned(ann)

    view.audience = MINE

    assert (before, pinned(ann)) == (["View"], [])


def test_cards_move_up_until_they_are_first(ann: Staff) -> None:
    made = [pins.pin(db.session, ann, resource="post", arguments=name) for name in ("a", "b", "c")][-1]
    orders = []
    for _ in range(3):
        db.session.flush()
        pins.move_up(db.session, ann, str(made.id))
        orders.append("".join(pinned(ann)))

    assert orders == ["acb", "cab", "cab"]


def test_a_card_is_taken_away_by_whose_it_is(ann: Staff, bea: Staff) -> None:
    made = pins.pin(db.session, ann, resource="post", arguments="by=user")
    db.session.flush()

    for person, key in ((bea, str(made.id)), (ann, "none"), (ann, "99999")):
        with pytest.raises(NotFoundError):
            pins.unpin(db.session, person, key)
    pins.unpin(db.session, ann, str(made.id))

    assert pinned(ann) == []


def test_neither_too_many_nor_too_much_is_pinned(ann: Staff) -> None:
    with pytest.raises(InvalidRecord, match="too many filters"):
        pins.pin(db.session, ann, resource="post", arguments="q" * (LONGEST_ARGUMENTS + 1))
    for number in range(pins.MOST_PINS):
        pins.pin(db.session, ann, resource="post", arguments=f"q={number}")
        db.session.flush()

    with pytest.raises(InvalidRecord, match="12 cards"):
        pins.pin(db.session, ann, resource="post", arguments="by=user")
