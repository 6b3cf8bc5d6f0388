"""The page that removes a person's data: for owners, after fresh proof, with a reason; and the file of everything held."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.job import Job, JobState
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.panel.forgetting.removal import require_personal
from admin_app.resources.user import UserResource
from tests.page import Page
from tests.pages.reauthenticating import confirm, let_proof_age

SENT = {"act": "forget", "reason": "She asked", "confirmed": "y"}


@pytest.fixture
def ann(make_user: Any) -> User:
    return make_user(name="Ann Ames", email="ann.ames@example.com")


@pytest.fixture
def url(ann: User) -> str:
    return f"/admin/user/forget/?id={ann.id}"


def summaries(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(ChangeSet.summary).order_by(ChangeSet.id)))


def test_an_owner_removes_the_data_and_is_told_where_the_name_still_stands(
    ann: User, url: str, as_owner: Any, make_post: Any
) -> None:
    make_post(content="Ann Ames was here")
    way = Page(as_owner.get(f"/admin/user/delete/?id={ann.id}")).link("remove the personal data")

    done = as_owner.post_form(url, SENT)
    page = Page(as_owner.get(done.location))

    assert way == url
    assert (done.status_code, page.heading) == (303, "Forgotten")
    assert page.notice == (
        f"Success The personal data of user {ann.id} was removed. The same words also stand in 1 post (Content) "
        "and 3 texts of the history of other records. They may mean somebody else, so they stay."
    )


def test_everything_held_is_handed_out_and_that_is_noted(ann: User, url: str, as_owner: Any, app: Flask) -> None:
    answer = as_owner.post_form(url, {"act": "file"})

    assert answer.get_json()["record"]["values"]["email"] == ann.email
    assert answer.headers["Content-Disposition"] == f'attachment; filename="user-{ann.id}.json"'
    assert summaries(app)[-1] == f"Downloaded everything held about user {ann.id}"


def test_without_a_reason_or_the_tick_nothing_is_removed(ann: User, url: str, as_owner: Any, app: Flask) -> None:
    answer = as_owner.post_form(url, {"act": "forget"})

    assert (answer.status_code, Page(answer).summary) == (
        422,
        ["Say why, so that others know who asked for it.", "Tick this to confirm: it cannot be undone."],
    )
    with app.app_context():
        assert db.session.get_one(User, ann.id).name == "Ann Ames"


def test_work_under_way_is_waited_for(url: str, as_owner: Any, owner: Any, keep: Any) -> None:
    keep(Job(kind="export", staff_id=owner.id, title="Users", arguments={"resource": "user"}, state=JobState.RUNNING))

    answer = as_owner.post_form(url, SENT)

    assert (answer.status_code, Page(answer).summary) == (
        409,
        ["A job that reads or changes these records is under way. Wait until it has ended. Nothing was removed."],
    )


def test_the_files_of_jobs_go_too(url: str, as_owner: Any, owner: Any, keep: Any, app: Flask) -> None:
    job = keep(
        Job(kind="export", staff_id=owner.id, title="Posts", arguments={"resource": "post"}, state=JobState.DONE)
    )

    as_owner.post_form(url, SENT)

    with app.app_context():
        assert db.session.get(Job, job.id) is None


def test_fresh_proof_is_asked_for(url: str, as_owner: Any, app: Flask, password: str) -> None:
    let_proof_age(app, minutes=16)

    asked = as_owner.post_form(url, SENT)
    done = confirm(as_owner, url, Page(asked), password)

    assert (asked.status_code, done.status_code) == (403, 303)


def test_whoever_does_not_hold_everything_neither_sees_nor_removes(
    ann: User, url: str, keep: Any, make_staff: Any, client_of: Any
) -> None:
    keep(Role(key="all-users", name="All users", permissions=StringSet(["user:*"])))
    client = client_of(make_staff("Nora", "all-users"))

    assert [client.get(url).status_code, client.post_form(url, SENT, page="/admin/").status_code] == [403, 403]
    assert not Page(client.get(f"/admin/user/delete/?id={ann.id}")).has_link("remove the personal data")


def test_a_personal_field_that_is_no_column_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = UserResource()
    monkeypatch.setattr(resource, "personal", ("posts",), raising=False)

    with pytest.raises(ConfigurationError, match=r"^UserResource: personal names posts, which is no column\.$"):
        require_personal(resource)


def test_a_colleague_is_forgotten_once_the_account_is_switched_off(
    owner: Staff, make_staff: Any, as_owner: Any, app: Flask
) -> None:
    lena = make_staff("Lena", is_active=False)
    asked, left = (Page(as_owner.get(f"/admin/staff/forget/?id={one.id}")) for one in (owner, lena))
    in_use = Page(as_owner.post_form(f"/admin/staff/forget/?id={owner.id}", SENT))
    way = Page(as_owner.get(f"/admin/staff/delete/?id={lena.id}")).link("remove the personal data")

    done = as_owner.post_form(way, SENT)

    with app.app_context():
        kept = db.session.get_one(Staff, lena.id).email
    assert (in_use.status, done.status_code, kept) == (409, 303, f"forgotten-{lena.id}@forgotten.invalid")
    assert "Switch the account off first" in in_use.texts("main", id="main")[0]
    told = [one.texts("main", id="main")[0] for one in (asked, left)]
    assert ["Switch the account off first" in one for one in told] == [True, False]
    assert "This removes the sessions, passkeys, second factor and drafts of the account." in told[1]
