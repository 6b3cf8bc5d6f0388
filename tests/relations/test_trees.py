"""Records that refer to their own table: nothing can put one below itself."""

from __future__ import annotations

import contextlib
import threading

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.transaction import transaction
from admin_app.domain.audit.trees import problem_with_parent
from admin_app.domain.plan.changes import SetTo
from admin_app.domain.records.deletion import Decision, Fate, delete_record
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.errors import DeletionError, InvalidRecord
from admin_app.extensions import db
from admin_app.relations import to_one
from admin_app.relations.trees import below, keys_below, trees_of
from tests.domain.audit.undoing import done, take_back
from tests.domain.plan.planning import carried_out, planned, verdicts
from tests.relations.linked import Place

pytestmark = pytest.mark.usefixtures("linked")

SAID = "This place would be below itself. Choose another parent."


@pytest.fixture(autouse=True)
def places(request: pytest.FixtureRequest) -> None:
    """Make 1, in it 2, in that 3; and 4 by itself."""
    request.getfixturevalue("linked")
    for name, parent in (("Earth", None), ("Europe", 1), ("Rome", 2), ("Mars", None)):
        put(Place(name=name, parent_id=parent))


def put(place: Place) -> None:
    with transaction(db.session):
        db.session.add(place)


def move(key: int, parent: int | None) -> int:
    """Put a place below another one; return the change set."""
    with transaction(db.session):
        db.session.get_one(Place, key).parent_id = parent
    return done()


def parents() -> dict[int, int | None]:
    db.session.expire_all()
    return dict(map(tuple, db.session.execute(select(Place.id, Place.parent_id))))


BEFORE = {1: None, 2: 1, 3: 2, 4: None}


def test_a_model_makes_a_tree_unless_it_says_otherwise() -> None:
    assert [one.key for one in trees_of(Place)] == ["parent"]


def test_records_below_are_found_at_any_depth_and_in_a_circle() -> None:
    tree, like = to_one(Place.parent), to_one(Place.like)
    with transaction(db.session):
        for key, other in ((1, 2), (2, 1)):
            db.session.get_one(Place, key).like_id = other

    assert set(db.session.scalars(keys_below(tree, 1))) == {2, 3}
    assert set(db.session.scalars(keys_below(like, 1))) == {1, 2}
    for relation, found in ((tree, {2, 3}), (like, {1, 2})):
        climbing = select(Place.id).where(below(relation, 1).asked)
        assert set(db.session.scalars(climbing)) == found


@pytest.mark.parametrize("parent", [1, 3])
def test_a_transaction_that_puts_a_record_below_itself_is_refused(parent: int) -> None:
    with pytest.raises(InvalidRecord) as refused:
        move(1, parent)

    assert refused.value.problems == {"parent": SAID}
    assert parents() == BEFORE


def test_a_form_is_refused_before_it_saves() -> None:
    tree, one = to_one(Place.parent), db.session.get_one(Place, 1)

    found = [problem_with_parent(db.session, tree, one, parent) for parent in (None, one, *_places(3, 4))]

    assert found == [None, SAID, SAID, None]


def _places(*keys: int) -> list[Place]:
    return [db.session.get_one(Place, key) for key in keys]


def test_a_plan_skips_records_that_would_be_below_themselves() -> None:
    plan = carried_out(planned(Place, {"parent_id": SetTo(3)}, meant=Place.id.in_([1, 4])))

    assert verdicts(plan) == {1: "failed", 4: "done"}
    assert parents() == {**BEFORE, 4: 3}


def test_an_undo_that_would_put_a_record_below_itself_is_refused() -> None:
    moved = move(3, None)
    move(1, 3)

    with pytest.raises(InvalidRecord):
        take_back(moved)

    assert parents() == {1: 3, 2: 1, 3: None, 4: None}


def test_dependents_of_a_deleted_record_cannot_be_given_to_a_record_below_it() -> None:
    earth, rome, mars = _places(1, 3, 4)

    with pytest.raises(DeletionError, match="“Rome” is below what it would get"):
        delete_record(db.session, earth, {"places": Decision(Fate.GIVE, rome)}, everything_in_scope)
    db.session.rollback()
    with transaction(db.session):
        delete_record(db.session, earth, {"places": Decision(Fate.GIVE, mars)}, everything_in_scope)

    assert parents() == {2: 4, 3: 2, 4: None}


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_two_people_cannot_put_records_below_each_other_at_once(app: Flask) -> None:
    flushed = threading.Barrier(2)

    def move_at_once(key: int, parent: int) -> None:
        with app.app_context(), contextlib.suppress(InvalidRecord), transaction(db.session):
            db.session.get_one(Place, key).parent_id = parent
            db.session.flush()
            flushed.wait()

    movers = [threading.Thread(target=move_at_once, args=pair) for pair in ((1, 4), (4, 1))]
    for one in movers:
        one.start()
    for one in movers:
        one.join()

    moved = parents()
    assert (moved[1], moved[4]) in {(4, None), (None, 1)}
