"""Paging by key: all pages together have every row once and in order, for every order, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.selection.list_schema import ListSchema, SortKey
from admin_app.selection.paging.pages import Page, fetch, page_of
from admin_app.selection.selection import Selection

START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ["Ann", "ann", "Bo", "Éva", "Я", "", "~", "Zoë 😀"]

POSTS = ListSchema(
    model=Post,
    sorts={
        "id": SortKey(Post.id),
        "created_at": SortKey(Post.created_at),
        "content": SortKey(Post.content),
        "user": SortKey(User.name, Post.user),
    },
    default_sort="id",
    page_sizes=(3,),
)
USERS = ListSchema(
    model=User,
    sorts={"id": SortKey(User.id), "posts": SortKey(User.posts)},
    default_sort="id",
    page_sizes=(3,),
)
STAFF = ListSchema(
    model=Staff,
    sorts={"id": SortKey(Staff.id), "last_sign_in_at": SortKey(Staff.last_sign_in_at), "name": SortKey(Staff.name)},
    default_sort="id",
    page_sizes=(2,),
)

POST = st.tuples(st.sampled_from(NAMES), st.none() | st.integers(0, 3), st.integers(0, 3))
# Rows are thrown away and made anew for each example, so one application serves them all.
EXAMPLES = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def fill(users: list[str], posts: list[tuple[str, int | None, int]]) -> None:
    """Leave exactly these users and posts; a post's user is a place in the list of users."""
    db.session.execute(delete(Post))
    db.session.execute(delete(User))
    people = [{"id": 10 + n, "name": name, "email": f"{n}@example.com"} for n, name in enumerate(users)]
    rows = [
        {
            "id": 100 + n,
            "content": content,
            "user_id": None if owner is None or owner >= len(users) else 10 + owner,
            "created_at": START + timedelta(days=day),
        }
        for n, (content, owner, day) in enumerate(posts)
    ]
    for model, values in ((User, people), (Post, rows)):
        if values:
            db.session.execute(insert(model), values)
    db.session.commit()


def walk(selection: Selection) -> list[list[Any]]:
    """Go from the first page to the last by Next."""
    pages: list[list[Any]] = []
    page: Page = page_of(db.session, selection)
    while True:
        pages.append([row.id for row in page.rows])
        if not page.after:
            return pages
        page = page_of(db.session, selection.changed(after=page.after, page=page.number + 1))


def walk_back(selection: Selection) -> list[list[Any]]:
    """Go from the last page to the first by Previous; the pages in the order of the list."""
    pages: list[list[Any]] = []
    page = page_of(db.session, selection.changed(before="end"))
    while True:
        pages.insert(0, [row.id for row in page.rows])
        if not page.before:
            return pages
        page = page_of(db.session, selection.changed(before=page.before))


@pytest.mark.usefixtures("context")
@EXAMPLES
@given(
    users=st.lists(st.sampled_from(["Ann", "Bo", "Ann"]), max_size=4),
    posts=st.lists(POST, max_size=14),
    sort=st.sampled_from(["id", "-id", "created_at", "-created_at", "content", "-content", "user", "-user"]),
)
def test_pages_are_the_list_cut_into_pieces(
    users: list[str], posts: list[tuple[str, int | None, int]], sort: str
) -> None:
    fill(users, posts)
    selection = Selection.parse(POSTS, [("sort", sort)])

    whole = [row.id for row in fetch(db.session, selection.segments(), limit=100)]
    backwards = [row.id for row in fetch(db.session, selection.segments(backwards=True), limit=100)]
    forth, back = walk(selection), walk_back(selection)

    assert sorted(whole) == [100 + n for n in range(len(posts))]
    assert backwards == whole[::-1]
    assert [id_ for page in forth for id_ in page] == whole
    assert all(len(page) == 3 for page in forth[:-1])
    assert back == forth


@pytest.mark.usefixtures("context")
@EXAMPLES
@given(
    users=st.lists(st.sampled_from(["Ann", "Bo"]), max_size=9),
    owners=st.lists(st.none() | st.integers(0, 8), max_size=14),
    sort=st.sampled_from(["posts", "-posts"]),
    is_ruled=st.booleans(),
)
def test_records_come_by_the_number_of_their_children_and_by_key(
    users: list[str], owners: list[int | None], sort: str, *, is_ruled: bool
) -> None:
    fill(users, [("text", owner, day % 2) for day, owner in enumerate(owners)])
    # By a rule, every other post counts.
    rows = Post.created_at == START if is_ruled else None
    schema = replace(USERS, sorts={**USERS.sorts, "posts": SortKey(User.posts, rows=rows)})
    selection = Selection.parse(schema, [("sort", sort)])
    counted = [owner for owner in owners[:: 2 if is_ruled else 1] if owner is not None]
    order = sorted(((counted.count(n), 10 + n) for n in range(len(users))), reverse=sort.startswith("-"))

    forth, back = walk(selection), walk_back(selection)
    backwards = [row.id for row in fetch(db.session, selection.segments(backwards=True), limit=100)]

    assert [id_ for page in forth for id_ in page] == [key for _, key in order] == backwards[::-1]
    assert back == forth


@pytest.mark.usefixtures("context")
@EXAMPLES
@given(users=st.lists(st.sampled_from(["Ann", "Bo", "Cy"]), max_size=4), posts=st.lists(POST, max_size=14))
def test_rows_come_by_user_then_by_key_and_the_ownerless_at_the_end(
    users: list[str], posts: list[tuple[str, int | None, int]]
) -> None:
    fill(users, posts)
    owners = [None if owner is None or owner >= len(users) else owner for _, owner, _ in posts]
    order = sorted(
        range(len(posts)),
        key=lambda n: (owners[n] is None, "" if owners[n] is None else users[owners[n]], owners[n] or 0, n),
    )

    found = fetch(db.session, Selection.parse(POSTS, [("sort", "user")]).segments(), limit=100)

    assert [row.id for row in found] == [100 + n for n in order]


@pytest.mark.usefixtures("context")
@EXAMPLES
@given(
    users=st.lists(st.sampled_from(["Ann", "Bo", "Ann"]), max_size=4),
    posts=st.lists(POST, max_size=14),
    sorts=st.permutations(["created_at", "content", "user"]),
    signs=st.tuples(st.sampled_from(["", "-"]), st.sampled_from(["", "-"])),
)
def test_rows_that_are_equal_in_one_column_come_by_the_second(
    users: list[str], posts: list[tuple[str, int | None, int]], sorts: list[str], signs: tuple[str, str]
) -> None:
    fill(users, posts)
    selection = Selection.parse(POSTS, [("sort", signs[0] + sorts[0]), ("then", signs[1] + sorts[1])])
    owners = [None if owner is None or owner >= len(users) else owner for _, owner, _ in posts]
    values: dict[str, Any] = {
        "created_at": lambda n: posts[n][2],
        "content": lambda n: posts[n][0],
        # Of two users of one name the first column keeps the posts apart, the second one does not.
        "user": lambda n: (1,) if owners[n] is None else (0, users[owners[n]], owners[n] if sorts[0] == "user" else 0),
    }
    order = sorted(range(len(posts)), reverse=bool(signs[1]))
    order.sort(key=values[sorts[1]], reverse=bool(signs[1]))
    order.sort(key=values[sorts[0]], reverse=bool(signs[0]))

    forth, back = walk(selection), walk_back(selection)

    assert [id_ for page in forth for id_ in page] == [100 + n for n in order]
    assert back == forth


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("sort", "then", "order"),
    [
        ("posts", "-name", ["Dan", "Ann", "Bo", "Éva", "Cy"]),
        ("-posts", "name", ["Cy", "Ann", "Bo", "Éva", "Dan"]),
        ("name", "-posts", ["Ann", "Bo", "Cy", "Dan", "Éva"]),
    ],
)
def test_a_number_of_children_is_the_first_column_or_the_second(sort: str, then: str, order: list[str]) -> None:
    fill(["Ann", "Bo", "Cy", "Dan", "Éva"], [("", owner, 0) for owner in (0, 1, 2, 2, 4)])
    users = replace(USERS, sorts={**USERS.sorts, "name": SortKey(User.name)}, page_sizes=(1,))
    selection = Selection.parse(users, [("sort", sort), ("then", then)])
    names = dict(db.session.execute(select(User.id, User.name)).all())

    forth, back = walk(selection), walk_back(selection)

    # Those of one post each, in the order of their names.
    expected = order if then == "name" or sort == "name" else ["Dan", "Éva", "Bo", "Ann", "Cy"]
    assert [names[id_] for page in forth for id_ in page] == expected
    assert back == forth


@pytest.mark.usefixtures("context")
def test_equal_names_come_by_the_number_of_their_children() -> None:
    fill(["Ann", "Ann", "Ann"], [("", owner, 0) for owner in (0, 1, 1, 1)])
    users = replace(USERS, sorts={**USERS.sorts, "name": SortKey(User.name)}, page_sizes=(1,))
    selection = Selection.parse(users, [("sort", "name"), ("then", "-posts")])

    forth, back = walk(selection), walk_back(selection)

    assert forth == [[11], [10], [12]]
    assert back == forth


@pytest.mark.usefixtures("context")
@EXAMPLES
@given(
    users=st.lists(st.sampled_from(["Ann", "Bo"]), max_size=3),
    posts=st.lists(POST, max_size=12),
    size=st.integers(1, 5),
)
def test_numbered_pages_are_the_same_pages(
    users: list[str], posts: list[tuple[str, int | None, int]], size: int
) -> None:
    fill(users, posts)
    schema = ListSchema(model=Post, sorts=POSTS.sorts, default_sort="-user", page_sizes=(size,))
    selection = Selection.parse(schema, [])

    by_key = walk(selection)
    by_number = [
        [row.id for row in page_of(db.session, selection.changed(page=n + 1)).rows] for n in range(len(by_key))
    ]

    assert by_number == by_key


@pytest.mark.parametrize("sort", ["last_sign_in_at", "-last_sign_in_at", "name", "-name"])
def test_null_has_its_place_in_every_direction(app: Flask, make_staff: Any, sort: str) -> None:
    people = [make_staff(f"{'viewer' if n % 2 else 'owner'}{n}") for n in range(7)]
    with app.app_context():
        for n in (1, 2, 5):
            db.session.get_one(Staff, people[n].id).last_sign_in_at = START + timedelta(days=n % 2)
        db.session.commit()
        selection = Selection.parse(STAFF, [("sort", sort)])

        forth, back = walk(selection), walk_back(selection)

    times = {people[2].id: 0, people[1].id: 1, people[5].id: 1}
    nobody = [one.id for one in people if one.id not in times]
    expected = [people[2].id, people[1].id, people[5].id, *nobody]
    if "name" in sort:
        expected = [people[n].id for n in (0, 2, 4, 6, 1, 3, 5)]
    assert [id_ for page in forth for id_ in page] == (expected[::-1] if sort.startswith("-") else expected)
    assert back == forth


@pytest.mark.usefixtures("context")
def test_rows_written_between_two_pages_neither_repeat_nor_hide_a_row() -> None:
    fill(["Ann"], [("", 0, 0)] * 9)
    selection = Selection.parse(POSTS, [("sort", "id")])
    first = page_of(db.session, selection)

    db.session.execute(delete(Post).where(Post.id.in_([100, 102])))
    db.session.execute(insert(Post), [{"id": 50, "content": "new"}, {"id": 500, "content": "newer"}])
    db.session.commit()
    second = page_of(db.session, selection.changed(after=first.after, page=2))

    assert [row.id for row in second.rows] == [103, 104, 105]


@pytest.mark.usefixtures("context")
def test_page_whose_rows_are_gone_is_the_last_one() -> None:
    fill(["Ann"], [("", 0, 0)] * 7)
    selection = Selection.parse(POSTS, [("sort", "id")])
    after = page_of(db.session, selection.changed(page=2)).after

    db.session.execute(delete(Post).where(Post.id == 106))
    db.session.commit()
    page = page_of(db.session, selection.changed(after=after, page=3))

    assert ([row.id for row in page.rows], page.number, page.after) == ([103, 104, 105], 2, "")


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("key", ["after", "before"])
@pytest.mark.parametrize(
    "text",
    ["x", "-", "--1", "1~x", "1~10~Ann", "99999999999999999999", "1~2026-01-01T00:00:00", "1~", "~", "1\0", "1" * 5000],
)
def test_cursor_of_another_order_is_refused(key: str, text: str) -> None:
    with pytest.raises(SelectionError):
        Selection.parse(POSTS, [("sort", "created_at"), (key, text)])


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("text", ["1", "1~Ann~2026-01-01T00:00:00+00:00", "1~=x", "1~=1~x", "x~=1~x", "1~=" + "9" * 20])
def test_cursor_of_another_order_by_two_columns_is_refused(text: str) -> None:
    schema = replace(POSTS, sorts={**POSTS.sorts, "posts": SortKey(User.posts)})

    with pytest.raises(SelectionError):
        Selection.parse(schema, [("sort", "created_at"), ("then", "posts"), ("after", text)])


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_page_deep_in_the_list_is_found_by_an_index_on_postgresql(context: Flask) -> None:
    assert "Sort" not in plan_of_a_deep_page(context)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_page_deep_in_the_list_is_found_by_an_index_on_sqlite(context: Flask) -> None:
    assert "B-TREE" not in plan_of_a_deep_page(context)


def plan_of_a_deep_page(_context: Flask) -> str:
    fill(["Ann"], [("", 0, day) for day in range(4)] * 30)
    selection = Selection.parse(POSTS, [("sort", "-created_at")])
    place = selection.order.cursor_of(db.session.get_one(Post, 150))
    (segment,) = selection.segments(place)
    compiled = segment.limit(3).compile(db.engine, compile_kwargs={"literal_binds": False})
    if db.engine.dialect.name == "postgresql":
        # What it knows of the table else is of whichever rows were there last.
        db.session.execute(db.text("ANALYZE post"))
        db.session.execute(db.text("SET LOCAL enable_seqscan = off"))
    prefix = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "

    plan = "\n".join(
        str(row) for row in db.session.connection().exec_driver_sql(prefix + compiled.string, _bound(compiled))
    )

    assert "ix_post_created_at_id" in plan
    return plan


def _bound(compiled: Any) -> Any:
    """Return the parameters as the driver wants them."""
    values = compiled.construct_params()
    processors = compiled._bind_processors
    ready = {name: processors[name](value) if name in processors else value for name, value in values.items()}
    return tuple(ready[name] for name in compiled.positiontup) if compiled.positional else ready
