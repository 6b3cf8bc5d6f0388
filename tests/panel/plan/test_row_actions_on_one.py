"""A resource's own action on a single record: from one page that says what changes, without a plan."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.role import Role
from admin_app.resources.user import UserResource
from tests.page import Page
from tests.panel.plan.plans import work
from tests.panel.plan.row_actions import ANY, LOWER, NOTE, TRIM, AddNote, contents, emails
from tests.stores import both_stores

pytestmark = pytest.mark.usefixtures("declared_actions")


@both_stores
def test_a_single_record_is_changed_from_one_page_that_says_what_changes(as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann", email="Ann@Example.com")
    here = "/admin/user/?q=ann"
    address = Page(as_editor.get(here)).link("Lower-case email Ann")

    page = Page(as_editor.get(address))
    response = as_editor.post(address, data=page.values(""))
    back = Page(as_editor.get(response.location))

    assert page.heading == "Lower-case the email of user “Ann”?"
    assert page.texts("dl", class_="changes") == ["Email removed: Annadded: ann@removed: Exampleadded: example.com"]
    assert (response.status_code, response.location) == (303, here)
    assert back.notice.startswith("Success User “Ann” was changed.")
    assert emails(as_editor) == {user.id: "ann@example.com"}
    with as_editor.application.app_context():
        (done,) = db.session.scalars(select(ChangeSet).where(ChangeSet.kind == "bulk"))
        assert (done.count, done.actor) == (1, "Edgar (edgar@example.com)")
        assert db.session.scalars(select(Change.version).where(Change.change_set_id == done.id)).all() == [2]


def test_nobody_needs_the_right_to_many_for_a_single_record(client_with: Any, make_user: Any) -> None:
    client = client_with("user:list", "user:view", "user:edit")
    first, second = make_user(email="Ann@example.com"), make_user(email="Bea@example.com")

    one = client.post_form(f"{LOWER}?id={first.id}", {"_version": "1"})
    many = [client.get(LOWER).status_code, client.post_form(LOWER, page=ANY).status_code]
    ticked = client.post_form(f"{LOWER}?id__in={second.id}", page=ANY).status_code

    assert (one.status_code, many, ticked) == (303, [403, 403], 403)
    assert emails(client) == {first.id: "ann@example.com", second.id: "Bea@example.com"}


@both_stores
def test_a_record_that_was_changed_since_the_page_was_drawn_is_shown_again(as_editor: Any, make_user: Any) -> None:
    user = make_user(email="Ann@example.com")
    as_editor.post_form(f"/admin/user/edit/?id={user.id}", {"_version": "1", "name": "Ann", "email": "Bea@example.com"})

    page = Page(as_editor.post_form(f"{LOWER}?id={user.id}", {"_version": "1"}))

    assert (page.status, page.title) == (409, "Changed in another window: Lower-case the email of user “Ann”? - Admin")
    assert (
        page.all(class_="problem")[0]
        .all("p")[0]
        .text.endswith("Nothing was changed. Check what changed, then press the button again if you still want to.")
    )
    assert emails(as_editor) == {user.id: "Bea@example.com"}


@pytest.mark.parametrize(("content", "words"), [("One line", "Nothing would change: this post is already as wanted.")])
def test_where_nothing_is_to_be_done_there_is_no_button(
    content: str, words: str, as_editor: Any, make_post: Any
) -> None:
    post = make_post(content=content)

    page = Page(as_editor.get(f"{TRIM}?id={post.id}"))
    forced = Page(as_editor.post_form(f"{TRIM}?id={post.id}"))

    assert (page.texts("p", class_="note"), page.all("button", class_="button--primary")) == ([words], [])
    assert (forced.status, forced.summary) == (409, [f"{words} Nothing was changed."])


def test_a_single_record_that_it_is_not_for_is_refused_with_the_reason(as_editor: Any, make_user: Any) -> None:
    user = make_user(email="ann@example.com")

    page = Page(as_editor.get(f"{LOWER}?id={user.id}"))
    forced = Page(as_editor.post_form(f"{LOWER}?id={user.id}"))

    assert page.texts("p", class_="note") == ["Its email has no capitals."]
    assert (forced.status, forced.summary) == (409, ["Its email has no capitals. Nothing was changed."])


def test_a_single_record_with_an_effect_leaves_it_to_the_job(as_editor: Any, make_user: Any, make_post: Any) -> None:
    post = make_post(content="Post", user=make_user())

    response = as_editor.post_form(f"{NOTE}?id={post.id}", {"value.note": "Seen", "url": "/admin/post/"})
    back = Page(as_editor.get(response.location))
    before = list(AddNote.told)
    work(as_editor)

    assert (response.location, back.notice) == ("/admin/post/", "Success Post “Post” is being given a note. Jobs")
    assert (before, AddNote.told) == ([], [(post.id, "Seen")])
    assert contents(as_editor) == {post.id: "Post\nSeen"}


def test_a_reason_is_asked_for_where_the_resource_needs_one(
    as_editor: Any, make_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserResource, "needs_reason", True)
    user = make_user(email="Ann@example.com")

    without = Page(as_editor.post_form(f"{LOWER}?id={user.id}"))
    given = as_editor.post_form(f"{LOWER}?id={user.id}", {"reason": "Asked by Ann"})

    assert (without.status, without.error_of("reason")) == (422, "Enter the reason for this change.")
    assert given.status_code == 303
    with as_editor.application.app_context():
        assert db.session.scalars(select(ChangeSet.reason).where(ChangeSet.kind == "bulk")).all() == ["Asked by Ann"]


def test_a_reason_is_asked_for_where_a_role_needs_one(as_editor: Any, make_user: Any) -> None:
    user = make_user(email="Ann@example.com")
    with as_editor.application.app_context():
        db.session.execute(update(Role).where(Role.key == "editor").values(needs_reason=True))
        db.session.commit()

    without = Page(as_editor.post_form(f"{LOWER}?id={user.id}"))

    assert (without.status, without.error_of("reason")) == (422, "Enter the reason for this change.")
