"""`manage.py inbox send-digests`: who is told by email that something waits for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from admin_app.cli.digests import send_at_hour
from admin_app.db.types import utc_now
from admin_app.domain.work import digests
from admin_app.extensions import db
from admin_app.models.note import Note
from admin_app.models.post import Post
from admin_app.models.preference import Preference
from admin_app.models.staff import Staff
from tests.page import Page
from tests.panel.notes.noting import add

pytestmark = pytest.mark.covers


@pytest.fixture
def post(make_post: Any) -> Post:
    return make_post(content="Secret words")


def send(manage: Any) -> str:
    done = manage("inbox", "send-digests")
    assert done.exit_code == 0, done.output
    return done.output.strip()


def sent_before(app: Flask, **ago: float) -> None:
    """Let the last digests be so old."""
    with app.app_context():
        db.session.execute(update(Preference).values(digest_sent_at=utc_now() - timedelta(**ago)))
        db.session.commit()


def test_a_digest_says_how_much_is_new_and_none_of_it(
    manage: Any, outbox: Any, as_editor: Any, viewer: Staff, post: Post
) -> None:
    add(as_editor, post, "@vera look at this")

    said = send(manage)

    (mail,) = outbox.outbox
    assert (said, mail.to, mail.subject) == ("Sent 1 digest.", [viewer.email], "Your inbox has something new")
    assert [line for line in mail.body.splitlines() if line[:2] == "- "] == ["- 1 note mentions you"]
    assert "Read it here: http://127.0.0.1:8000/admin/inbox/" in mail.body
    assert not any(words in mail.body for words in ("Secret", "look", "Edgar"))


@pytest.mark.usefixtures("viewer")
def test_nobody_is_sent_two_a_day_or_the_same_again(
    manage: Any, outbox: Any, as_editor: Any, post: Post, app: Flask
) -> None:
    add(as_editor, post, "@vera one")
    said = [send(manage)]
    add(as_editor, post, "@vera two")
    said.append(send(manage))
    sent_before(app, hours=21)
    said.append(send(manage))
    sent_before(app, hours=21)
    with app.app_context():
        db.session.execute(update(Note).values(created_at=utc_now() - timedelta(hours=22)))
        db.session.commit()
    said.append(send(manage))
    # Written by a clock that was ahead, it holds nothing up.
    sent_before(app, hours=-48)
    said.append(send(manage))

    assert said == ["Sent 1 digest.", "Sent 0 digests.", "Sent 1 digest.", "Sent 0 digests.", "Sent 1 digest."]
    assert [line for line in outbox.outbox[1].body.splitlines() if line[:2] == "- "] == ["- 2 notes mention you"]


def test_who_switched_it_off_under_account_is_sent_none(
    manage: Any, outbox: Any, as_editor: Any, as_viewer: Any, post: Post
) -> None:
    add(as_editor, post, "@vera look")
    label = "Email me when something new is in my inbox, at most once a day"
    page = Page(as_viewer.get("/admin/account/"))

    as_viewer.post_form("/admin/account/preferences/", {"time_zone": "UTC"}, page="/admin/account/")

    again = Page(as_viewer.get("/admin/account/"))
    boxes = [one.all("input", id="digest")[0].attributes for one in (page, again)]
    assert (label in page.texts("label"), ["checked" in box for box in boxes]) == (True, [True, False])
    assert (send(manage), outbox.outbox) == ("Sent 0 digests.", [])


def test_without_email_nothing_is_asked_or_sent(manage: Any, as_viewer: Any) -> None:
    done = manage("inbox", "send-digests")

    assert (done.exit_code, done.output) == (1, "Error: Email is not set up. Set ADMIN_SMTP and ADMIN_MAIL_FROM.\n")
    assert Page(as_viewer.get("/admin/account/")).all("input", id="digest") == []


@pytest.mark.usefixtures("dead_mail_server", "viewer")
def test_what_could_not_be_sent_is_tried_again(manage: Any, as_editor: Any, post: Post) -> None:
    add(as_editor, post, "@vera look")

    for _ in range(2):
        done = manage("inbox", "send-digests")
        assert (done.exit_code, done.output.splitlines()[-2:]) == (
            1,
            ["Sent 0 digests.", "Error: 1 digest could not be sent. The next run tries again."],
        )


# ---- by a worker, at an hour


@pytest.fixture
def at_midnight(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send digests from the first hour of the day, which has struck."""
    monkeypatch.setitem(app.config, "DIGEST_HOUR", 0)


@pytest.mark.usefixtures("at_midnight", "viewer")
def test_workers_send_a_digest_once(app: Flask, outbox: Any, as_editor: Any, post: Post) -> None:
    add(as_editor, post, "@vera look at this")

    for _ in range(2):
        with app.app_context():
            send_at_hour()

    assert [mail.subject for mail in outbox.outbox] == ["Your inbox has something new"]


@pytest.mark.usefixtures("at_midnight", "viewer")
def test_who_had_nothing_new_at_the_hour_is_told_the_next_day(
    app: Flask, outbox: Any, as_editor: Any, post: Post
) -> None:
    with app.app_context():
        send_at_hour()
    add(as_editor, post, "@vera look at this")
    with app.app_context():
        send_at_hour()
    before = list(outbox.outbox)

    sent_before(app, hours=30)
    with app.app_context():
        send_at_hour()

    assert (before, len(outbox.outbox)) == ([], 1)


@pytest.mark.usefixtures("viewer")
def test_without_an_hour_a_worker_sends_none(
    app: Flask, outbox: Any, as_editor: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DIGEST_HOUR", None)
    add(as_editor, post, "@vera look at this")

    with app.app_context():
        send_at_hour()

    assert outbox.outbox == []


@pytest.mark.usefixtures("at_midnight", "dead_mail_server")
def test_a_server_that_takes_none_is_asked_again(app: Flask, as_editor: Any, viewer: Staff, post: Post) -> None:
    add(as_editor, post, "@vera look at this")

    with app.app_context():
        send_at_hour()

        assert viewer.id in [one.staff_id for one in digests.due(db.session, hour=0)]
