"""Undo of records with several columns that are unique together, where another record has the values by now."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from admin_app.db.transaction import transaction
from admin_app.extensions import db
from tests.domain.audit.undoing import done, state, take_back, words
from tests.relations.linked import Seat

pytestmark = pytest.mark.usefixtures("linked")


def seats(*numbers: int | None) -> list[int]:
    """Put so many seats into the hall; return their keys."""
    with transaction(db.session):
        made = [Seat(name=f"Seat {number}", hall="Great", number=number) for number in numbers]
        db.session.add_all(made)
        db.session.flush()
        return [one.id for one in made]


def numbers() -> dict[int, int]:
    return dict(map(tuple, db.session.execute(select(Seat.id, Seat.number))))


def renumber(given: dict[int, int]) -> int:
    with transaction(db.session):
        for key, number in given.items():
            db.session.get_one(Seat, key).number = number
            db.session.flush()
    return done()


def encode(given: dict[int, str]) -> int:
    with transaction(db.session):
        for key, code in given.items():
            db.session.get_one(Seat, key).code = code
    return done()


def test_an_undo_of_many_changes_skips_only_the_taken_value() -> None:
    keys = seats(1, 2, 3)
    moved = renumber({keys[0]: 11, keys[1]: 12, keys[2]: 13})
    (thief,) = seats(2)

    outcome = take_back(moved)

    assert (outcome.given_back, words(outcome)) == (2, ["Another seat has the same hall and number now."])
    assert outcome.conflicts[0].other == db.session.get_one(Seat, thief)
    assert numbers() == {keys[0]: 1, keys[1]: 12, keys[2]: 3, thief: 2}


def test_an_undo_of_many_deletions_skips_only_the_taken_value() -> None:
    keys = seats(1, 2, None)
    with transaction(db.session):
        for key in keys:
            db.session.delete(db.session.get_one(Seat, key))
    gone = done()
    (thief,) = seats(1)

    outcome = take_back(gone)

    assert (outcome.given_back, words(outcome)) == (2, ["Another seat has the same hall and number now."])
    assert state(Seat).keys() == {keys[1], keys[2], thief}


def test_an_undo_skips_what_a_unique_index_computes_alike() -> None:
    keys, (thief,) = seats(1, 2), seats(3)
    encode({keys[0]: "A", keys[1]: "B"})
    moved = encode({keys[0]: "C", keys[1]: "D"})
    encode({thief: "b"})

    outcome = take_back(moved)

    assert (outcome.given_back, words(outcome)) == (1, ["Another seat has the same code now."])
    assert {key: db.session.get_one(Seat, key).code for key in keys} == {keys[0]: "A", keys[1]: "D"}


@pytest.mark.parametrize("step", [1, -1])
def test_a_row_of_seats_that_moved_along_moves_back(step: int) -> None:
    keys = seats(*range(10, 10 + step * 3, step))
    there = numbers()
    moved = renumber({key: there[key] + step for key in reversed(keys)})

    outcome = take_back(moved)

    assert (outcome.given_back, numbers()) == (3, there)


def test_a_record_that_needs_the_value_of_a_skipped_one_is_skipped_too() -> None:
    keys = seats(1, 2, 3)
    moved = renumber({keys[2]: 13, keys[1]: 3, keys[0]: 2})
    (thief,) = seats(1)

    outcome = take_back(moved)

    assert (outcome.given_back, outcome.left) == (0, 3)
    assert numbers() == {keys[0]: 2, keys[1]: 3, keys[2]: 13, thief: 1}


@pytest.mark.parametrize(("field", "values"), [("number", (1, 2, 3)), ("name", ("a", "b", "c"))])
def test_a_seat_that_was_changed_since_says_so(field: str, values: tuple[object, ...]) -> None:
    (key,) = seats(0)
    acts = []
    for value in values:
        with transaction(db.session):
            setattr(db.session.get_one(Seat, key), field, value)
        acts.append(done())

    assert words(take_back(acts[1])) == [f"Changed since: {field}."]
