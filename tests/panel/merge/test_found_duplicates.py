"""Possible duplicates among all records: a job finds them, and they are shown a page after the other, as they are now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.types import utc_now
from admin_app.domain.records import duplicates
from admin_app.extensions import db
from admin_app.models.job import Job, JobState
from admin_app.models.role import Role
from admin_app.models.user import User
from admin_app.panel.merge import duplicates_job, duplicates_page
from tests.client import Client
from tests.page import Page
from tests.panel.plan.plans import work
from tests.stores import both_stores

pytestmark = pytest.mark.covers

URL = "/admin/user/duplicates/?by=name"

# As the index has them: what is alike is far apart by its number.
NAMES = ["Ann", "Bea", "Cy", "Dee", "Eve", "Flo", "ann", "DEE", "Gus"]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at three entries at a time, and show one group a page of what was found."""
    monkeypatch.setattr(duplicates, "MOST_LOOKED_AT", 3)
    monkeypatch.setattr(duplicates_page, "MOST_GROUPS", 1)


@pytest.fixture
def users(make_user: Any) -> list[User]:
    return [make_user(name=name) for name in NAMES]


def looked(client: Client) -> str:
    """Let a worker look; return the address of what it finds."""
    response = client.post_form(URL)
    assert response.status_code == 303
    return str(response.location)


def heads(page: Page) -> list[str]:
    return page.texts("h2", within="main")


def note(page: Page) -> str:
    return page.texts(id="found")[0]


@both_stores
@pytest.mark.usefixtures("users")
def test_a_job_finds_all_groups_and_they_are_shown_page_by_page(as_viewer: Client) -> None:
    address = looked(as_viewer)
    waiting = Page(as_viewer.get(address))
    done = work(as_viewer)

    first = Page(as_viewer.get(address))
    second = Page(as_viewer.get(first.link("Continue")))
    here = Page(as_viewer.get(URL))

    assert note(waiting) == "The search has not begun yet. Refresh"
    assert (done, note(first)) == ("done", "The search found 2 groups among all users.")
    assert (heads(first), heads(second), second.has_link("Continue")) == (["Ann"], ["Dee"], False)
    assert second.link("From the start") == address
    assert here.link("Show what was found") == address


def test_what_was_merged_since_is_no_group_any_more(as_editor: Client, app: Flask, users: list[User]) -> None:
    address = looked(as_editor)
    work(as_editor)
    with app.app_context():
        db.session.delete(db.session.get_one(User, users[6].id))
        db.session.commit()

    page = Page(as_editor.get(address))

    assert (heads(page), page.texts("p", class_="empty__title")) == ([], ["There are no duplicates here any more"])
    assert heads(Page(as_editor.get(page.link("Continue")))) == ["Dee"]


@pytest.mark.usefixtures("users")
def test_who_looks_twice_at_once_waits_for_the_same_job(as_editor: Client) -> None:
    first = looked(as_editor)
    again = looked(as_editor)
    work(as_editor)

    assert again == first
    assert looked(as_editor) != first


@pytest.mark.usefixtures("users")
def test_a_job_begins_anew_and_keeps_so_many_groups(as_editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = looked(as_editor)
    monkeypatch.setattr(duplicates_job, "MOST_GROUPS", 1)

    failed = work(as_editor)
    cut = Page(as_editor.get(address))
    monkeypatch.setattr(duplicates_job, "MOST_GROUPS", 9)
    as_editor.post_form(f"/admin/jobs/retry/?id={address.rpartition(chr(61))[2]}", page="/admin/jobs/")
    done = work(as_editor)

    assert failed == "failed There are more than 1 groups. The first of them are kept."
    assert note(cut) == ("The search stopped after 1 group. There are more than 1 groups. The first of them are kept.")
    assert (done, note(Page(as_editor.get(address)))) == ("done", "The search found 2 groups among all users.")


# ---- rights


def test_nobody_finds_or_counts_what_they_do_not_see(
    client_with: Callable[..., Client], make_user: Any, app: Flask
) -> None:
    client = client_with("user:*", rows=["user:same_domain"])
    for name, domain in (("Ann", "com"), ("Ann", "org"), ("Bea", "com"), ("Bea", "com"), ("Cy", "com")):
        make_user(name=name, email=f"{make_user().id}@example.{domain}")
    address = looked(client)
    work(client)

    assert heads(Page(client.get(address))) == ["Bea"]
    with app.app_context():
        assert db.session.execute(select(Job.done, Job.total)).all() == [(9, 9)]


@pytest.mark.usefixtures("users")
def test_a_right_that_was_withdrawn_meanwhile_finds_nothing(client_with: Callable[..., Client], app: Flask) -> None:
    client = client_with("user:*")
    looked(client)
    with app.app_context():
        db.session.query(Role).filter(~Role.key.in_(["owner", "editor", "viewer"])).update({"permissions": []})
        db.session.commit()

    assert work(client) == f"failed {duplicates_job.NOT_ANY_MORE}"


@pytest.mark.usefixtures("users")
def test_what_others_found_and_what_a_job_did_not_look_for_is_404(as_editor: Client, as_viewer: Client) -> None:
    address = looked(as_editor)
    by_email = address.replace("by=name", "by=email")

    found = [as_viewer.get(address), as_editor.get(by_email), as_editor.get(f"{URL}&found=x")]

    assert [one.status_code for one in found] == [404, 404, 404]
    assert as_editor.get(address).status_code == 200


@pytest.mark.usefixtures("users")
def test_a_job_whose_resource_is_gone_says_so(as_editor: Client, app: Flask) -> None:
    looked(as_editor)
    with app.app_context():
        db.session.query(Job).update({"arguments": {"resource": "gone", "by": "name"}})
        db.session.commit()

    assert work(as_editor) == f"failed {duplicates_job.NOT_ANY_MORE}"


@pytest.mark.usefixtures("users")
def test_a_job_under_way_says_how_far_it_is(as_editor: Client, app: Flask) -> None:
    address = looked(as_editor)
    under_way = {"state": JobState.RUNNING, "heartbeat_at": utc_now(), "done": 6, "total": 9}
    with app.app_context():
        db.session.query(Job).update(under_way)
        db.session.commit()

    page = Page(as_editor.get(address))

    assert note(page) == "The search has found 0 groups so far, among 6 of 9 users. Refresh"
