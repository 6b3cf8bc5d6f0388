"""Unique values are judged by the file's end state, whatever lies between two rows; the history says one change of each record."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.limits import highest_to_give
from admin_app.db.record import Versioned
from admin_app.db.transaction import transaction
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.user import User
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.import_ import importer
from admin_app.domain.plan.lines import BATCH
from admin_app.transfer.import_.importer import import_csv
from tests.many import many_users
from tests.transfer.bringing import all_of, bring, refused

pytestmark = pytest.mark.usefixtures("context")
Make = Callable[..., Any]

FEW = 100
FAR = FEW + 50


def fillers(count: int) -> str:
    return "".join(f",F{number},filler{number}@example.com\n" for number in range(count))


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge a few rows at once: that two stand far from one another takes no long file then."""
    monkeypatch.setattr(importer, "BATCH", FEW)


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


@pytest.mark.usefixtures("three", "few_at_once")
@pytest.mark.parametrize("between", [0, FAR])
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_emails_go_round(between: int, order: tuple[int, ...]) -> None:
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
        ("2,Two,one@example.com", "1,One,one@example.com", "last", "the same as in"),
        ("1,One,new@example.com", ",New,NEW@example.com", "last", "the same as in"),
        ("1,One,new@example.com", "2,Two,three@example.com", "last", "already used by ID 3."),
    ],
)
def test_what_stands_twice_in_the_end_is_refused(between: int, first: str, last: str, place: str, problem: str) -> None:
    number = 2 if place == "first" else 3 + between

    problems = refused(User, f"id,name,email\n{first}\n{fillers(between)}{last}\n")

    row = first if place == "first" else last
    assert [one for one, _ in problems] == [number]
    assert problems[0][1].startswith(f"Email “{row.rpartition(',')[2]}”: {problem}")
    assert all_of(User, "email", "version") == [(f"{name}@example.com", 1) for name in ("one", "two", "three")]


@pytest.mark.usefixtures("three", "few_at_once")
@pytest.mark.parametrize("between", [0, FAR])
@pytest.mark.parametrize("wrong", ["1,,free@example.com", "1,One,nowhere", "1,One,three@example.com,,?"])
def test_a_wrong_row_is_not_blamed_on_those_that_count_on_it(between: int, wrong: str) -> None:
    text = f"id,name,email\n{wrong}\n{fillers(between)},New,one@example.com\n"

    problems = refused(User, text)

    expected = [2, between + 3] if wrong.endswith("?") else [2]
    assert [number for number, _ in problems] == expected


@pytest.mark.usefixtures("three", "few_at_once")
def test_a_row_that_cannot_be_read_is_not_blamed_on_those_before_it() -> None:
    text = "id,name,email,created_at\n,New,one@example.com,\n1,One,free@example.com,soon\n"

    assert [number for number, _ in refused(User, text)] == [3]


# The memory is Python's, whichever store is written to.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.no_cover  # What coverage keeps would be measured too.
def test_memory_does_not_grow_with_those_that_make_way(app: Flask) -> None:
    keys = many_users(app, 2 * BATCH)

    def peak(count: int) -> int:
        # The first half takes what the second half gives up.
        wanted = [*range(count // 2, count), *range(count // 2)]
        text = "".join(f"{key},N,many{number}@example.com\n" for key, number in zip(keys, wanted, strict=False))
        tracemalloc.start()
        try:
            bring(User, f"id,name,email\n{text}")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    small = peak(BATCH)

    assert peak(2 * BATCH) < 1.5 * small


# ---- columns of other types


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Thing(Versioned, Base):
    """Unique columns of which each makes way in another way, or cannot."""

    __tablename__ = "unique_sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[int | None] = mapped_column(unique=True)
    place: Mapped[int] = mapped_column(unique=True, default=0)
    word: Mapped[str] = mapped_column(sa.String(3), unique=True)
    day: Mapped[date] = mapped_column(unique=True)


START = "id,code,place,word,day\n1,10,-1,a,2026-01-01\n2,20,-2,b,2026-01-02\n"


@pytest.fixture
def things() -> Iterator[Callable[[str], Any]]:
    Base.metadata.create_all(db.engine)

    def bring_things(text: str) -> Any:
        columns = [ImportColumn(one.key, one.key, one) for one in Thing.__table__.columns if one.key != "version"]
        with transaction(db.session):
            return import_csv(db.session, Thing, StringIO(text, newline=""), columns)

    bring_things(START)
    yield bring_things
    db.session.remove()
    Base.metadata.drop_all(db.engine)


@pytest.mark.parametrize(
    ("name", "first", "second"), [("code", "20", "10"), ("code", "20", ""), ("place", "-2", "-1"), ("place", "-2", "7")]
)
def test_numbers_make_way_as_texts_do(things: Callable[[str], Any], name: str, first: str, second: str) -> None:
    assert things(f"id,{name}\n1,{first}\n2,{second}\n").changed == 2

    wanted = [(None if value == "" else int(value),) for value in (first, second)]
    assert db.session.execute(select(getattr(Thing, name)).order_by(Thing.id)).all() == wanted


@pytest.mark.parametrize(("name", "first", "second"), [("word", "b", "a"), ("day", "2026-01-02", "2026-01-01")])
def test_what_nothing_can_stand_in_for_is_refused(
    things: Callable[[str], Any], name: str, first: str, second: str
) -> None:
    with pytest.raises(TransferError) as caught:
        things(f"id,{name}\n1,{first}\n2,{second}\n")

    label = name.capitalize()
    assert caught.value.problems == (
        (2, f"{label} “{first}”: already used by ID 2."),
        (3, f"{label} “{second}”: already used by ID 1."),
    )


def test_a_row_that_leaves_a_value_to_its_column_does_not_make_way(things: Callable[[str], Any]) -> None:
    with pytest.raises(TransferError) as caught:
        things("id,place\n1,-2\n2,\n")

    assert caught.value.problems == ((2, "Place “-2”: already used by ID 2."),)


# ---- ids


@pytest.mark.parametrize(
    ("kind", "highest"),
    [(sa.SmallInteger, 30_000), (sa.Integer, 2_000_000_000), (sa.BigInteger, 9_000_000_000_000_000_000)],
)
def test_there_is_room_behind_every_id_that_is_given(kind: Any, highest: int) -> None:
    assert highest_to_give(sa.Column("id", kind)) == highest


@pytest.mark.parametrize("key", [2_000_000_001, 2_147_483_647])
def test_an_id_that_leaves_no_room_is_refused(key: int) -> None:
    problem = f"ID “{key}”: a new record's ID must be 2,000,000,000 or less, so that later records have room."
    assert refused(User, f"id,name,email\n{key},Last,last@example.com\n") == [(2, problem)]


def test_behind_the_highest_id_others_find_room() -> None:
    bring(User, "id,name,email\n2000000000,Last,last@example.com\n,Next,next@example.com\n")

    assert all_of(User, "id", "name") == [(2_000_000_000, "Last"), (2_000_000_001, "Next")]


def test_a_record_that_has_such_an_id_can_be_changed(make_user: Make) -> None:
    make_user(id=2_147_483_647, name="Last")

    assert bring(User, "id,name\n2147483647,Changed\n").changed == 1
