"""Fresh proof: the password again before dangerous acts, and what was being sent survives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from admin_app.domain import throttle
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet, Kind
from admin_app.models.draft import Draft
from admin_app.models.job import Job
from admin_app.models.post import Post
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
NEW, CONFIRM = "/admin/staff/new/", "/admin/account/confirm/"
CHOSEN = "a new one that is long enough"


@pytest.fixture(autouse=True)
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the delays: the first is a second, and hashing takes its time."""
    now = throttle.utc_now()
    monkeypatch.setattr(throttle, "utc_now", lambda: now)


def let_proof_age(app: Flask, **age: float) -> None:
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(**age)))
        db.session.commit()


def form_of(staff: Staff, **changes: str) -> dict[str, str]:
    values = {"name": staff.name, "email": staff.email, "roles": str(staff.roles), "is_active": "y", "password": ""}
    return {**values, **changes}


def name_of(app: Flask, staff: Staff) -> str:
    with app.app_context():
        return db.session.get_one(Staff, staff.id).name


def confirm(client: Any, url: str, page: Page, typed: str) -> Any:
    """Fill the page that asks for the password in, and send it."""
    return client.post(url, data={**page.values(""), "proof_password": typed})


@pytest.fixture
def stale(app: Flask, as_owner: Any) -> Any:
    """Return Olivia's client, 16 minutes after she proved who she is."""
    let_proof_age(app, minutes=16)
    return as_owner


# ---- staff


def test_what_was_typed_is_saved_after_the_detour(stale: Any, viewer: Staff, app: Flask, password: str) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"

    asked = Page(stale.post_form(url, form_of(viewer, name="Verity")))
    before = name_of(app, viewer)
    done = confirm(stale, url, asked, password)

    assert (asked.status, asked.heading, before) == (403, "Confirm that it is you", "Vera")
    assert (done.status_code, done.location) == (303, "/admin/staff/")
    assert name_of(app, viewer) == "Verity"


def test_a_password_that_was_typed_survives_and_is_readable_nowhere(
    stale: Any, viewer: Staff, app: Flask, password: str
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    response = stale.post_form(url, form_of(viewer, password=CHOSEN))

    confirm(stale, url, Page(response), password)

    signed_in = app.test_client().post_form("/sign-in", {"email": viewer.email, "password": CHOSEN})
    assert CHOSEN not in response.text
    assert signed_in.status_code == 303


def test_after_the_proof_the_next_acts_go_through(stale: Any, viewer: Staff, app: Flask, password: str) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    confirm(stale, url, Page(stale.post_form(url, form_of(viewer, name="Verity"))), password)

    assert stale.post_form(url, form_of(viewer, name="Veronica")).status_code == 303
    let_proof_age(app, minutes=15)
    assert stale.post_form(url, form_of(viewer, name="Vivian")).status_code == 403
    assert name_of(app, viewer) == "Veronica"


@on_sqlite
def test_a_wrong_password_changes_nothing_keeps_what_was_typed_and_is_counted(
    stale: Any, viewer: Staff, app: Flask, password: str
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    page = Page(stale.post_form(url, form_of(viewer, name="Verity")))

    tries = []
    for _ in range(6):
        page = Page(confirm(stale, url, page, "wrong"))
        tries.append((page.status, page.error_of("proof_password")))
    late = Page(confirm(stale, url, page, password))

    assert tries[:5] == [(422, "This is not your password. Nothing was changed.")] * 5
    assert tries[5] == (422, "Too many tries failed. Wait 1 second, then try again.")
    assert (late.status, name_of(app, viewer)) == (422, "Vera")


@pytest.mark.parametrize("url", ["new/", "edit/?id={id}", "delete/?id={id}", "access/?id={id}"])
def test_every_act_on_staff_asks(url: str, stale: Any, viewer: Staff) -> None:
    address = f"/admin/staff/{url.format(id=viewer.id)}"

    answers = [stale.get(address).status_code, stale.post_form(address, form_of(viewer)).status_code]

    assert answers == [200, 403]


@on_sqlite
def test_the_second_factor_asks_too(stale: Any) -> None:
    url = "/admin/account/two-factor/"

    assert [stale.get(url).status_code, stale.post_form(url).status_code] == [200, 403]


@on_sqlite
@pytest.mark.parametrize("forged", ["", "x", "é", "another page"])
def test_a_form_that_was_not_sealed_here_does_nothing(
    forged: str, stale: Any, viewer: Staff, app: Flask, password: str
) -> None:
    url = f"/admin/staff/delete/?id={viewer.id}"
    if forged == "another page":
        forged = Page(stale.post_form(NEW, form_of(viewer))).values("")["proof_typed"]

    answer = stale.post_form(url, {"proof_password": password, "proof_typed": forged})

    assert (answer.status_code, name_of(app, viewer)) == (409, "Vera")


@on_sqlite
def test_the_detour_needs_the_forms_token(stale: Any, viewer: Staff, app: Flask, password: str) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    sealed = Page(stale.post_form(url, form_of(viewer, name="Verity"))).values("")["proof_typed"]

    answer = stale.post(url, data={"proof_password": password, "proof_typed": sealed})

    assert (answer.status_code, name_of(app, viewer)) == (400, "Vera")


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


@on_sqlite
def test_proof_given_in_another_tab_meanwhile_is_enough(stale: Any, viewer: Staff, app: Flask, password: str) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    page = Page(stale.post_form(url, form_of(viewer, name="Verity")))
    stale.post_form(CONFIRM, {"proof_password": password})

    done = confirm(stale, url, page, "")

    assert (done.status_code, name_of(app, viewer)) == (303, "Verity")


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

    assert (asked.status, asked.heading, wrong.status) == (403, "Confirm that it is you", 422)
    assert (done.status_code, done.mimetype) == (200, "text/csv")
    # The browser stays on the page while the file comes.
    assert [page.link("Back to the list") for page in (asked, wrong)] == ["/admin/post/?q=Post&sort=-id"] * 2
    assert [line.split("\t")[0] for line in done.text.splitlines()] == ["ID", *map(str, reversed(ids))]


@pytest.mark.usefixtures("few_rows")
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
@on_sqlite
def test_a_deletion_of_one_does_not_ask(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    user = make_user()
    for _ in range(3):
        make_post(user=user)
    let_proof_age(app, minutes=16)

    assert as_editor.post_form(f"/admin/user/delete/?id={user.id}", {"fate.posts": "keep"}).status_code == 303


@on_sqlite
@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_proof_leads_nobody_elsewhere(target: str, as_viewer: Any, password: str) -> None:
    answer = as_viewer.post_form(CONFIRM, {"proof_password": password}, query_string={"next": target})

    assert (answer.status_code, answer.location) == (303, "/admin/")


def test_a_session_that_ends_at_the_password_page_keeps_what_was_typed_before(
    stale: Any, owner: Staff, viewer: Staff, app: Flask, password: str
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    asked = Page(stale.post_form(url, form_of(viewer, name="Verity", password=CHOSEN)))
    with app.app_context():
        db.session.execute(delete(StaffSession))
        db.session.commit()

    led = confirm(stale, url, asked, password)

    with app.app_context():
        (draft,) = db.session.scalars(select(Draft)).all()
        kept = dict(draft.fields)
    assert (name_of(app, viewer), kept["name"], CHOSEN in kept.values()) == ("Vera", "Verity", False)
    stale.post_form(led.location, {"email": owner.email, "password": password}, page=led.location)
    onward = parse_qs(urlsplit(led.location).query)["next"][0]
    assert Page(stale.get(onward)).values()["name"] == "Verity"


def test_what_was_sealed_by_one_person_is_kept_for_nobody_else(  # noqa: PLR0917 -- fixtures
    stale: Any, viewer: Staff, client_of: Any, make_staff: Any, app: Flask, password: str
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    asked = Page(stale.post_form(url, form_of(viewer, name="Verity")))
    other = client_of(make_staff("Oscar", OWNER))
    other.get("/admin/")
    with app.app_context():
        db.session.execute(delete(StaffSession))
        db.session.commit()

    other.post_form(url, {"proof_typed": asked.values("")["proof_typed"], "proof_password": password}, page="/sign-in")

    with app.app_context():
        assert list(db.session.scalars(select(Draft))) == []


def test_a_stale_token_at_the_password_page_shows_the_form_again(stale: Any, viewer: Staff, app: Flask) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    asked = Page(stale.post_form(url, form_of(viewer, name="Verity")))

    again = Page(stale.post(url, data={**asked.values(""), "csrf_token": "stale", "proof_password": "x"}))

    assert (again.status, again.values()["name"], name_of(app, viewer)) == (400, "Verity", "Vera")


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


@on_sqlite
def test_signing_in_is_proof(app: Flask, owner: Staff, as_nobody: Any, password: str, viewer: Staff) -> None:
    as_nobody.post_form("/sign-in", {"email": owner.email, "password": password})

    answer = as_nobody.post_form(f"/admin/staff/edit/?id={viewer.id}", form_of(viewer, name="Verity"))

    assert (answer.status_code, name_of(app, viewer)) == (303, "Verity")
