"""Rules and acts by chance, against a plain model of them; and how the stores find the rows of a rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.access.authority import acting_for
from admin_app.panel.list.selections import selection_of
from admin_app.panel.registry import resource_of
from admin_app.panel.resource import Resource
from admin_app.selection.paging.pages import page_of
from tests.many import many, many_users
from tests.stores import both_stores

ACTS = [Action.LIST, Action.VIEW, Action.EXPORT, Action.EDIT, Action.UNDO]
# What one role gives on posts: some acts, on every row or on the person's own.
GRANTS = st.tuples(st.sets(st.sampled_from(ACTS)), st.booleans())
NAMES = ("first", "second")


def posts_view() -> Resource:
    view = resource_of(Post)
    assert view
    return view


def expected(act: Action, rows: dict[int, bool], grants: Iterable[tuple[set[Action], bool]]) -> set[int]:
    """Return the rows with which somebody may do this, told in plain words; `rows` says which are their own."""

    def may(one: Action, *, is_own: bool = True) -> bool:
        return any(one in acts and (is_own or not keeps_to_own) for acts, keeps_to_own in grants)

    visible_scope = next((one for one in (Action.VIEW, Action.LIST) if may(one)), act)
    needed = {act, visible_scope} | ({Action.LIST} if act is Action.EXPORT and may(Action.LIST) else set())
    return {key for key, is_own in rows.items() if all(may(one, is_own=is_own) for one in needed)}


# What rights become is one condition on both stores; that it finds its rows on both, the tests of rules say.
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(grants=st.tuples(GRANTS, GRANTS), act=st.sampled_from(ACTS))
def test_what_is_reached_is_what_the_roles_say(
    app: Flask, grants: tuple[tuple[set[Action], bool], ...], act: Action, lines: tuple[int, dict[int, bool]]
) -> None:
    staff_id, rows = lines
    with app.app_context():
        for name, (acts, keeps_to_own) in zip(NAMES, grants, strict=True):
            role = db.session.scalars(select(Role).where(Role.key == name)).one()
            role.permissions = StringSet(f"post:{one}" for one in acts)
            role.rows = StringSet(["post:own"] if keeps_to_own else [])
        db.session.commit()
        staff, view = db.session.get_one(Staff, staff_id), posts_view()

        with acting_for(staff):
            which = access_to(view).rows(act)
            found = set(db.session.scalars(select(Post.id) if which is None else select(Post.id).where(which)))
            listed = {row.id for row in page_of(db.session, selection_of(access_to(view), [])).rows}
            by_id = {
                key
                for key in rows
                if (post := access_to(view).find_key(key)) is not None and access_to(view).reaches(post, act)
            }

        assert found == expected(act, rows, grants)
        assert listed == expected(Action.LIST, rows, grants)
        assert by_id == expected(act, rows, grants)


@pytest.fixture
def lines(app: Flask, make_staff: Any, make_user: Any, make_post: Any, keep: Any) -> tuple[int, dict[int, bool]]:
    """Make Liam with two roles, and posts of his, of somebody else and of nobody; return his id and which are his own."""
    for name in NAMES:
        keep(Role(key=name, name=name))
    me, other = make_user(email="liam@example.com"), make_user()
    posts = [make_post(user=me), make_post(user=other), make_post(), make_post(user=me)]
    assert app
    return make_staff("Liam", *NAMES).id, {post.id: post.user_id == me.id for post in posts}


@both_stores
@pytest.mark.parametrize("own", [0, 30])
def test_rows_of_ones_own_are_walked_by_their_index_however_few(
    own: int, app: Flask, store: str, make_staff: Any, keep: Any
) -> None:
    keep(Role(key="own", name="Own", permissions=StringSet(["post:*"]), rows=StringSet(["post:own"])))
    staff_id = make_staff("Liam", "own").id
    users = many_users(app, 20)
    (me,) = many(app, User, [{"name": "Liam", "email": "liam@example.com"}])
    many(app, Post, [{"content": "x", "user_id": users[number % 20]} for number in range(4000)])
    many(app, Post, [{"content": "mine", "user_id": me} for _ in range(own)]) if own else None
    with app.app_context():
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        # A connection knows the statistics that there were when it was opened.
        db.engine.dispose()
        with acting_for(db.session.get_one(Staff, staff_id)):
            selection = selection_of(access_to(posts_view()), [])
        page = page_of(db.session, selection)
        statement = next(selection.segments()).limit(20).compile(db.engine, compile_kwargs={"literal_binds": True})
        word = "EXPLAIN QUERY PLAN" if store == "sqlite" else "EXPLAIN"
        plan = "\n".join(str(row[-1]) for row in db.session.connection().exec_driver_sql(f"{word} {statement}"))

        assert (page.count.number, page.count.is_exact) == (own, True)
        assert "ix_post_user_id_created_at_id" in plan
        assert "B-TREE" not in plan
        assert "Sort" not in plan
