"""Unique values are checked as they are after the whole file, and the history has one change for each record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from admin_app.db.limits import highest_to_give
from admin_app.domain.plan import row_matcher
from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.user import User
from tests.many import many_users
from tests.stores import both_stores
from tests.transfer.bringing import all_of, bring, refused

pytestmark = [pytest.mark.covers, pytest.mark.usefixtures("context"), both_stores]
Make = Callable[..., Any]

FEW = 100
FAR = FEW + 50


def fillers(count: int) -> str:
    return "".join(f",F{number},filler{number}@example.com\n" for number in range(count))


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge a few rows at once: that two stand far from one another takes no long file then."""
    monkeypatch.setattr(row_matcher, "BATCH", FEW)


@pytest.fixture
def three(make_user: Make) -> list[User]:
    return [make_user(name=name, email=f"{name.lower()}@example.com") for name in ("One", "Two", "Three")]


def changes_of(user: User) -> list[tuple[Any, Any]]:
    found = db.session.scalars(select(Change).where(Change.record_id == user.id, Change.act == "update"))
    return [(change.before, change.after) for change in found]


@pytest.mark.usefixtures("three", "few_at_once")
@pytest.mark.parametrize("between", [0, FAR])
def test_two_records_swap_their_emails(between: int, three: list[User]) -> None:
    one, two, _ = three

    report = bring(User, f"id,name,email\n1,One,two@example.com\n{fillers(between)}2,Two,one@example.com\n")

    assert (report.created, report.changed) == (between, 2)
    assert all_of(User, "email", "version")[:2] == [("two@example.com", 2), ("one@example.com", 2)]
    assert changes_of(one) == [({"email": "one@example.com"}, {"email": "two@example.com"})]
    assert changes_of(two) == [({"email": "two@example.com"}, {"email": "one@example.com"})]


@pytest.mark.usefixtures("three", "few_at_once")
@pytest.mark.parametrize("between", [0, FAR])
@pytest.mark.parametrize("is_taken_first", [False, True])
def test_a_new_record_takes_the_email_that_another_gives_up(between: int, *, is_taken_first: bool) -> None:
    rows = ["1,One,one.new@example.com\n", ",Newcomer,ONE@example.com\n"]
    first, last = reversed(rows) if is_taken_first else rows

    bring(User, f"id,name,email\n{first}{fillers(between)}{last}")

    emails = dict(all_of(User, "name", "email"))
    assert (emails["One"], emails["Newcomer"]) == ("one.new@example.com", "ONE@example.com")


@pytest.mark.no_cover
@pytest.mark.usefixtures("three", "few_at_once")
@pytest.mark.parametrize("between", [0, FAR])
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_emails_rotate_among_records(between: int, order: tuple[int, ...]) -> None:
    wanted = {1: "two@example.com", 2: "three@example.com", 3: "one@example.com"}
    rows = fillers(between).join(f"{key},User {key},{wanted[key]}\n" for key in order)
    rows = rows.replace(fillers(between), fillers(between).replace("filler", "other"), 1) if between else rows

    bring(User, f"id,name,email\n{rows}")

    assert all_of(User, "email")[:3] == [(wanted[key],) for key in (1, 2, 3)]


@pytest.mark.usefixtures("three", "few_at_once")
def test_every_record_takes_the_next_ones_email_backwards_and_forwards(app: Flask) -> None:
    keys = many_users(app, FEW + 10)
    forward = "".join(f"{key},N,many{number + 1}@example.com\n" for number, key in enumerate(keys))
    back = "".join(f"{key},N,many{number}@example.com\n" for number, key in enumerate(keys))

    assert bring(User, f"id,name,email\n{forward}").changed == len(keys)
    assert bring(User, f"id,name,email\n{back}").changed == len(keys)
    assert all_of(User, "email")[3:] == [(f"many{number}@example.com",) for number in range(len(keys))]


@pytest.mark.usefixtures("three", "few_at_once")
@pytest.mark.parametrize("between", [0, FAR])
@pytest.mark.parametrize(
    ("first", "last", "place", "problem"),
    [
        (",New,ONE@example.com", "2,Two,two@example.com", "first", "already used by ID 1."),
        # Row 3 lets it be, so it is not the same that both would get.
        ("2,Two,one@example.com", "1,One,one@example.com", "first", "already used by ID 1."),
        ("1,One,new@example.com", ",New,NEW@example.com", "both", "the same as in row"),
        ("1,One,new@example.com", "2,Two,three@example.com", "last", "already used by ID 3."),
    ],
)
def test_a_value_that_two_records_would_have_in_the_end_is_refused(
    between: int, first: str, last: str, place: str, problem: str
) -> None:
    numbers = {"first": [2], "last": [3 + between], "both": [2, 3 + between]}[place]

    problems = refused(User, f"id,name,email\n{first}\n{fillers(between)}{last}\n")

    row = last if place == "last" else first
    assert [one for one, _ in problems] == numbers
    assert problems[0][1].startswith(f"Email “{row.rpartition(',')[2]}”: {problem}")
    assert all_of(User, "email", "version") == [(f"{name}@example.com", 1) for name in ("one", "two", "three")]


@pytest.mark.usefixtures("three", "few_at_once")
@pytest.mark.parametrize("between", [0, FAR])
@pytest.mark.parametrize("wrong", ["1,,free@example.com", "1,One,nowhere"])
def test_a_row_that_depends_on_a_wrong_one_names_it(between: int, wrong: str) -> None:
    text = f"id,name,email\n{wrong}\n{fillers(between)},New,one@example.com\n"

    problems = refused(User, text)

    told = "Email “one@example.com”: already used by ID 1, and row 2, which would change that, is wrong."
    assert [number for number, _ in problems] == [2, between + 3]
    assert problems[1][1] == told


# ---- ids


@pytest.mark.parametrize(
    ("kind", "highest"),
    [(sa.SmallInteger, 30_000), (sa.Integer, 2_000_000_000), (sa.BigInteger, 9_000_000_000_000_000_000)],
)
def test_every_given_id_leaves_room_for_later_records(kind: Any, highest: int) -> None:
    assert highest_to_give(sa.Column("id", kind)) == highest


ROOM = "2,000,000,000 or less, so that later records have room."


@pytest.mark.parametrize(
    ("key", "said"), [(2_000_000_001, ROOM), (2_147_483_647, ROOM), (0, "1 or more."), (-1, "1 or more.")]
)
def test_an_id_that_leaves_no_room_is_refused(key: int, said: str) -> None:
    problem = f"ID “{key}”: a new record's ID must be {said}"
    assert refused(User, f"id,name,email\n{key},Last,last@example.com\n") == [(2, problem)]


def test_new_records_follow_the_highest_given_id() -> None:
    bring(User, "id,name,email\n2000000000,Last,last@example.com\n,Next,next@example.com\n")

    assert all_of(User, "id", "name") == [(2_000_000_000, "Last"), (2_000_000_001, "Next")]


def test_new_records_have_ids_behind_those_that_another_program_gave(make_user: Make) -> None:
    # PostgreSQL's sequence knows nothing of them.
    for key in (1, 2):
        make_user(id=key, name="Theirs")

    bring(User, "name,email\nOurs,ours@example.com\n")

    assert (3, "Ours") in all_of(User, "id", "name")


@pytest.mark.parametrize("key", [2_147_483_647, 0, -1])
def test_a_record_that_has_such_an_id_can_be_changed(make_user: Make, key: int) -> None:
    make_user(id=key, name="Last")

    assert bring(User, f"id,name\n{key},Changed\n").changed == 1
