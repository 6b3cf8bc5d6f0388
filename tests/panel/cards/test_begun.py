"""What the home page says beside numbers: the changes, the first steps, and what somebody can go on with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from admin_app.db.types import utc_now
from admin_app.models.draft import Draft
from admin_app.models.job import Job, JobState
from admin_app.models.passkey import Passkey
from admin_app.models.plan import Plan
from admin_app.models.upload import Upload
from tests.page import Element, Page
from tests.stores import both_stores

URL = "/admin/"


def tile(client: Any, heading: str, url: str = URL) -> Element | None:
    tiles = Page(client.get(url)).all("section", class_="tile")
    return next((one for one in tiles if one.all("h2")[0].text == heading), None)


def lines(client: Any, heading: str, url: str = URL) -> list[str]:
    """Return a card's lines, without the times at their ends."""
    found = tile(client, heading, url)
    return [] if found is None else [one.all("a")[0].text for one in found.all("li")]


# ---- changes


@both_stores
def test_changes_are_mine_or_everybodys_and_can_be_taken_back(as_editor: Any, as_owner: Any) -> None:
    as_owner.post_form("/admin/user/new/", {"name": "Ann", "email": "ann@example.com"})
    as_editor.post_form("/admin/user/new/", {"name": "Bea", "email": "bea@example.com"})

    mine, everybodys = (lines(as_editor, "Recently changed", url) for url in (URL, f"{URL}?changes=all"))
    form = tile(as_editor, "Recently changed").all("form", class_="undo")[0]  # type: ignore[union-attr] # it is there
    sent = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
    response = as_editor.post("/admin/activity/undo/", data=sent)

    assert mine == ["Created user “Bea”"]
    assert everybodys[:2] == ["Created user “Bea”", "Created user “Ann”"]
    assert (response.status_code, response.location) == (303, URL)
    assert lines(as_editor, "Recently changed")[0] == "Undid: Created user “Bea”"


def test_changes_of_what_somebody_may_not_see_are_not_told(as_owner: Any, client_with: Any, make_post: Any) -> None:
    as_owner.post_form("/admin/user/new/", {"name": "Ann", "email": "ann@example.com"})
    make_post(content="Words")
    client = client_with("post:list", "post:history")

    assert lines(client, "Recently changed", f"{URL}?changes=all") == ["Created post “Words”"]
    assert tile(client_with("post:list", name="Lena"), "Recently changed") is None


# ---- unfinished work


def test_what_was_begun_can_be_gone_on_with(as_editor: Any, editor: Any, keep: Any, make_post: Any) -> None:
    post, soon = make_post(), utc_now() + timedelta(hours=1)
    own = {"staff_id": editor.id}
    of_posts = {**own, "resource": "post", "expires_at": soon}
    arguments = {"verb": "Delete", "done": "deleted"}
    keep(Draft(key="k" * 22, address=f"/admin/post/edit/?id={post.id}", fields=[], **own))
    keep(Draft(key="n" * 22, address="/admin/user/new/?id=", fields=[], **own))
    keep(Draft(key="o" * 22, address=f"/admin/post/notes/?id={post.id}", fields=[], **own))
    # What was chosen for the rows of a list says nothing without them.
    keep(Draft(key="m" * 22, address="/admin/post/delete-many/?id=", fields=[], **own))
    plan = keep(Plan(model="post", operation="delete", counts={"change": 3}, arguments=arguments, **of_posts))
    upload = keep(Upload(file_name="posts.csv", sha256="0", **of_posts))
    keep(Job(kind="export", title="Posts as CSV", arguments={}, state=JobState.RUNNING, **own))

    found = tile(as_editor, "Pick up where you left off")

    assert found is not None
    assert {one.all("a")[0].text: one.all("a")[0].attributes["href"] for one in found.all("li")} == {
        "Posts as CSV": "/admin/jobs/",
        "Import posts: posts.csv": f"/admin/post/import/source/?id={upload.id}",
        "Delete 3 posts?": f"/admin/post/plan/?id={plan.id}",
        "New user": f"/admin/user/new/?draft={'n' * 22}",
        f"Note on Post {post.id}": f"/admin/post/notes/?id={post.id}&draft={'o' * 22}",
        f"Post {post.id}": f"/admin/post/edit/?id={post.id}&draft={'k' * 22}",
    }
    assert [len(one.all("time")) for one in found.all("li")] == [1] * 6


def test_a_file_that_a_job_made_is_news_for_a_day_while_it_is_there(
    as_editor: Any, editor: Any, keep: Any, app: Any
) -> None:
    now = utc_now()
    done = {"kind": "export", "arguments": {}, "state": JobState.DONE, "staff_id": editor.id, "file_name": "a.csv"}
    there = keep(Job(title="There", finished_at=now, attempt=1, **done))
    gone = keep(Job(title="Gone", finished_at=now, attempt=1, **done))
    old = keep(Job(title="Old", finished_at=now - timedelta(days=2), attempt=1, **done))
    with app.app_context():
        for job in (there, old):
            app.extensions["jobs"].files.write(job.id, 1, [b"a"])
        # Of an earlier test, whose job had the same number.
        app.extensions["jobs"].files.remove(gone.id)

    assert lines(as_editor, "Pick up where you left off") == ["There"]


@pytest.mark.parametrize(
    "address",
    ["/admin/user/edit/?id=1", "/admin/nothing/edit/?id=1", "/admin/post/none/?id=1", "/admin/staff/new/?id="],
)
def test_what_somebody_may_no_longer_do_they_are_not_led_to(
    address: str, as_viewer: Any, viewer: Any, keep: Any
) -> None:
    soon = utc_now() + timedelta(hours=1)
    of_posts = {"staff_id": viewer.id, "resource": "post", "expires_at": soon}
    keep(Draft(address=address, fields=[], staff_id=viewer.id))
    keep(Plan(model="post", operation="delete", arguments={"verb": "Delete", "done": "deleted"}, **of_posts))
    keep(Upload(file_name="posts.csv", sha256="0", **of_posts))

    assert tile(as_viewer, "Pick up where you left off") is None


def test_nobody_is_shown_what_somebody_else_began(as_editor: Any, viewer: Any, keep: Any) -> None:
    keep(Draft(address="/admin/user/new/?id=", fields=[], staff_id=viewer.id))

    assert tile(as_editor, "Pick up where you left off") is None


# ---- first steps


def steps(client: Any) -> list[str]:
    found = tile(client, "First steps")
    return [] if found is None else [one.all("p")[0].text for one in found.all("li")]


def test_an_owner_is_told_what_to_do_first_until_it_is_done(
    as_owner: Any, owner: Any, keep: Any, make_staff: Any, make_post: Any
) -> None:
    before = steps(as_owner)
    make_post()
    make_staff("Ann")
    half = steps(as_owner)
    key = {"name": "Key", "site": "localhost", "credential": "AAAA", "public_key": b"", "sign_count": 0}
    keep(Passkey(staff_id=owner.id, **key))

    assert before == ["Bring your data", "Invite a colleague", "Protect your account", "Learn the keyboard shortcuts"]
    assert half == ["Bring your data (done)", "Invite a colleague (done)", *before[2:]]
    assert steps(as_owner) == []


def test_the_first_steps_lead_where_each_is_done(as_owner: Any) -> None:
    found = tile(as_owner, "First steps")

    assert found is not None
    assert [one.text for one in found.all("a")] == [
        *["Import users", "Add user", "Import posts", "Add post"],
        *["Add a colleague", "Set up two-factor sign-in", "Keyboard shortcuts"],
    ]
    assert {as_owner.get(one.attributes["href"]).status_code for one in found.all("a")} == {200}


def test_the_first_steps_are_dismissed_for_good_and_are_nobody_elses(as_owner: Any, as_editor: Any) -> None:
    others = steps(as_editor)

    response = as_owner.post_form("/admin/first-steps/", {})

    assert (response.status_code, response.location) == (303, URL)
    assert (steps(as_owner), others) == ([], [])
