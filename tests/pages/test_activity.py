"""Activity: all that was done, one act with what it touched, and taking it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.db import json_values
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.post import Post
from admin_app.models.staff import StaffSession
from admin_app.models.user import User
from tests.page import Page
from tests.stores import both_stores

pytestmark = pytest.mark.covers


def edit(client: Any, model: str, key: int, **typed: str) -> Any:
    address = f"/admin/{model}/edit/?id={key}"
    return client.post(address, data={**Page(client.get(address)).values(), **typed})


def summaries(page: Page) -> list[str]:
    return page.texts("a", class_="event__what")


def press_undo(client: Any, page: Page, **more: Any) -> Any:
    """Press the first Undo button of a page."""
    form = page.all("form", class_="undo")[0]
    sent = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
    return client.post(form.attributes["action"], data={**sent, **more})


def of_table(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(select(model).order_by(model.id)))


def test_the_confirmation_of_a_save_takes_it_back(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann")
    saved = Page(as_editor.get(edit(as_editor, "user", user.id, name="Anna").location))

    response = press_undo(as_editor, saved)

    page = Page(as_editor.get(response.location))
    assert (response.status_code, response.location) == (303, "/admin/user/")
    assert page.notice.startswith("Success Change to user “Anna” undone.")
    assert [one.name for one in of_table(app, User)] == ["Ann"]
    press_undo(as_editor, page)
    assert [one.name for one in of_table(app, User)] == ["Anna"]


def test_what_cannot_be_given_back_costs_the_page_one_statement_however_much_it_is(
    as_owner: Any, make_post: Any, statements: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [make_post() for _ in range(4)]
    monkeypatch.setattr(json_values, "_KEPT", {})
    monkeypatch.setattr(Post, "__history__", ("user_id",))
    sent, offered = [], []
    for some in (posts[:1], posts[1:]):
        for post in some:
            as_owner.post_form(f"/admin/post/delete/?id={post.id}")
        as_owner.get("/admin/activity/?q=deleted")
        with statements() as one:
            page = Page(as_owner.get("/admin/activity/?q=deleted"))
        sent.append(len(one))
        offered += page.all("form", class_="undo")

    assert (sent[0], offered) == (sent[1], [])


def test_undoing_an_undo_is_called_redo_and_undoing_that_undo_again(as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    page = Page(as_editor.get(edit(as_editor, "user", user.id, name="Anna").location))
    said = []

    for _ in range(3):
        page = Page(as_editor.get(press_undo(as_editor, page).location))
        said.append((page.notice, page.texts("button", within="main")[0].split()[0]))

    assert said == [
        ("Success Change to user “Anna” undone.", "Redo"),
        ("Success Change to user “Anna” redone.", "Undo"),
        ("Success Change to user “Anna” undone.", "Redo"),
    ]
    acts = Page(as_editor.get("/admin/activity/"))
    assert [one.text.split()[0] for form in acts.all("form", class_="undo") for one in form.all("button")][:4] == [
        "Redo",
        "Undo",
        "Redo",
        "Undo",
    ]
    past = Page(as_editor.get(f"/admin/user/history/?id={user.id}"))
    ways = [one.text for one in past.all("span", class_="faint")]
    assert ways == ["by an undo", "by a redo", "by an undo", "by a command"]


@pytest.mark.no_cover
def test_the_page_that_asks_before_a_redo_calls_it_so(as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    page = Page(as_editor.get(edit(as_editor, "user", user.id, name="Anna").location))
    undone = Page(as_editor.get(press_undo(as_editor, page).location))
    edit(as_editor, "user", user.id, name="Bea")

    asked = Page(press_undo(as_editor, undone))

    assert asked.heading == "Redo “Changed user \u2018Anna\u2019”?"
    assert asked.texts("button", within="main")[-1] == "Redo the selected records"


def test_a_save_that_changes_nothing_offers_no_undo(as_editor: Any, make_user: Any) -> None:
    page = Page(as_editor.get(edit(as_editor, "user", make_user().id).location))

    assert page.notice.startswith("Success User")
    assert page.all("form", class_="undo") == []


def test_the_confirmation_of_a_deletion_brings_all_of_it_back(
    as_editor: Any, make_user: Any, make_post: Any, app: Flask
) -> None:
    user = make_user()
    make_post(user=user), make_post(user=user)
    deleted = as_editor.post_form(f"/admin/user/delete/?id={user.id}", {"fate.posts": "delete"})

    press_undo(as_editor, Page(as_editor.get(deleted.location)))

    assert [one.id for one in of_table(app, User)] == [user.id]
    assert [(one.user_id, one.version) for one in of_table(app, Post)] == [(user.id, 3)] * 2


def test_undoing_what_was_made_leads_away_from_its_page(as_editor: Any, app: Flask) -> None:
    new = "/admin/user/new/"
    typed = {"name": "Ann", "email": "ann@example.com", "_continue_editing": "1"}
    form = Page(as_editor.get(as_editor.post_form(new, typed).location))

    response = press_undo(as_editor, form)

    assert Page(as_editor.get(response.location)).status == 200
    assert of_table(app, User) == []


def test_an_act_that_was_taken_back_says_so_in_a_strip(as_editor: Any, as_owner: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    page = Page(as_editor.get(edit(as_editor, "user", user.id, name="Anna").location))
    press_undo(as_editor, page)
    act = next(
        one.attributes["href"]
        for one in Page(as_editor.get("/admin/activity/")).all("a", class_="event__what")
        if one.text == "Changed user “Anna”"
    )

    strips = [Page(client.get(act)).texts("p", class_="event__undone")[0] for client in (as_editor, as_owner)]

    assert [words.rpartition(",")[0] for words in strips] == ["Undone by you", "Undone by Edgar (edgar@example.com)"]


def test_before_anything_is_left_alone_one_is_asked(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann")
    edit(as_editor, "user", user.id, name="Anna")
    with app.app_context():
        done = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
    edit(as_editor, "user", user.id, name="Beata")
    assert done is not None
    as_editor.get("/admin/")
    act = Page(as_editor.get(f"/admin/activity/set/?id={done.id}"))

    asked = Page(press_undo(as_editor, act))
    insisted = as_editor.post(
        "/admin/activity/undo/",
        data={**asked.values("form--long"), "insist": asked.all("input", name="insist")[0].attributes["value"]},
    )

    assert (asked.status, asked.heading) == (409, "Undo “Changed user \u2018Anna\u2019”?")
    assert "Changed since: name." in asked.root.text
    assert insisted.status_code == 303
    assert [one.name for one in of_table(app, User)] == ["Ann"]


def test_what_stands_in_the_way_is_named_and_linked(as_editor: Any, make_user: Any) -> None:
    user = make_user(email="ann@example.com")
    deleted = as_editor.post_form(f"/admin/user/delete/?id={user.id}")
    thief = make_user(name="Thea", email="ann@example.com")

    page = Page(press_undo(as_editor, Page(as_editor.get(deleted.location))))

    assert page.status == 409
    assert "Email “ann@example.com” is used by another user now. See Thea." in page.root.text
    assert page.link("Thea") == f"/admin/user/edit/?id={thief.id}"
    assert page.all("button", class_="button--primary") == []


def test_nothing_is_undone_where_nothing_can_be(as_editor: Any, make_user: Any) -> None:
    user = make_user()
    deleted = as_editor.post_form(f"/admin/user/delete/?id={user.id}")
    page = Page(as_editor.get(deleted.location))
    press_undo(as_editor, page)

    refused = Page(press_undo(as_editor, page, proceed="1"))

    assert (refused.status, refused.summary) == (409, ["This can no longer be undone."])


def test_a_viewer_undoes_nothing(as_viewer: Any, make_user: Any, app: Flask) -> None:
    make_user()
    with app.app_context():
        made = db.session.scalars(select(ChangeSet.id).where(ChangeSet.resource == "user")).one()

    page = Page(as_viewer.get("/admin/activity/?resource=user"))
    response = as_viewer.post_form("/admin/activity/undo/", {"id": str(made)}, page="/admin/")

    assert page.all("form", class_="undo") == []
    assert response.status_code == 403


def test_the_trail_of_staff_is_for_owners_alone(as_editor: Any, as_owner: Any, make_staff: Any, app: Flask) -> None:
    person = make_staff("Ann")
    with app.app_context():
        made = db.session.scalars(
            select(Change.change_set_id).where(Change.model == "staff", Change.record_id == person.id)
        ).one()

    seen = {name: Page(client.get("/admin/activity/")) for name, client in (("owner", as_owner), ("editor", as_editor))}
    statuses = [client.get(f"/admin/activity/set/?id={made}").status_code for client in (as_owner, as_editor)]

    assert "Created colleague “Ann”" in summaries(seen["owner"])
    assert summaries(seen["editor"]) == []
    assert statuses == [200, 404]
    assert as_editor.post_form("/admin/activity/undo/", {"id": str(made)}, page="/admin/").status_code == 404


# Which acts a filter leaves, of the three.
NARROWED = {
    "resource=post": ["Created post “Garden”"],
    "kind=form": ["Changed user “Anna”"],
    "kind=changes&q=anna": ["Changed user “Anna”"],
    "person={editor}": ["Changed user “Anna”"],
    "person=none&resource=user": ["Created user “Ann”"],
    "q=garden": ["Created post “Garden”"],
    "q=edgar+anna": ["Changed user “Anna”"],
    "to=2020-01-01": [],
    "from=2999-01-01": [],
    "from=2020-01-01&to=2999-01-01&resource=post": ["Created post “Garden”"],
    "kind=none&resource=post": ["Created post “Garden”"],
    "from=yesterday&resource=post": ["Created post “Garden”"],
    "resource=staff&kind=form": ["Changed user “Anna”"],
}


@both_stores
def test_filters_narrow_the_acts(as_editor: Any, editor: Any, make_user: Any, make_post: Any) -> None:
    user = make_user(name="Ann")
    make_post(content="Garden")
    edit(as_editor, "user", user.id, name="Anna")

    pages = {
        filters: Page(as_editor.get(f"/admin/activity/?{filters.format(editor=editor.id)}")) for filters in NARROWED
    }

    assert {page.status for page in pages.values()} == {200}
    assert {filters: summaries(page) for filters, page in pages.items()} == NARROWED


def lines(page: Page) -> list[list[str]]:
    """Return the table's rows, those of days too, without their times."""
    found = [[cell.text for cell in row.inside if not isinstance(cell, str)] for row in page.all("tr")[1:]]
    return [row if len(row) == 1 else row[1:4] for row in found]


def test_a_change_of_one_short_field_is_told_in_its_line(as_editor: Any, editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    edit(as_editor, "user", user.id, email="ann@example.org")
    edit(as_editor, "user", user.id, name="Anna", email="anna@example.org")

    page = Page(as_editor.get(f"/admin/activity/?person={editor.id}&resource=user"))

    told = "Email: removed: user1@example.comadded: ann@example.org"
    who = f"{editor.name} ({editor.email})"
    assert lines(page) == [
        ["Today"],
        [who, "Changed user “Anna”", "Users"],
        [who, f"Changed user “Ann” {told}", "Users"],
    ]


def test_a_hidden_field_is_not_told(as_editor: Any, make_user: Any, client_with: Any) -> None:
    user = make_user(name="Ann")
    edit(as_editor, "user", user.id, email="ann@example.org")

    page = Page(client_with("*:*", fields=["user.email:hidden"]).get("/admin/activity/?resource=user"))

    assert [line[1] for line in lines(page)[1:]] == ["Changed user “Ann”", "Created user “Ann” by a command"]


@pytest.mark.parametrize(("days", "name"), [(1, "Yesterday"), (3, "Tuesday, 20 January 2026")])
def test_acts_stand_below_their_day(  # noqa: PLR0917 -- fixtures
    days: int, name: str, as_viewer: Any, make_user: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 1, 23, 12, tzinfo=UTC)
    make_user()
    with app.app_context():
        db.session.execute(update(ChangeSet).values(at=now - timedelta(days=days)))
        db.session.commit()
    monkeypatch.setattr("admin_app.panel.history.activity_table.utc_now", lambda: now)

    assert lines(Page(as_viewer.get("/admin/activity/?resource=user")))[0] == [name]


def test_the_presets_say_which_is_at_hand(as_viewer: Any, viewer: Any) -> None:
    tabs = Page(as_viewer.get(f"/admin/activity/?person={viewer.id}")).all("nav", aria_label="Presets")[0].all("a")

    assert [(one.text, "aria-current" in one.attributes) for one in tabs] == [
        ("All", False), ("Changes only", False), ("Mine", True), ("Yesterday", False)]  # fmt: skip


@both_stores
def test_acts_come_in_pages_both_ways(as_viewer: Any, app: Flask) -> None:
    with app.app_context():
        for number in range(120):
            db.session.add(User(name=f"User {number}", email=f"{number}@example.com"))
            db.session.commit()

    first = Page(as_viewer.get("/admin/activity/"))
    second = Page(as_viewer.get(first.link("Older")))
    third = Page(as_viewer.get(second.link("Older")))
    again = Page(as_viewer.get(third.link("Newer")))
    newest = Page(as_viewer.get(again.link("Newer")))

    assert [len(summaries(page)) for page in (first, second, third)] == [50, 50, 20]
    assert (summaries(again), summaries(newest)) == (summaries(second), summaries(first))
    assert first.texts("p", class_="page-head__result") == ["120 entries"]
    assert [one.text for one in third.all("a", rel="next")] == []


@both_stores
def test_one_act_shows_all_that_it_touched_in_pages(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann")
    with app.app_context():
        db.session.add_all(Post(content=f"Post {number}", user_id=user.id) for number in range(60))
        db.session.commit()
    as_editor.post_form(f"/admin/user/delete/?id={user.id}", {"fate.posts": "keep"})
    newest = Page(as_editor.get("/admin/activity/"))

    page = Page(as_editor.get(newest.link("Deleted user “Ann” and changed 60 posts")))
    following = Page(as_editor.get(page.link("Next")))

    assert [len(one.all("li", class_="event")) for one in (page, following)] == [50, 11]
    assert following.all("li", class_="event")[-1].text.startswith("Deleted user Ann")
    assert following.link("First") == page.all("form", class_="undo")[0].all("input", name="url")[0].attributes["value"]


def test_signing_in_and_out_is_in_the_trail(as_nobody: Any, as_owner: Any, editor: Any, password: str) -> None:
    as_nobody.post_form("/sign-in", {"email": editor.email, "password": password})
    as_nobody.post_form("/sign-out", page="/admin/")

    page = Page(as_owner.get(f"/admin/activity/?person={editor.id}"))

    assert summaries(page) == ["Signed out", "Signed in"]


def test_failed_sign_ins_are_counted_and_bounded(as_nobody: Any, as_owner: Any, app: Flask) -> None:
    def fail(address: str, **more: Any) -> None:
        as_nobody.post_form("/sign-in", {"email": address, "password": "secret words", **more})

    for _ in range(3):
        fail("Mallory@example.com")
    fail("my password, typed into the wrong field")
    with app.app_context():
        sets: Any = ChangeSet.__table__
        rows = [{"actor": f"{number}@example.com", "kind": "failed sign-in"} for number in range(60)]
        db.session.execute(sets.insert(), rows)
        db.session.commit()
    for number in range(2):
        fail(f"another{number}@example.com")
    with app.app_context():
        found = list(db.session.scalars(select(ChangeSet).where(ChangeSet.kind == "failed sign-in")))

    named = {one.actor: one.count for one in found if one.count}
    assert named == {"mallory@example.com": 3, "Not a valid email address": 1, "Other addresses": 2}
    assert Page(as_owner.get("/admin/activity/?kind=failed+sign-in&q=mallory")).texts(
        "p", class_="page-head__result"
    ) == ["1 entry"]


def test_failures_long_ago_are_another_entry(as_nobody: Any, app: Flask) -> None:
    as_nobody.post_form("/sign-in", {"email": "mallory@example.com", "password": "x"})
    with app.app_context():
        db.session.execute(update(ChangeSet).values(at=datetime.now(UTC) - timedelta(minutes=16)))
        db.session.commit()

    as_nobody.post_form("/sign-in", {"email": "mallory@example.com", "password": "x"})

    assert [one.count for one in of_table(app, ChangeSet) if one.kind == "failed sign-in"] == [1, 1]


def test_an_export_is_in_the_trail_with_its_rows(as_viewer: Any, make_post: Any) -> None:
    make_post(content="garden"), make_post(content="house")

    for query in (
        "q=garden&sort=id&columns=content&per_page=50",
        "columns=content",
        "where=content+equals+garden+or+content+equals+house",
    ):
        as_viewer.get(f"/admin/post/export/csv/?{query}", buffered=True)

    page = Page(as_viewer.get("/admin/activity/?kind=export"))
    assert summaries(page) == [
        "Exported 2 posts (Content is “garden” or Content is “house”)",
        "Exported 2 posts",
        "Exported 1 post (search “garden”)",
    ]
    assert [one.text for one in page.all("span", class_="faint")] == []
    assert page.all("form", class_="undo") == []


def test_an_export_that_broke_off_says_so(as_viewer: Any, app: Flask) -> None:
    with app.app_context():
        db.session.add_all(Post(content="x" * 1000) for _ in range(3000))
        db.session.commit()

    response = as_viewer.get("/admin/post/export/csv/", buffered=False)
    chunks = iter(response.response)
    next(chunks), next(chunks)
    response.close()

    (line,) = summaries(Page(as_viewer.get("/admin/activity/?kind=export")))
    assert line.startswith("Started an export that stopped after ")


# ---- as a file


def test_who_may_do_everything_takes_what_the_filters_leave_as_a_file(
    as_owner: Any, as_editor: Any, make_user: Any
) -> None:
    user = make_user(name="Ann")
    edit(as_editor, "user", user.id, name="Anna")
    url = Page(as_owner.get("/admin/activity/?kind=form&q=anna")).link("Export as CSV")

    taken = as_owner.get(url).text

    head, *lines = (line.split(",") for line in taken.splitlines())
    assert head == ["Time", "Person", "Act", "Kind", "List", "Records", "Reason"]
    assert [line[1:] for line in lines] == [
        ["Edgar (edgar@example.com)", "Changed user “Anna”", "form", "Users", "1", ""]
    ]
    assert summaries(Page(as_owner.get("/admin/activity/?kind=export"))) == [
        "Exported 1 entry of the activity (search “anna”, kind “form”)"
    ]
    assert not Page(as_editor.get("/admin/activity/")).has_link("Export as CSV")


def test_a_file_of_many_entries_asks_for_the_password(as_owner: Any, make_user: Any, app: Flask) -> None:
    make_user()
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(minutes=16)))
        db.session.commit()
    app.config["PROOF_ROWS"], usual = 0, app.config["PROOF_ROWS"]
    try:
        asked = as_owner.get("/admin/activity/activity.csv")
    finally:
        app.config["PROOF_ROWS"] = usual

    assert asked.location.startswith("/admin/account/confirm/?next=/admin/activity/activity.csv")


def test_a_filter_that_means_nothing_gives_no_file(as_owner: Any) -> None:
    page = Page(as_owner.get("/admin/activity/activity.csv?kind=none"))

    assert page.texts("p", class_="error") == ["This kind does not exist. The filter was left out."]
