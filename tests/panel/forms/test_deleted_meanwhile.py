"""A record deleted while somebody edits it, or edited while somebody deletes it: told, and nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from admin_app.db import json_values
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.draft import Draft
from admin_app.models.user import User
from tests.page import Page
from tests.panel.forms.meanwhile import at, now


def test_what_was_typed_into_a_deleted_record_can_be_made_again(
    app: Flask, as_editor: Any, as_emil: Any, ann: User
) -> None:
    address = f"{at(ann)}&url=/admin/user/%3Fq%3Da"
    form = Page(as_editor.get(address)).values()
    as_emil.post_form(at(ann, "delete"))

    page = Page(as_editor.post(address, data={**form, "name": "Typed"}))

    assert (page.status, page.heading, page.values()["name"]) == (409, "Add user", "Typed")
    assert page.summary[0].startswith("Emil deleted this user at ")
    saved = as_editor.post(page.form().attributes["action"], data=page.values())
    assert (saved.status_code, saved.location) == (303, "/admin/user/?q=a")
    with app.app_context():
        assert db.session.execute(select(User.name, User.email)).all() == [("Typed", "ann@example.com")]


def test_a_record_that_came_back_meanwhile_is_saved_and_not_made_twice(
    app: Flask, as_editor: Any, as_emil: Any, ann: User
) -> None:
    form = Page(as_editor.get(f"{at(ann)}&url=/admin/user/%3Fq%3Da")).values()
    as_emil.post_form(at(ann, "delete"))
    page = Page(as_editor.post(f"{at(ann)}&url=/admin/user/%3Fq%3Da", data={**form, "name": "Typed"}))
    with app.app_context():
        act = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)).one()
    as_emil.post_form("/admin/activity/undo/", {"id": str(act)}, page="/admin/account/")

    saved = as_editor.post(page.form().attributes["action"], data=page.values())

    assert (saved.status_code, saved.location) == (303, "/admin/user/?q=a")
    with app.app_context():
        assert db.session.execute(select(User.id, User.name, User.email)).all() == [
            (ann.id, "Typed", "ann@example.com")
        ]


def test_a_record_that_came_back_and_was_changed_is_a_conflict_like_any_other(
    app: Flask, as_editor: Any, as_emil: Any, ann: User
) -> None:
    form = Page(as_editor.get(at(ann))).values()
    as_emil.post_form(at(ann, "delete"))
    page = Page(as_editor.post(at(ann), data={**form, "name": "Mine"}))
    with app.app_context():
        act = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)).one()
    as_emil.post_form("/admin/activity/undo/", {"id": str(act)}, page="/admin/account/")
    as_emil.post(at(ann), data={**Page(as_emil.get(at(ann))).values(), "name": "Theirs"})

    asked = Page(as_editor.post(page.form().attributes["action"], data=page.values()))
    as_editor.post(asked.form().attributes["action"], data={**asked.values(), "_take.name": "yours"})

    assert (asked.status, asked.texts("legend")) == (409, ["Name: theirs or yours?"])
    with app.app_context():
        assert db.session.execute(select(User.id, User.name)).all() == [(ann.id, "Mine")]


def test_a_record_of_which_the_history_lacks_a_column_can_be_made_again(
    as_editor: Any, as_emil: Any, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Page(as_editor.get(at(ann))).values()
    with monkeypatch.context() as patch:
        # As if a migration had added the name since.
        patch.setattr(User, "__history__", ("email",))
        patch.setattr(json_values, "_KEPT", {})
        as_emil.post_form(at(ann, "delete"))

    page = Page(as_editor.post(at(ann), data={**form, "name": "Typed"}))

    assert (page.status, page.values()["name"]) == (409, "Typed")


def test_a_record_that_the_trail_does_not_know_was_deleted_too(app: Flask, as_editor: Any, ann: User) -> None:
    form = Page(as_editor.get(at(ann))).values()
    with app.app_context():
        db.session.execute(text('DELETE FROM "user"'))
        db.session.commit()

    page = Page(as_editor.post(at(ann), data=form))

    assert (page.status, page.summary[0].split(",")[0]) == (409, "This user was deleted")


def test_who_may_neither_create_it_again_nor_read_its_history_is_told_that_it_is_gone_and_gets_back_what_was_typed(
    client_with: Any, as_emil: Any, ann: User
) -> None:
    client = client_with("user:list", "user:view", "user:edit")
    form = Page(client.get(at(ann))).values()
    as_emil.post_form(at(ann, "delete"))

    page = Page(client.post(at(ann), data={**form, "name": "Typed"}))

    assert (page.status, page.heading) == (409, "This record is no longer here")
    assert page.texts("main")[0].startswith("This record is no longer here This user was deleted at ")
    assert "Typed" in [one.attributes.get("value") for one in page.all("input")]


def test_a_draft_of_a_deleted_record_is_not_lost_either(app: Flask, as_editor: Any, ann: User) -> None:
    form = Page(as_editor.get(at(ann))).values()
    with as_editor.session_transaction() as session:
        cookie = session.pop("_user_id")
    sent = as_editor.post(at(ann), data={**form, "name": "Typed"})
    with app.app_context():
        db.session.execute(text('DELETE FROM "user"'))
        db.session.commit()
    with as_editor.session_transaction() as session:
        session["_user_id"] = cookie
    page = Page(as_editor.get(as_editor.get(sent.location).location))
    saved = as_editor.post(page.form().attributes["action"], data=page.values())

    assert (page.status, page.heading, page.values()["name"], saved.status_code) == (409, "Add user", "Typed", 303)
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []


def test_the_page_that_deletes_says_what_changed_since_it_was_opened(
    app: Flask, as_editor: Any, as_emil: Any, ann: User
) -> None:
    page = Page(as_editor.get(at(ann, "delete")))
    as_emil.post(at(ann), data={**Page(as_emil.get(at(ann))).values(), "name": "Ann the <b>Great</b>"})

    told = Page(as_editor.post(at(ann, "delete"), data=page.values("")))

    assert (told.status, told.texts("h2")[0]) == (409, "This user was changed since you opened this page")
    assert told.texts("dd", within="main")[:2] == ["Ann", "Ann the <b>Great</b>"]
    assert now(app, ann) is not None

    assert as_editor.post(at(ann, "delete"), data=told.values("")).status_code == 303
    assert now(app, ann) is None


def test_the_post_of_a_deleted_form_is_404_where_nothing_was_drawn(as_editor: Any) -> None:
    assert as_editor.post_form("/admin/post/edit/?id=77", {"content": "x"}, page="/admin/post/new/").status_code == 404
