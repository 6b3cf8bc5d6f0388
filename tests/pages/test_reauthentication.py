"""Fresh proof: which acts ask for the password again, large ones among them, and what holds afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet, Kind
from admin_app.models.job import Job
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from tests.page import Page
from tests.pages.passkeys import CONFIRM
from tests.pages.reauthenticating import confirm, form_of, let_proof_age, name_of

pytestmark = pytest.mark.usefixtures("no_time_passes")


# ---- what asks


@pytest.mark.parametrize("url", ["new/", "edit/?id={id}", "delete/?id={id}", "access/?id={id}"])
def test_every_act_on_staff_asks(url: str, stale: Any, viewer: Staff) -> None:
    address = f"/admin/staff/{url.format(id=viewer.id)}"

    answers = [stale.get(address).status_code, stale.post_form(address, form_of(viewer)).status_code]

    assert answers == [200, 403]


def test_the_second_factor_asks_too(stale: Any) -> None:
    url = "/admin/account/two-factor/"

    assert [stale.get(url).status_code, stale.post_form(url).status_code] == [200, 403]


@pytest.mark.parametrize("who", ["editor", "owner"])
def test_undoing_somebody_elses_act_asks_first_and_ones_own_does_not(
    who: str, app: Flask, as_editor: Any, as_owner: Any, *, make_post: Any, password: str
) -> None:
    post = make_post(content="Words")
    as_editor.post_form(f"/admin/post/edit/?id={post.id}", {"content": "Other words", "user": ""})
    let_proof_age(app, minutes=16)
    client = {"editor": as_editor, "owner": as_owner}[who]
    with app.app_context():
        act = db.session.scalars(select(ChangeSet.id).where(ChangeSet.kind == Kind.FORM)).one()

    answer = client.post_form("/admin/activity/undo/", {"id": str(act)}, page="/admin/account/")
    if who == "owner":
        assert answer.status_code == 403
        answer = confirm(client, "/admin/activity/undo/", Page(answer), password)

    with app.app_context():
        assert db.session.get_one(Post, post.id).content == "Words"
    assert answer.status_code == 303


# ---- many rows


@pytest.fixture
def few_rows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two rows go without proof."""
    monkeypatch.setitem(app.config, "PROOF_ROWS", 2)


@pytest.mark.usefixtures("few_rows")
def test_a_large_export_asks_first_and_comes_afterwards(
    app: Flask, as_viewer: Any, make_post: Any, password: str
) -> None:
    url = "/admin/post/export/csv/?q=Post"
    make_post(), make_post()
    let_proof_age(app, minutes=16)
    small = as_viewer.get(url, buffered=True).status_code
    make_post()

    asked = as_viewer.get(url)
    back = Page(as_viewer.get(asked.location)).link("Back to the list")
    done = as_viewer.post_form(asked.location, {"proof_password": password})

    assert back == "/admin/post/?q=Post"
    assert (small, asked.status_code, asked.location) == (
        200,
        302,
        f"{CONFIRM}?next=/admin/post/export/csv/?q%3DPost&back=/admin/post/?q%3DPost",
    )
    assert (done.status_code, done.location) == (303, url)
    assert as_viewer.get(done.location, buffered=True).status_code == 200


@pytest.mark.usefixtures("few_rows")
def test_what_was_chosen_on_the_export_page_survives_the_detour(
    app: Flask, as_viewer: Any, make_post: Any, password: str
) -> None:
    url = "/admin/post/export/?q=Post&sort=-id"
    ids = [make_post().id for _ in range(3)]
    chosen = {"format": "csv", "column": ["content", "id"], "place.content": "2", "place.id": "1", "delimiter": "tab"}
    let_proof_age(app, minutes=16)

    asked = Page(as_viewer.post_form(url, chosen))
    wrong = Page(confirm(as_viewer, url, asked, "wrong"))
    done = confirm(as_viewer, url, wrong, password)

    assert (asked.status, asked.heading, wrong.status) == (403, "Confirm it's you", 422)
    assert (done.status_code, done.mimetype) == (200, "text/csv")
    # The browser stays on the page while the file comes.
    assert [page.link("Back to the list") for page in (asked, wrong)] == ["/admin/post/?q=Post&sort=-id"] * 2
    assert [line.split("\t")[0] for line in done.text.splitlines()] == ['"ID"', *map(str, reversed(ids))]


@pytest.mark.usefixtures("few_rows", "by_jobs")
def test_a_job_that_was_chosen_begins_after_the_detour_and_once(
    app: Flask, as_viewer: Any, make_post: Any, password: str
) -> None:
    url = "/admin/post/export/?q=Post"
    for _ in range(3):
        make_post()
    let_proof_age(app, minutes=16)

    asked = Page(as_viewer.post_form(url, {"format": "xlsx", "column": ["id", "user.email"]}))
    with app.app_context():
        before = list(db.session.scalars(select(Job.id)))
    done = confirm(as_viewer, url, asked, password)

    with app.app_context():
        job = db.session.scalars(select(Job)).one()
    assert (before, done.status_code, done.location) == ([], 303, "/admin/jobs/")
    assert (job.arguments["format"], job.arguments["columns"]) == ("xlsx", ["id", "user.email"])


@pytest.mark.usefixtures("few_rows")
def test_a_deletion_that_takes_many_along_asks_first(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any, password: str
) -> None:
    user = make_user()
    for _ in range(2):
        make_post(user=user)
    url = f"/admin/user/delete/?id={user.id}"
    let_proof_age(app, minutes=16)

    asked = Page(as_editor.post_form(url, {"fate.posts": "delete"}))
    done = confirm(as_editor, url, asked, password)

    with app.app_context():
        left = list(db.session.scalars(select(Post.id)))
    assert (asked.status, done.status_code, left) == (403, 303, [])


@pytest.mark.usefixtures("few_rows")
def test_a_deletion_of_one_does_not_ask(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    user = make_user()
    for _ in range(3):
        make_post(user=user)
    let_proof_age(app, minutes=16)

    assert as_editor.post_form(f"/admin/user/delete/?id={user.id}", {"fate.posts": "keep"}).status_code == 303


# ---- afterwards


def test_after_the_proof_the_next_acts_go_through(stale: Any, viewer: Staff, app: Flask, password: str) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    confirm(stale, url, Page(stale.post_form(url, form_of(viewer, name="Verity"))), password)

    assert stale.post_form(url, form_of(viewer, name="Veronica")).status_code == 303
    let_proof_age(app, minutes=15)
    assert stale.post_form(url, form_of(viewer, name="Vivian")).status_code == 403
    assert name_of(app, viewer) == "Veronica"


def test_proof_gives_the_session_a_new_id_and_leaves_open_forms_good(
    stale: Any, viewer: Staff, app: Flask, password: str
) -> None:
    copy = app.test_client()
    with stale.session_transaction() as original, copy.session_transaction() as session:
        session.update(original)
    token = stale.token_of("/admin/post/new/")

    stale.post_form(CONFIRM, {"proof_password": password})

    assert viewer
    assert [client.get("/admin/").status_code for client in (stale, copy)] == [200, 302]
    assert stale.post("/admin/post/new/", data={"content": "Words", "csrf_token": token}).status_code == 303


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_proof_leads_nobody_elsewhere(target: str, as_viewer: Any, password: str) -> None:
    answer = as_viewer.post_form(CONFIRM, {"proof_password": password}, query_string={"next": target})

    assert (answer.status_code, answer.location) == (303, "/admin/")


def test_signing_in_is_proof(app: Flask, owner: Staff, as_nobody: Any, password: str, viewer: Staff) -> None:
    as_nobody.post_form("/sign-in", {"email": owner.email, "password": password})

    answer = as_nobody.post_form(f"/admin/staff/edit/?id={viewer.id}", form_of(viewer, name="Verity"))

    assert (answer.status_code, name_of(app, viewer)) == (303, "Verity")
