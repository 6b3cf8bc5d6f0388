"""The filter language against a model of it in plain Python: made-up rows and made-up groups, on both stores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from admin_app.extensions import db
from admin_app.formatting import folded
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.list.selections import schema_for, selection_of
from admin_app.panel.resource import Resource
from admin_app.selection.paging.pages import page_of
from admin_app.selection.selection import Selection
from admin_app.selection.where import print_where
from tests.stores import both_stores

pytestmark = both_stores

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
# Few values, so that rows tie and conditions meet them; letters whose capitals differ from store to store, and LIKE's own.
NAMES = ["Ann", "ann", "ANNA", "Éva", "éva", "ß", "Я", "100%", "a_b", '5"', "\\", "李"]
CONTENTS = ["", "Ann", "garden", "Garden wall", "100%", "Ünïcode"]
DAYS = ["2026-01-01", "2026-01-02", "2026-01-03"]

Row = dict[str, Any]
Test = Callable[[Row], bool]


def user_of(row: Row) -> Row | None:
    return row["user"]


def of_user(field: str, holds: Callable[[Any], bool], *, without: bool) -> Test:
    """Ask a user's column; `without` is the answer where there is no user."""
    return lambda row: holds(row["user"][field]) if row["user"] else without


def day_of(row: Row) -> str:
    return row["created_at"].strftime("%Y-%m-%d")


def values(text: str) -> list[str]:
    return [one.strip() for one in text.split(",")]


# What each operator means, in the plainest words there are; written anew, not read off the SQL.
NAME_TESTS: dict[str, Callable[[str], Test]] = {
    "contains": lambda text: of_user("name", lambda name: folded(text) in folded(name), without=False),
    "not_contains": lambda text: of_user("name", lambda name: folded(text) not in folded(name), without=True),
    "starts": lambda text: of_user("name", lambda name: folded(name).startswith(folded(text)), without=False),
    "ends": lambda text: of_user("name", lambda name: folded(name).endswith(folded(text)), without=False),
    "equals": lambda text: of_user("name", lambda name: name == text, without=False),
    "not_equals": lambda text: of_user("name", lambda name: name != text, without=True),
}
CONTENT_TESTS: dict[str, Callable[[str], Test]] = {
    "contains": lambda text: lambda row: folded(text) in folded(row["content"]),
    "not_contains": lambda text: lambda row: folded(text) not in folded(row["content"]),
    "starts": lambda text: lambda row: folded(row["content"]).startswith(folded(text)),
    "ends": lambda text: lambda row: folded(row["content"]).endswith(folded(text)),
    "equals": lambda text: lambda row: row["content"] == text,
}
DAY_TESTS: dict[str, Callable[[str], Test]] = {
    "on": lambda day: lambda row: day_of(row) == day,
    "from": lambda day: lambda row: day_of(row) >= day,
    "until": lambda day: lambda row: day_of(row) <= day,
}

Meaning = tuple[str, str, Test]


def conditions(field: str, tests: dict[str, Callable[[str], Test]], texts: list[str]) -> st.SearchStrategy[Meaning]:
    operators = st.sampled_from(sorted(tests))
    return st.builds(
        lambda slug, text: (f"{field}__{slug}", text, tests[slug](text)),
        operators,
        st.sampled_from([one for one in texts if one]),
    )


CONDITIONS: st.SearchStrategy[Meaning] = st.one_of(
    conditions("user.name", NAME_TESTS, [*NAMES, "n", "É"]),
    conditions("content", CONTENT_TESTS, [*CONTENTS, "A", "%"]),
    conditions("created_at", DAY_TESTS, DAYS),
    st.sampled_from(
        [
            ("content__empty", "yes", lambda row: not row["content"]),
            ("content__empty", "no", lambda row: bool(row["content"])),
            ("user__empty", "yes", lambda row: row["user"] is None),
            ("user__empty", "no", lambda row: row["user"] is not None),
            ("user__in", "1, 3", lambda row: bool(row["user"]) and row["user"]["id"] in {1, 3}),
            ("user__not_in", "1, 3", lambda row: not row["user"] or row["user"]["id"] not in {1, 3}),
            ("user.name__in", "Ann,ß", lambda row: bool(row["user"]) and row["user"]["name"] in {"Ann", "ß"}),
            ("user.name__not_in", "Ann,ß", lambda row: not row["user"] or row["user"]["name"] not in {"Ann", "ß"}),
        ]
    ),
)  # fmt: skip -- one row a condition

# A group is ("or" | "and", members).
TREES: st.SearchStrategy[Any] = st.recursive(
    CONDITIONS,
    lambda inner: st.tuples(st.sampled_from(["or", "and"]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=6,
)
USERS = st.lists(st.sampled_from(NAMES), min_size=0, max_size=4)
POSTS = st.lists(st.tuples(st.sampled_from(CONTENTS), st.integers(-1, 3), st.integers(0, 80)), max_size=8)


def written(tree: Any) -> str:
    """Write a tree as the parameter has it."""
    if len(tree) == 3:
        name, _, operator = tree[0].rpartition("__")
        return f"{name} {operator} " + '"' + tree[1].replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "(" + f" {tree[0]} ".join(map(written, tree[1])) + ")"


def holds(tree: Any, row: Row) -> bool:
    """Whether a row is meant."""
    if len(tree) == 3:
        return bool(tree[2](row))
    return (any if tree[0] == "or" else all)(holds(one, row) for one in tree[1])


def stored(users: list[str], posts: list[tuple[str, int, int]]) -> list[Row]:
    """Store these rows in place of those that were there, and return them with their users."""
    db.session.execute(delete(Post))
    db.session.execute(delete(User))
    people = [{"id": key, "name": name, "email": f"{key}@example.com"} for key, name in enumerate(users, 1)]
    rows = [
        {
            "id": key,
            "content": content,
            "created_at": START + timedelta(hours=hours),
            "user": people[owner] if 0 <= owner < len(people) else None,
        }
        for key, (content, owner, hours) in enumerate(posts, 1)
    ]  # fmt: skip -- one record
    if people:
        db.session.execute(insert(User), people)
    if rows:
        values = [{**row, "user_id": row["user"]["id"] if row["user"] else None} for row in rows]
        db.session.execute(insert(Post), [{key: one[key] for key in one if key != "user"} for one in values])
    db.session.commit()
    return rows


@pytest.fixture
def posts_view(app: Flask) -> Resource:
    return next(view for view in app.extensions["resources"].values() if view.endpoint == "post")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(USERS, POSTS, st.lists(TREES, min_size=1, max_size=2))
def test_groups_find_what_they_say(
    app: Flask, posts_view: Resource, users: list[str], posts: list[tuple[str, int, int]], trees: list[Any]
) -> None:
    with app.app_context():
        rows = stored(users, posts)
        selection = selection_of(access_to(posts_view), [("where", written(tree)) for tree in trees])

        found = [row.id for row in page_of(db.session, selection).rows]

        expected = [row for row in rows if all(holds(tree, row) for tree in trees)]
        assert selection.problems == []
        assert sorted(found) == [row["id"] for row in expected]
        again = Selection.parse(schema_for(access_to(posts_view)), selection.arguments())
        assert (again.conditions, again.groups) == (selection.conditions, selection.groups)
        assert str(print_where(again.groups)) == str(print_where(selection.groups)) if selection.groups else True
        assert db.session.scalars(select(Post.id).where(*again.criteria).order_by(Post.id)).all() == sorted(found)
