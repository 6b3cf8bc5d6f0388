"""Who else is here: a note at a form that costs little, expires by itself and holds nobody up."""

from __future__ import annotations

import re
import sqlite3
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.models.presence import Presence
from admin_app.models.role import EDITOR
from tests.page import Page
from tests.stores import both_stores

pytestmark = pytest.mark.covers


@pytest.fixture
def as_emil(client_of: Any, make_staff: Any) -> Any:
    """Return another editor's client, of a hostile name."""
    return client_of(make_staff("<b>Emil</b>", EDITOR))


@pytest.fixture
def form(make_post: Any) -> str:
    """Return the address of a post's form."""
    return f"/admin/post/edit/?id={make_post().id}"


def notes(client: Any, form: str) -> list[str]:
    return [one.text for one in Page(client.get(form)).all("p", class_="note") if "hidden" not in one.attributes]


def ping(client: Any, form: str, **values: str) -> Any:
    return client.post_form(form.replace("/edit/", "/presence/"), values, page="/admin/account/")


def people(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Presence)).all())


@both_stores
def test_a_form_says_who_else_has_it_open_and_since_when(as_editor: Any, as_emil: Any, form: str) -> None:
    first = notes(as_emil, form)
    since = f"{utc_now():%H:%M} UTC"

    second, again = notes(as_editor, form), notes(as_emil, form)

    assert first == []
    assert second in ([f"<b>Emil</b> has been editing this since {since}."],
                      [f"<b>Emil</b> has been editing this since {utc_now() - timedelta(minutes=1):%H:%M} UTC."])  # fmt: skip
    assert again[0].startswith("Edgar has been editing this since ")


@both_stores
def test_the_note_is_at_this_record_s_form_alone(as_editor: Any, as_emil: Any, form: str, make_post: Any) -> None:
    as_emil.get(form)

    assert notes(as_editor, f"/admin/post/edit/?id={make_post().id}") == []


@both_stores
def test_a_note_expires(app: Flask, as_editor: Any, as_emil: Any, form: str) -> None:
    as_emil.get(form)
    with app.app_context():
        db.session.execute(update(Presence).values(expires_at=utc_now()))
        db.session.commit()

    assert (notes(as_editor, form), people(app)) == ([], 1)


@both_stores
def test_a_ping_keeps_the_note_and_answers_who_is_there(as_editor: Any, as_emil: Any, form: str) -> None:
    as_emil.get(form)

    answers = [ping(as_editor, form).json["note"] for _ in range(2)]

    assert answers == [answers[0]] * 2
    assert answers[0].startswith("<b>Emil</b> has been editing this since ")
    assert ping(as_emil, form).json["note"].startswith("Edgar")


def test_a_ping_says_who_saved_the_record_since_the_form_was_drawn(as_editor: Any, as_emil: Any, form: str) -> None:
    mine, theirs = (Page(client.get(form)).values() for client in (as_editor, as_emil))
    before = ping(as_editor, form, _version=mine["_version"]).json["saved"]
    as_emil.post(form, data={**theirs, "content": "Theirs"})

    answers = [ping(client, form, _version=mine["_version"]).json["saved"] for client in (as_editor, as_emil)]

    assert before == ""
    assert [re.sub(r"\d\d:\d\d", "now", one) for one in answers] == [
        "<b>Emil</b> saved this at now UTC.",
        "You saved this in another window at now UTC.",
    ]
    assert ping(as_editor, form, _version=str(int(mine["_version"]) + 1)).json["saved"] == ""


@both_stores
@pytest.mark.parametrize("how", ["leave", "save"])
def test_leaving_and_saving_take_the_note_away(how: str, app: Flask, as_editor: Any, as_emil: Any, form: str) -> None:
    page = Page(as_emil.get(form))

    if how == "leave":
        assert ping(as_emil, form, leave="1").status_code == 204
    else:
        assert as_emil.post(form, data=page.values()).status_code == 303

    assert (people(app), notes(as_editor, form)) == (0, [])


@both_stores
def test_who_may_not_edit_is_told_nothing(app: Flask, as_emil: Any, as_viewer: Any, form: str) -> None:
    as_emil.get(form)

    assert (ping(as_viewer, form).status_code, people(app)) == (403, 1)
    assert "Emil" not in as_viewer.get(form.replace("/edit/", "/details/")).text


def test_a_busy_database_does_not_keep_the_form_from_opening(app: Flask, as_editor: Any, form: str) -> None:
    as_editor.get(form)
    with app.app_context():
        file = db.engine.url.database
    writer = sqlite3.connect(str(file), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    try:
        response = as_editor.get(form)
    finally:
        writer.execute("ROLLBACK")
        writer.close()

    assert response.status_code == 200
    assert time.monotonic() - began < 5
    assert as_editor.post(form, data=Page(response).values()).status_code == 303


def test_a_deleted_account_is_nowhere(app: Flask, as_owner: Any, as_emil: Any, form: str) -> None:
    as_emil.get(form)
    with app.app_context():
        key = db.session.scalars(select(Presence.staff_id)).one()

    as_owner.post_form(f"/admin/staff/delete/?id={key}")

    assert people(app) == 0
