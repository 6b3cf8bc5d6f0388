"""Counts: exact where people count, bounded where nobody does, one statement for a whole page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.counting import Count, bounded, counts_of_children
from admin_app.selection.selection import COUNT_LIMIT


@pytest.mark.parametrize(
    ("count", "words"),
    [(Count(0), "0"), (Count(1204), "1,204"), (Count(10_000, is_exact=False), "more than 10,000")],
)
def test_count_is_written_as_a_person_reads_it(count: Count, words: str) -> None:
    assert str(count) == words


@pytest.mark.parametrize(
    ("number", "count"),
    [(9, Count(9)), (10, Count(10)), (11, Count(10, is_exact=False))],
)
def test_count_is_exact_up_to_its_limit(number: int, count: Count) -> None:
    assert bounded(number, 10) == count


def test_limit_is_enough_for_what_people_go_through() -> None:
    assert COUNT_LIMIT == 10_000


@pytest.mark.usefixtures("context")
def test_children_are_counted_for_each_parent_in_one_statement(
    make_user: Callable[..., User],
    make_post: Callable[..., Post],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    none, one, three = make_user(), make_user(), make_user()
    for user in (one, three, three, three, None):
        make_post(user=user)
    keys = [none.id, one.id, three.id]

    with statements() as sent:
        counts = counts_of_children(db.session, User.posts, keys)

    assert counts == {none.id: Count(0), one.id: Count(1), three.id: Count(3)}
    assert len(sent) == 1


@pytest.mark.usefixtures("context")
def test_children_beyond_the_limit_are_not_counted_out(
    make_user: Callable[..., User], make_post: Callable[..., Post]
) -> None:
    few, many = make_user(), make_user()
    for user in (few, few, many, many, many):
        make_post(user=user)
    keys = [few.id, many.id]

    counts = counts_of_children(db.session, User.posts, keys, limit=2)

    assert counts == {few.id: Count(2), many.id: Count(2, is_exact=False)}


@pytest.mark.usefixtures("context")
def test_nobody_has_no_children() -> None:
    assert counts_of_children(db.session, User.posts, []) == {}


@pytest.mark.usefixtures("context")
def test_record_that_was_deleted_meanwhile_has_none(make_user: Callable[..., User]) -> None:
    user = make_user()
    gone = user.id + 1

    counts = counts_of_children(db.session, User.posts, [user.id, gone])

    assert counts == {user.id: Count(0), gone: Count(0)}
