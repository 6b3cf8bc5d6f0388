"""Deleting asks what becomes of what depends on a record; nothing goes before that is answered."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Delete, Update, delete, event, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.web.auth.host_sign_in import HostSignIn
from tests.page import Page
from tests.stores import both_stores


def at(record: Any) -> str:
    return f"/admin/{type(record).__name__.lower()}/delete/?id={record.id}"


def state(app: Flask) -> tuple[list[int], dict[int, int | None]]:
    """Return the ids of all users, and of every post its owner."""
    with app.app_context():
        posts = {post.id: post.user_id for post in db.session.scalars(select(Post))}
        return list(db.session.scalars(select(User.id).order_by(User.id))), posts


def crossed() -> Exception:
    """Return what a driver raises for a transaction that PostgreSQL rolled back, since two waited for each other."""
    return type("Crossed", (Exception,), {"sqlstate": "40P01"})()


@pytest.fixture
def anns_post(make_user: Any, make_post: Any) -> Post:
    """Make Ann, and a post of hers."""
    post: Post = make_post(user=make_user(name="Ann"))
    return post


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_deletes_nothing(method: str, app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    user = make_user()
    make_post(user=user)
    before = state(app)

    for address in (at(user), at(user) + "&fate.posts=delete"):
        assert getattr(as_editor, method)(address).status_code == 200

    assert state(app) == before


def test_posts_can_be_kept_without_an_owner(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bob = make_user(), make_user()
    hers, his = make_post(user=ann), make_post(user=bob)

    response = as_editor.post_form(at(ann), {"fate.posts": "keep"})

    assert response.status_code == 303
    assert state(app) == ([bob.id], {hers.id: None, his.id: bob.id})
    with app.app_context():
        assert db.session.get_one(Post, hers.id).version == hers.version + 1
        assert db.session.get_one(Post, his.id).version == his.version


@pytest.mark.parametrize("heir", ["{id}", "bob@example.com", "BOB@example.com ", "Bob"])
def test_posts_can_be_given_to_another(heir: str, app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bob = make_user(), make_user(name="Bob", email="bob@example.com")
    hers, his = make_post(user=ann), make_post(user=bob)

    response = as_editor.post_form(at(ann), {"fate.posts": "give", "heir.posts": heir.format(id=bob.id)})

    assert response.status_code == 303
    assert state(app) == ([bob.id], {hers.id: bob.id, his.id: bob.id})


def test_posts_can_be_deleted_too(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bob = make_user(), make_user()
    make_post(user=ann), make_post(user=ann)
    his = make_post(user=bob)

    response = as_editor.post_form(at(ann), {"fate.posts": "delete"})

    assert response.status_code == 303
    assert state(app) == ([bob.id], {his.id: bob.id})


def test_heir_typed_beside_another_choice_is_no_matter(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    post = make_post(user=ann)

    as_editor.post_form(at(ann), {"fate.posts": "keep", "heir.posts": "nobody at all"})

    assert state(app) == ([], {post.id: None})


CHOOSE = "Choose what happens to the posts."
NOBODY = "No user has the ID or name “{}”. Check it, or look in the list of users."


@both_stores
@pytest.mark.parametrize(
    ("sent", "control", "message"),
    [
        ({}, "fate.posts", CHOOSE),
        ({"fate.posts": ""}, "fate.posts", CHOOSE),
        ({"fate.posts": "burn"}, "fate.posts", CHOOSE),
        ({"fate.posts": "KEEP"}, "fate.posts", CHOOSE),
        ({"fate.posts": "give"}, "heir.posts", "Choose the user who gets the posts."),
        ({"fate.posts": "give", "heir.posts": " "}, "heir.posts", "Choose the user who gets the posts."),
        ({"fate.posts": "give", "heir.posts": "nosuch"}, "heir.posts", NOBODY.format("nosuch")),
        ({"fate.posts": "give", "heir.posts": "999999"}, "heir.posts", NOBODY.format("999999")),
        ({"fate.posts": "give", "heir.posts": "3000000000"}, "heir.posts", NOBODY.format("3000000000")),
        ({"fate.posts": "give", "heir.posts": "9" * 5000}, "heir.posts", NOBODY.format("9" * 80)),
        ({"fate.posts": "give", "heir.posts": "\0"}, "heir.posts", NOBODY.format("")),
        (
            {"fate.posts": "give", "heir.posts": "{id}"},
            "heir.posts",
            "Choose another user: this one is being deleted.",
        ),
    ],
)
def test_missing_choice_is_a_message_and_deletes_nothing(
    sent: dict[str, str], control: str, message: str, as_editor: Any, anns_post: Post
) -> None:
    ann = anns_post.user_id
    sent = {name: value.format(id=ann) for name, value in sent.items()}

    page = Page(as_editor.post_form(f"/admin/user/delete/?id={ann}&url=/admin/user/%3Fpage%3D2", sent))

    assert (page.status, page.title) == (422, "Error: Delete user “Ann”? - Admin")
    assert page.texts("p", id=f"{control}-error") == [f"Error: {message}"]
    assert page.summary == [message]
    chosen = [one.attributes["value"] for one in page.all("input", type="radio") if "checked" in one.attributes]
    assert chosen == (["give"] if control == "heir.posts" else [])
    told = " and give 1 post to another user" if chosen else ""
    assert page.texts("button", class_="button--danger") == [f"Delete user{told}"]
    assert page.link("Cancel") == "/admin/user/?page=2"
    assert state(as_editor.application) == ([ann], {anns_post.id: ann})


def test_post_that_came_after_the_page_is_asked_about(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    form = Page(as_editor.get(at(ann))).values("")
    make_post(user=ann, content="Just written")
    before = state(app)

    page = Page(as_editor.post(at(ann), data=form))

    assert (page.status, page.summary) == (422, [CHOOSE])
    assert page.texts("legend") == ["What should happen to this user's 1 post?"]
    assert page.has_link("Just written")
    assert state(app) == before


def test_posts_that_came_after_the_page_are_said_before_anything_is_deleted(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    posts = [make_post(user=ann)]
    form = Page(as_editor.get(at(ann))).values("")
    posts += [make_post(user=ann), make_post(user=ann)]
    before = state(app)

    page = Page(as_editor.post(at(ann), data={**form, "fate.posts": "keep"}))
    unchanged = state(app)
    as_editor.post(at(ann), data={**page.values(""), "fate.posts": "keep"})

    words = "There are 2 more posts than when you opened this page. Check them and choose again."
    assert (page.status, page.summary, unchanged) == (422, [words], before)
    assert state(app) == ([], dict.fromkeys([post.id for post in posts], None))


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ("2~9", "There is 1 fewer post than when you opened this page. Check them and choose again."),
        ("1~9", "This user's posts have changed since you opened this page. Check them and choose again."),
        ("many", "This user's posts have changed since you opened this page. Check them and choose again."),
    ],
)
def test_posts_that_are_not_those_of_the_page_are_said(
    seen: str, words: str, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    make_post(user=ann)

    page = Page(as_editor.post_form(at(ann), {"fate.posts": "keep", "seen.posts": seen}))

    assert (page.status, page.summary) == (422, [words])


@pytest.mark.parametrize(
    ("meanwhile", "status", "names"),
    [
        (update(User).values(name="Anne", version=2), 409, ["Anne"]),
        (delete(User), 404, []),
        (update(Staff).values(is_active=False), 302, ["Ann"]),
    ],
    ids=["changed", "deleted", "switched off"],
)
def test_retry_deletes_nothing_that_changed_meanwhile_and_for_nobody_who_may_no_longer(
    meanwhile: Update | Delete, status: int, names: list[str], app: Flask, as_editor: Any, *, make_user: Any
) -> None:
    ann = make_user(name="Ann")
    form = Page(as_editor.get(at(ann))).values("")
    with app.app_context():
        engine, conflicts = db.engine, [OperationalError("", {}, crossed())]
    acts = [meanwhile]

    def conflict(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if conflicts and statement.startswith("INSERT INTO change_set"):
            raise conflicts.pop()

    def act(_session: Any) -> None:
        if acts and not conflicts:
            with engine.begin() as other:
                other.execute(acts.pop())

    event.listen(engine, "before_cursor_execute", conflict)
    event.listen(Session, "after_rollback", act)
    try:
        page = Page(as_editor.post(at(ann), data=form))
    finally:
        event.remove(Session, "after_rollback", act)
        event.remove(engine, "before_cursor_execute", conflict)

    assert (page.status, acts) == (status, [])
    with app.app_context():
        assert db.session.scalars(select(User.name)).all() == names


def test_whom_the_host_application_signed_out_before_another_attempt_deletes_nothing(
    app: Flask, as_editor: Any, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, conflicts = Page(as_editor.get(at(ann))).values(""), [OperationalError("", {}, crossed())]
    monkeypatch.setitem(app.extensions, "host_sign_in", HostSignIn(lambda _environment: None))
    with app.app_context():
        engine = db.engine

    def conflict(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if conflicts and statement.startswith("DELETE"):
            raise conflicts.pop()

    event.listen(engine, "before_cursor_execute", conflict)
    try:
        answer = as_editor.post(at(ann), data=form)
    finally:
        event.remove(engine, "before_cursor_execute", conflict)

    assert (answer.status_code, conflicts) == (302, [])
    assert answer.location.startswith("/sign-in?")
    assert state(app) == ([ann.id], {})


def test_who_deletes_one_in_two_windows_is_told_that_they_did(as_editor: Any, ann: User) -> None:
    form = Page(as_editor.get(at(ann))).values("")
    first = as_editor.post(at(ann), data=form)

    page = Page(as_editor.post(at(ann), data=form))

    assert (first.status_code, page.status) == (303, 409)
    assert "You deleted this user at " in page.root.text


def test_who_opened_no_record_is_not_told_what_became_of_it(as_editor: Any, client_with: Any, ann: User) -> None:
    client = client_with("user:list", "user:view", "user:delete")
    as_editor.post_form(at(ann))

    answer = client.post_form(at(ann), page="/admin/user/")

    assert answer.status_code == 404


def test_page_does_not_say_how_many_hidden_posts_there_are(client_with: Any, make_user: Any, make_post: Any) -> None:
    client = client_with("*:list", "*:view", "*:delete", rows=["post:own"])
    ann = make_user()
    make_post(user=ann)
    one = Page(client.get(at(ann))).values("")
    make_post(user=ann)
    two = Page(client.get(at(ann))).values("")

    assert one["sight"] != two["sight"]
    assert [len(form["sight"]) for form in (one, two)] == [16, 16]


def test_one_post_is_spoken_of_as_one(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    make_post(user=ann)

    page = Page(as_editor.get(at(ann)))

    hints = ["It stays, without a user.", "Everything that belongs only to this post is deleted too."]
    assert [one for one in hints if one in page.root.text] == hints


def test_heir_deleted_after_the_page_is_a_message(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bob = make_user(), make_user()
    make_post(user=ann)
    form = Page(as_editor.get(at(ann))).values("")
    as_editor.post_form(at(bob))
    before = state(app)

    page = Page(as_editor.post(at(ann), data={**form, "fate.posts": "give", "heir.posts": str(bob.id)}))

    assert (page.status, page.summary) == (422, [NOBODY.format(bob.id)])
    assert state(app) == before
