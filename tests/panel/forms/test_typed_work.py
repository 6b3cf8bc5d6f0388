"""Typed work survives an ended session: it is there again after signing in, for its own person alone, and not saved by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from admin_app.db.types import utc_now
from admin_app.domain.work.drafts import LONGEST_DRAFT
from admin_app.extensions import db
from admin_app.models.draft import Draft
from admin_app.models.post import Post
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page
from tests.stores import both_stores

NEW, EDIT, COLUMNS = "/admin/post/new/", "/admin/post/edit/?id={}", "/admin/post/columns/"
KEPT = "There is a problem You were signed out before this was saved. What you typed is kept: sign in, then save it."


def contents(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Post.content).order_by(Post.id)))


def drafts(app: Flask) -> list[Draft]:
    with app.app_context():
        return list(db.session.scalars(select(Draft).order_by(Draft.created_at)))


@pytest.fixture
def end_sessions(app: Flask) -> Callable[[], None]:
    """Let everybody's session expire, or take the rows away, as a new password does."""

    def end(*, is_expired: bool = True) -> None:
        with app.app_context():
            past = utc_now() - timedelta(seconds=1)
            db.session.execute(update(StaffSession).values(expires_at=past) if is_expired else delete(StaffSession))
            db.session.commit()

    return end


@pytest.fixture
def sign_in(password: str) -> Callable[..., Any]:
    """Sign in at the page that somebody was led to."""

    def send(client: Any, page: str, email: str) -> Any:
        onward = Page(client.get(page)).all("input", name="next")[0].attributes["value"]
        return client.post_form(page, {"email": email, "password": password, "next": onward}, page=page)

    return send


@pytest.mark.parametrize("is_expired", [True, False])
def test_text_typed_into_an_ended_session_stands_in_the_form_after_signing_in(
    app: Flask, as_editor: Any, make_post: Any, end_sessions: Any, sign_in: Any, *, is_expired: bool
) -> None:
    post = make_post(content="Before")
    address = f"{EDIT.format(post.id)}&url=/admin/post/%3Fq%3Da"
    form = Page(as_editor.get(address)).values()
    end_sessions(is_expired=is_expired)

    sent = as_editor.post(address, data={**form, "content": "Typed for an hour"})
    told = Page(as_editor.get(sent.location)).notice
    signed_in = sign_in(as_editor, sent.location, "edgar@example.com")
    filled = as_editor.get(signed_in.location)
    page = Page(filled)

    assert (sent.status_code, told) == (302, KEPT)
    assert contents(app) == ["Before"]
    assert (page.status, page.values()["content"]) == (200, "Typed for an hour")
    assert page.texts("p", class_="note")[-1].endswith("It is not saved yet. Check it and save it.")
    assert page.form().attributes["data-guard"] == "dirty"
    assert page.link("Cancel") == "/admin/post/?q=a"

    saved = as_editor.post(page.form().attributes["action"], data=page.values())

    assert (saved.status_code, saved.location) == (303, "/admin/post/?q=a")
    assert contents(app) == ["Typed for an hour"]
    assert drafts(app) == []


def test_a_new_record_typed_into_an_ended_session_is_not_lost_either(
    app: Flask, as_editor: Any, make_user: Any, end_sessions: Any, sign_in: Any
) -> None:
    user = make_user()
    form = Page(as_editor.get(NEW)).values()
    end_sessions()

    sent = as_editor.post(NEW, data={**form, "content": "Typed\r\nin lines", "user": str(user.id)})
    onward = sign_in(as_editor, sent.location, "edgar@example.com").location
    page = Page(as_editor.get(onward))
    as_editor.post(onward, data=page.values())

    assert (page.values()["content"], page.values()["user"]) == ("Typed\r\nin lines", str(user.id))
    assert contents(app) == ["Typed\nin lines"]


@both_stores
@pytest.mark.parametrize("key", ["%00", "%ff", "x" * 3000])
def test_text_typed_at_an_address_that_no_column_holds_is_kept_too(
    key: str, app: Flask, as_editor: Any, end_sessions: Any
) -> None:
    form = Page(as_editor.get(NEW)).values()
    end_sessions()

    answer = as_editor.post(EDIT.format(key), data={**form, "content": "Typed"})

    assert (answer.status_code, [dict(one.fields)["content"] for one in drafts(app)]) == (302, ["Typed"])


@pytest.mark.usefixtures("owner")
def test_another_person_who_signs_in_there_does_not_see_it(
    app: Flask, as_editor: Any, make_post: Any, end_sessions: Any, sign_in: Any
) -> None:
    post = make_post(content="Before")
    form = Page(as_editor.get(EDIT.format(post.id))).values()
    end_sessions()

    sent = as_editor.post(EDIT.format(post.id), data={**form, "content": "Edgar's own"})
    onward = sign_in(as_editor, sent.location, "olivia@example.com").location
    page = Page(as_editor.get(onward))

    assert "draft=" in onward
    assert (page.values()["content"], len(drafts(app))) == ("Before", 1)
    assert "Edgar's own" not in page.root.text


def test_a_draft_is_for_its_own_form_alone(
    app: Flask, as_editor: Any, make_post: Any, end_sessions: Any, sign_in: Any
) -> None:
    post, other = make_post(content="Before"), make_post(content="Other")
    form = Page(as_editor.get(EDIT.format(post.id))).values()
    end_sessions()
    sent = as_editor.post(EDIT.format(post.id), data={**form, "content": "Typed"})
    sign_in(as_editor, sent.location, "edgar@example.com")
    key = drafts(app)[0].key

    shown = {
        address: Page(as_editor.get(f"{address}draft={key}")).values()["content"]
        for address in (f"{EDIT.format(post.id)}&", f"{EDIT.format(other.id)}&", f"{NEW}?")
    }

    assert list(shown.values()) == ["Typed", "Other", ""]


def test_who_comes_to_the_form_by_another_way_is_told_of_what_they_typed(
    *, as_editor: Any, client_of: Any, editor: Staff, owner: Staff, make_post: Any, end_sessions: Any
) -> None:
    post = make_post(content="Before")
    address = EDIT.format(post.id)
    form = Page(as_editor.get(address)).values()
    end_sessions()
    as_editor.post(address, data={**form, "content": "Typed"})

    page, new, others = (
        Page(client_of(person).get(url)) for person, url in ((editor, address), (editor, NEW), (owner, address))
    )

    assert page.values()["content"] == "Before"
    assert Page(client_of(editor).get(page.link("Restore it"))).values()["content"] == "Typed"
    assert [one.has_link("Restore it") for one in (new, others)] == [False, False]


def test_a_draft_can_be_discarded(app: Flask, as_editor: Any, make_post: Any, end_sessions: Any, sign_in: Any) -> None:
    post = make_post(content="Before")
    form = Page(as_editor.get(EDIT.format(post.id))).values()
    end_sessions()
    sent = as_editor.post(EDIT.format(post.id), data={**form, "content": "Not wanted"})
    onward = sign_in(as_editor, sent.location, "edgar@example.com").location
    page = Page(as_editor.get(onward))

    response = as_editor.post(onward, data={**page.values(), "_discard": "1"})

    assert response.status_code == 303
    assert Page(as_editor.get(response.location)).values()["content"] == "Before"
    assert (drafts(app), contents(app)) == ([], ["Before"])


def test_no_password_is_kept(app: Flask, as_owner: Any, editor: Staff, end_sessions: Any, password: str) -> None:
    address = f"/admin/staff/edit/?id={editor.id}"
    form = Page(as_owner.get(address)).values()
    end_sessions()

    as_owner.post(address, data={**form, "name": "Edgar the Second", "password": password})

    kept = {name for draft in drafts(app) for name, _ in draft.fields}
    assert kept == {"_version", "name", "email", "roles", "is_active"}


def test_text_of_nobody_known_is_given_back_to_be_copied(app: Flask, as_nobody: Any) -> None:
    token = as_nobody.token_of("/sign-in")

    page = Page(as_nobody.post(NEW, data={"csrf_token": token, "content": "<b>Long & hostile</b>\nwords"}))

    assert (page.status, page.heading) == (403, "You are not signed in")
    assert page.all("textarea", id="typed-content")[0].raw.strip() == "<b>Long & hostile</b>\nwords"
    assert page.all("button", within="main") == []
    assert drafts(app) == []


def test_more_than_is_kept_is_given_back(app: Flask, as_editor: Any, end_sessions: Any) -> None:
    form = Page(as_editor.get(NEW)).values()
    end_sessions()

    page = Page(as_editor.post(NEW, data={**form, "content": "x" * LONGEST_DRAFT}))

    assert (page.status, len(page.all("textarea", id="typed-content")[0].raw.strip())) == (403, LONGEST_DRAFT)
    assert drafts(app) == []


# ---- a form that is left


def test_what_was_typed_into_a_form_that_is_left_is_kept_until_it_is_saved(app: Flask, as_editor: Any) -> None:
    form, key = Page(as_editor.get(NEW)).values(), "k" * 22
    for text in ("Typed", "Typed for nine seconds"):
        left = as_editor.post(NEW, data={**form, "content": text, "_leaving": key})

    home = Page(as_editor.get("/admin/"))
    again = Page(as_editor.get(home.link("New post")))
    kept = drafts(app)
    as_editor.post(NEW, data={**form, "content": "Saved after all", "_left": key})

    assert (left.status_code, len(kept), again.values()["content"]) == (204, 1, "Typed for nine seconds")
    assert (drafts(app), contents(app)) == ([], ["Saved after all"])


def test_what_was_typed_is_kept_without_a_word_when_the_form_is_left_after_the_session(
    app: Flask, as_editor: Any, end_sessions: Any
) -> None:
    form = Page(as_editor.get(NEW)).values()
    end_sessions()

    left = as_editor.post(NEW, data={**form, "content": "Typed", "_leaving": "k" * 22})

    assert (left.status_code, left.headers.get("Set-Cookie")) == (204, None)
    assert [dict(one.fields)["content"] for one in drafts(app)] == ["Typed"]


def test_a_choice_that_is_left_is_not_made(as_editor: Any) -> None:
    before = Page(as_editor.get(COLUMNS)).values("")

    left = as_editor.post_form(COLUMNS, {**before, "per_page": "50", "_leaving": "k" * 22})

    assert (left.status_code, Page(as_editor.get(COLUMNS)).values("")) == (204, before)
