"""Lists in the order of related records: starting from those records gives the same rows as walking the order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.list.selections import schema_for
from admin_app.panel.registry import resource_of
from admin_app.selection.paging import planner, related_order
from admin_app.selection.paging.neighbours import neighbours_of
from admin_app.selection.paging.pages import fetch, page_of
from admin_app.selection.paging.planner import planned
from admin_app.selection.paging.related_order import first_segments
from admin_app.selection.selection import Selection
from tests.stores import emptied

NAMES = st.sampled_from(["Ada", "Björn", "Björn Berg", "bjö", "BJÖRN", "Zoë", ""])
CONTENTS = st.sampled_from(["", "tea", "Björn was here", "about björn"])


def selection(*arguments: tuple[str, str]) -> Selection:
    resource = resource_of(Post)
    assert resource
    return Selection.parse(schema_for(access_to(resource)), arguments)


def keys(rows: Any) -> list[int]:
    return [row.id for row in rows]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(NAMES, max_size=6),
    posts=st.lists(st.tuples(CONTENTS, st.integers(-1, 5)), max_size=12),
    arguments=st.sampled_from([(("q", "Björn"),), (("user.name__contains", "björn"),), (("q", "björn was"),)]),
    sort=st.sampled_from(["user", "-user"]),
    backwards=st.booleans(),
    heads=st.integers(1, 4),
    place=st.integers(0, 12),
)
@pytest.mark.usefixtures("context")
def test_first_related_records_give_the_first_rows_from_any_place(
    names: list[str],
    posts: list[tuple[str, int]],
    arguments: tuple[tuple[str, str], ...],
    sort: str,
    *,
    backwards: bool,
    heads: int,
    place: int,
) -> None:
    db.session.execute(delete(Post))
    db.session.execute(delete(User))
    users = [
        db.session.scalars(insert(User).values(name=name, email=f"{number}@b.example").returning(User.id)).one()
        for number, name in enumerate(names)
    ]
    for content, owner in posts:
        user_id = users[owner] if 0 <= owner < len(users) else None
        db.session.execute(insert(Post).values(content=content, user_id=user_id))
    walked, everyone = selection(*arguments, ("sort", sort)), selection(("sort", sort))
    rows = fetch(db.session, everyone.segments(), limit=100)
    start = walked.order.cursor_of(rows[place]) if place < len(rows) else None
    expected = keys(fetch(db.session, walked.segments(start, backwards=backwards), limit=100))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(related_order, "HEADS", heads)
        chosen = walked.changed(clustered=walked.lookups[0])
        segments, is_all = first_segments(db.session, chosen, start, backwards=backwards)
    found = keys(fetch(db.session, segments, limit=100)) if segments else []

    assert found == expected[: len(found)]
    assert not is_all or found == expected
    db.session.rollback()


@pytest.fixture
def few_of_many(app_on: Callable[[str], Flask], store: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have 4,000 posts by 400 users, nine of whom are called Ottilie; so many count as no few here.

    The tests write nothing, so the next one finds the tables as they are.
    """
    app = app_on(store)
    with app.app_context():
        if not is_filled():
            emptied(app)
            fill()
        monkeypatch.setattr(planner, "FEW", 10)
        yield
        db.session.remove()


def is_filled() -> bool:
    numbers = [db.session.scalar(select(func.count(model.id))) for model in (User, Post)]
    db.session.rollback()
    return numbers == [400, 4000]


def fill() -> None:
    users = [{"name": f"{'Ottilie' if number % 50 == 7 else 'Writer'} {number}", "email": f"{number}@w.example"} for number in range(400)]  # fmt: skip
    db.session.execute(insert(User), users)
    ids = db.session.scalars(select(User.id).order_by(User.id)).all()
    posts = [{"content": f"Note {number} on tea", "user_id": ids[number % 400]} for number in range(4000)]
    db.session.execute(insert(Post), posts)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


@pytest.mark.usefixtures("few_of_many")
@pytest.mark.parametrize("sort", ["user", "-user"])
@pytest.mark.parametrize("arguments", [(("q", "Ottilie"),), (("user.name__contains", "Ottilie"),)])
def test_page_of_a_clustered_word_is_the_page_of_the_walk(
    sort: str, arguments: tuple[tuple[str, str], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(related_order, "HEADS", 3)
    chosen = selection(*arguments, ("sort", sort))
    expected = keys(fetch(db.session, chosen.segments(), limit=100))

    first = page_of(db.session, chosen)
    second = page_of(db.session, chosen.changed(after=first.after))
    fifth = page_of(db.session, chosen.changed(page=5))
    last = page_of(db.session, chosen.changed(before="end"))

    assert planned(db.session, chosen).clustered is not None
    assert len(expected) == 80
    assert [keys(one.rows) for one in (first, second)] == [expected[:20], expected[20:40]]
    assert [keys(one.rows) for one in (fifth, last)] == [expected[60:], expected[60:]]


@pytest.mark.usefixtures("few_of_many")
@pytest.mark.parametrize("sort", ["user", "-user"])
def test_neighbours_in_a_clustered_list_are_those_of_the_walk(sort: str) -> None:
    chosen = selection(("q", "Ottilie"), ("sort", sort))
    rows = fetch(db.session, chosen.segments(), limit=100)

    found = [neighbours_of(db.session, chosen, rows[place]) for place in (0, 33, 79)]

    around = [(None, rows[1].id), (rows[32].id, rows[34].id), (rows[78].id, None)]
    assert [one and (one.previous and one.previous.id, one.following and one.following.id) for one in found] == around
    assert [one and str(one.position) for one in found] == ["1", "34", "80"]


@pytest.mark.usefixtures("few_of_many")
def test_position_in_a_clustered_list_is_left_out_beyond_its_first_related_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(related_order, "HEADS", 3)
    chosen = selection(("q", "Ottilie"), ("sort", "user"))
    rows = fetch(db.session, chosen.segments(), limit=100)

    found = [neighbours_of(db.session, chosen, rows[place]) for place in (0, 19, 79)]

    assert [one and str(one.position) for one in found] == ["1", "20", "more than 10,000"]


@pytest.mark.usefixtures("few_of_many")
@pytest.mark.parametrize("arguments", [(("q", "tea"),), (("q", "Ottilie"), ("sort", "created_at")), (("q", "Writer"),)])
def test_what_is_common_everywhere_or_in_another_order_is_not_clustered(arguments: tuple[tuple[str, str], ...]) -> None:
    chosen = selection(*(("sort", "user"), *arguments))

    assert planned(db.session, chosen).clustered is None
