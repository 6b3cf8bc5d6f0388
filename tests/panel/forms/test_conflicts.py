"""Two people at one record: no edit is lost, none is overwritten unseen, and nothing typed has to be typed again."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Text, cast, delete, text, update

from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.post import Post
from admin_app.models.role import OWNER, VIEWER
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.page import Page
from tests.panel.forms.meanwhile import at, now
from tests.stores import both_stores

# ---- different fields


def test_changes_to_different_fields_are_both_saved_and_the_other_s_is_told(
    app: Flask, as_editor: Any, ann: User, both_open: Any
) -> None:
    form = both_open(ann, name="Ann Lee")

    saved = as_editor.post(at(ann), data={**form, "email": "lee@example.com"})

    assert (saved.status_code, saved.location) == (303, "/admin/user/")
    assert (now(app, ann).name, now(app, ann).email) == ("Ann Lee", "lee@example.com")
    page = Page(as_editor.get(saved.location))
    assert page.notice == (
        "Success User “Ann Lee” was saved. Emil had changed Name meanwhile. Both changes are kept. See the changes View"
    )
    assert page.link("See the changes") == f"/admin/user/history/?url=/admin/user/&id={ann.id}"
    assert page.texts("form", class_="undo") == [
        "Undo User “Ann Lee” was saved. Emil had changed Name meanwhile. Both changes are kept."
    ]


def test_who_has_a_record_open_twice_is_told_that_it_was_they(as_editor: Any, ann: User) -> None:
    there, here = (Page(as_editor.get(at(ann))).values() for _ in range(2))
    as_editor.post(at(ann), data={**there, "name": "There"})

    page = Page(as_editor.post(at(ann), data={**here, "name": "Here"}))
    as_editor.post_form(at(ann, "delete"))
    gone = Page(as_editor.post(at(ann), data={**here, "name": "Here"}))

    assert (page.status, page.title) == (409, "Changed in another window: There - Users - Admin")
    assert page.all(class_="problem")[0].all("p")[0].text.startswith("You changed this user in another window at 20")
    assert page.texts("legend") == ["Name: the other window's or this window's?"]
    assert gone.summary[0].startswith("You deleted this user at 20")


def test_what_a_colleague_and_oneself_changed_is_said_to_be_nobodys(as_editor: Any, ann: User, both_open: Any) -> None:
    form = both_open(ann, name="Ann Lee")
    as_editor.post(at(ann), data={**Page(as_editor.get(at(ann))).values(), "name": "There"})

    page = Page(as_editor.post(at(ann), data={**form, "name": "Here"}))

    assert (page.status, page.title) == (409, "Changed since you opened this page: There - Users - Admin")
    assert page.texts("legend") == ["Name: the current value or yours?"]
    told = page.all(class_="problem")[0].all("p")[0].text
    assert ["Emil (emil@example.com) changed this user" in told, "You changed this user in another" in told] == [
        True
    ] * 2


def test_what_the_history_lacks_may_be_of_somebody_else(app: Flask, as_editor: Any, ann: User, both_open: Any) -> None:
    form = both_open(ann, name="Ann Lee")
    as_editor.post(at(ann), data={**Page(as_editor.get(at(ann))).values(), "email": "lee@example.com"})
    with app.app_context():
        db.session.execute(delete(Change).where(cast(Change.after, Text).contains("Ann Lee")))
        db.session.commit()

    page = Page(as_editor.post(at(ann), data={**form, "name": "Anna"}))

    assert (page.status, page.title) == (409, "Changed since you opened this page: Ann Lee - Users - Admin")


def test_beside_a_field_to_choose_the_other_ones_are_shown_as_they_will_be(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any, both_open: Any
) -> None:
    post, bea = make_post(content="Was"), make_user(name="Bea")
    form = both_open(post, content="Theirs", user=str(bea.id))

    page = Page(as_editor.post(at(post), data={**form, "content": "Mine"}))

    assert (page.status, page.title) == (409, "Changed by Emil: Theirs - Posts - Admin")
    assert page.texts("h2")[0] == "This post was changed while you edited it"
    assert "Emil (emil@example.com) changed this post " in page.all(class_="problem")[0].text
    assert (page.values()["content"], page.values()["user"]) == ("Mine", str(bea.id))
    assert [one.all("p")[0].text for one in page.all("div", class_="merged")] == [
        "Changed by Emil. Their value is used."
    ]
    as_editor.post(at(post), data={**page.values(), "_take.content": "yours"})
    assert (now(app, post).content, now(app, post).user_id) == ("Mine", bea.id)


def test_who_changed_nothing_is_not_bothered_and_overwrites_nothing(
    app: Flask, as_editor: Any, ann: User, both_open: Any
) -> None:
    form = both_open(ann, name="Ann Lee")

    response = as_editor.post(at(ann), data=form)

    assert (response.status_code, now(app, ann).name) == (303, "Ann Lee")


@pytest.mark.parametrize(("stored", "typed"), [("", "Theirs"), ("Former", ""), ("", "")])
def test_an_empty_text_that_nobody_touches_is_no_change(
    stored: str, typed: str, app: Flask, as_editor: Any, make_post: Any, *, ann: User, both_open: Any
) -> None:
    post = make_post(content=stored)
    form = both_open(post, content=typed)
    with app.app_context():
        db.session.execute(update(Post).where(Post.content.is_(None)).values(content=""))
        db.session.commit()

    response = as_editor.post(at(post), data={**form, "user": str(ann.id)})

    after = now(app, post)
    assert (response.status_code, after.content, after.user_id) == (303, typed, ann.id)


def test_both_typing_the_same_is_no_conflict(app: Flask, as_editor: Any, ann: User, both_open: Any) -> None:
    form = both_open(ann, name="Ann Lee")

    response = as_editor.post(at(ann), data={**form, "name": "Ann Lee"})

    assert (response.status_code, now(app, ann).version) == (303, 2)


def test_a_change_outside_of_the_form_bothers_nobody(app: Flask, as_owner: Any, editor: Staff, password: str) -> None:
    form = Page(as_owner.get(at(editor))).values()
    app.test_client().post_form("/sign-in", {"email": editor.email, "password": password})

    response = as_owner.post(at(editor), data={**form, "name": "Edgar Allan"})

    assert (response.status_code, now(app, editor).name, now(app, editor).version) == (303, "Edgar Allan", 3)
    assert now(app, editor).last_sign_in_at is not None


# ---- without an answer from the history


@pytest.mark.parametrize("is_pruned", [True, False])
def test_where_the_trail_does_not_tell_every_field_that_differs_is_a_choice(
    app: Flask, as_editor: Any, ann: User, *, is_pruned: bool, both_open: Any
) -> None:
    form = both_open(ann, name="Theirs")
    with app.app_context():
        if is_pruned:
            db.session.execute(delete(Change))
        else:
            db.session.execute(text("""UPDATE "user" SET name = 'Theirs', version = version + 1"""))
        db.session.commit()

    page = Page(as_editor.post(at(ann), data={**form, "email": "mine@example.com"}))

    assert (page.status, page.texts("legend")) == (
        409,
        ["Name: the current value or yours?", "Email: the current value or yours?"],
    )
    as_editor.post(at(ann), data={**page.values(), "_take.name": "theirs", "_take.email": "yours"})
    assert (now(app, ann).name, now(app, ann).email) == ("Theirs", "mine@example.com")


@both_stores
@pytest.mark.parametrize("version", ["0", "-1", "99", "9" * 5000, "x", "", "\N{FULLWIDTH DIGIT ONE}"])
def test_a_version_that_never_was_overwrites_nothing(version: str, app: Flask, as_editor: Any, ann: User) -> None:
    form = Page(as_editor.get(at(ann))).values()

    page = Page(as_editor.post(at(ann), data={**form, "name": "Mine", "_version": version}))

    legends = ["Name: the current value or yours?"]
    assert (page.status, page.texts("legend"), now(app, ann).name) == (409, legends, "Ann")
    assert "The history does not say who changed it." in page.all(class_="problem")[0].text


# ---- staff


def test_staff_conflict_too_and_no_password_is_given_back(
    *, app: Flask, as_owner: Any, client_of: Any, make_staff: Any, editor: Staff, password: str
) -> None:
    as_otto = client_of(make_staff("Otto", OWNER))
    form = Page(as_owner.get(at(editor))).values()
    as_otto.post(at(editor), data={**Page(as_otto.get(at(editor))).values(), "roles": "viewer"})

    response = as_owner.post(at(editor), data={**form, "roles": "owner", "password": password})

    page = Page(response)
    assert (page.status, page.texts("legend")) == (409, ["Roles: theirs or yours?", "Roles"])
    assert page.texts("dd", within="main")[:2] == ["Editor", "Viewer"]
    assert password not in response.text
    assert page.values()["roles"] == "owner"
    as_owner.post(at(editor), data={**page.values(), "_take.roles": "theirs"})
    assert now(app, editor).roles == (VIEWER,)


def test_an_inactive_box_is_a_value_like_any_other(
    app: Flask, as_owner: Any, client_of: Any, make_staff: Any, editor: Staff
) -> None:
    as_otto = client_of(make_staff("Otto", OWNER))
    form = Page(as_owner.get(at(editor))).values()
    theirs = Page(as_otto.get(at(editor))).values()
    del theirs["is_active"]
    as_otto.post(at(editor), data=theirs)

    saved = as_owner.post(at(editor), data={**form, "name": "Edgar Allan"})

    assert (saved.status_code, now(app, editor).name, now(app, editor).is_active) == (303, "Edgar Allan", False)


def test_who_may_not_read_the_history_is_told_no_former_value(client_with: Any, as_editor: Any, ann: User) -> None:
    as_editor.post(at(ann), data={**Page(as_editor.get(at(ann))).values(), "name": "Bea"})
    client = client_with("user:view", "user:edit", "user:delete")

    pages = [
        client.post_form(at(ann), {"_version": "1", "name": "Cleo", "email": "cleo@example.com"}),
        client.post_form(f"/admin/user/delete/?id={ann.id}", {"_version": "1"}),
    ]

    assert [one.status_code for one in pages] == [409, 409]
    assert [("Bea" in one.text, ann.name in one.text) for one in pages] == [(True, False)] * 2
