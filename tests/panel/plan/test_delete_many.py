"""“Delete” in the bulk bar asks once about dependent records, shows them in the plan, and an undo restores them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.db import json_values
from admin_app.db.string_set import StringSet
from admin_app.domain.records import deletion
from admin_app.extensions import db
from admin_app.models.plan import Plan
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.staff import StaffSession
from admin_app.models.user import User
from tests.page import Page
from tests.panel.list.bulk import press, words
from tests.panel.list.bulk import select as select_rows
from tests.panel.plan.plans import agreed, owners, verdicts, work
from tests.stores import both_stores

USERS, POSTS = "/admin/user/delete-many/", "/admin/post/delete-many/"
QUESTION = "What should happen to these users' 3 posts?"


@pytest.fixture
def writers(make_user: Any, make_post: Any) -> tuple[User, User, User]:
    """Make Ann with two posts, Bea with one, and Cleo without any."""
    ann, bea, cleo = (make_user(name=name) for name in ("Ann", "Bea", "Cleo"))
    for user in (ann, ann, bea):
        make_post(user=user)
    return ann, bea, cleo


def users_left(client: Any) -> list[str]:
    with client.application.app_context():
        return list(db.session.scalars(select(User.name).order_by(User.id)))


def planned(client: Any, address: str, **chosen: str) -> str:
    """Answer what is asked; return the plan's address."""
    response = client.post_form(address, {name.replace("_", "."): value for name, value in chosen.items()})
    assert response.status_code == 303, Page(response).summary
    return str(response.location)


def undo(client: Any, page: Page) -> None:
    (form,) = page.all("form", class_="undo")
    client.post_form("/admin/activity/undo/", {"id": form.all("input", name="id")[0].attributes["value"]})


def test_without_dependents_the_page_leads_to_the_plan(as_editor: Any, make_post: Any) -> None:
    for content in ("A garden", "A house", "Another garden"):
        make_post(content=content)

    asked = Page(as_editor.get(f"{POSTS}?q=garden"))
    address = planned(as_editor, f"{POSTS}?q=garden")
    plan = Page(as_editor.get(address))
    before = owners(as_editor)
    done = agreed(as_editor, address)

    assert (asked.heading, asked.texts("p", class_="page-head__result")) == (
        "Delete posts",
        ["2 posts: search “garden”"],
    )
    assert asked.all("fieldset") == []
    assert (plan.heading, plan.texts("button", class_="button--danger")) == ("Delete 2 posts?", ["Delete 2 posts"])
    assert set(before) == {1, 2, 3}
    assert (done.heading, set(owners(as_editor))) == ("2 posts deleted", {2})
    former = [Page(as_editor.get(done.link(content))).heading for content in ("A garden", "Another garden")]
    assert former == ["History of “A garden”", "History of “Another garden”"]


@both_stores
def test_deleted_rows_are_deselected(as_editor: Any, make_post: Any) -> None:
    for content in ("A garden", "A house", "Another garden"):
        make_post(content=content)
    page = select_rows(as_editor, "/admin/post/?q=garden", [1])

    question = press(as_editor, page, "Delete").location
    address = planned(as_editor, question)
    cancelled = {Page(as_editor.get(one)).link("Cancel") for one in (question, address)}
    done = agreed(as_editor, address)
    back = Page(as_editor.get(done.link("Back to posts")))

    assert cancelled | {done.link("Back to posts")} == {"/admin/post/?q=garden"}
    assert (back.ids(), words(back)) == ([3], "")


@both_stores
def test_rows_selected_since_the_plan_stay_selected(as_editor: Any, make_post: Any) -> None:
    for content in ("A garden", "A house", "A tree"):
        make_post(content=content)
    page = select_rows(as_editor, "/admin/post/", [1])
    address = planned(as_editor, press(as_editor, page, "Delete").location)
    select_rows(as_editor, "/admin/post/", [1, 3])

    agreed(as_editor, address)
    back = Page(as_editor.get("/admin/post/"))

    assert (sorted(back.ids()), words(back)) == ([2, 3], "1 selected")


@both_stores
def test_a_job_deselects_rows_as_it_deletes_them(
    as_editor: Any, make_post: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PLAN_ROWS", 1)
    for content in ("A garden", "A house"):
        make_post(content=content)
    address = planned(as_editor, press(as_editor, select_rows(as_editor, "/admin/post/", [1, 2]), "Delete").location)
    work(as_editor)
    with as_editor.application.app_context():
        db.session.get_one(Post, 1).content = "A tree"
        db.session.commit()

    agreed(as_editor, address)
    waiting = words(Page(as_editor.get("/admin/post/")))
    work(as_editor)
    back = Page(as_editor.get("/admin/post/"))

    assert (waiting, back.ids(), words(back)) == ("2 selected", [1], "1 selected")


@pytest.mark.usefixtures("writers")
@both_stores
def test_the_question_has_the_total_of_each_relation_and_nothing_chosen(as_editor: Any) -> None:
    page = Page(as_editor.get(USERS))

    assert page.texts("legend") == [QUESTION]
    assert [one.attributes["value"] for one in page.all("input", type="radio")] == ["keep", "give", "delete"]
    assert [one for one in page.all("input", type="radio") if "checked" in one.attributes] == []


@pytest.mark.usefixtures("writers")
@both_stores
@pytest.mark.parametrize(
    ("chosen", "said", "left", "posts"),
    [
        ({"fate_posts": "keep"}, ["3 posts", "kept, without a user"], ["Cleo"], {1: None, 2: None, 3: None}),
        ({"fate_posts": "delete"}, ["3 posts", "deleted too, with everything that belongs only to them"], ["Cleo"], {}),
        ({"fate_posts": "give", "heir_posts": "Cleo"}, ["3 posts", "given to Cleo"], ["Cleo"], {1: 3, 2: 3, 3: 3}),
    ],
)
def test_dependents_get_what_was_chosen_and_one_undo_restores_everything(
    chosen: dict[str, str], said: list[str], left: list[str], posts: dict[int, int | None], as_editor: Any
) -> None:
    before = (users_left(as_editor), owners(as_editor))

    address = planned(as_editor, f"{USERS}?id__in=1,2", **chosen)
    plan = Page(as_editor.get(address))
    done = agreed(as_editor, address)
    after = (users_left(as_editor), owners(as_editor))
    undo(as_editor, done)

    assert (plan.texts("dt")[1], plan.texts("dd")[1]) == tuple(said)
    assert (done.heading, after) == ("2 users deleted", (left, posts))
    assert (users_left(as_editor), owners(as_editor)) == before


@pytest.mark.usefixtures("writers")
def test_an_heir_who_alone_has_posts_stays_and_nothing_is_said_of_posts_that_nobody_gets(as_editor: Any) -> None:
    plan = Page(as_editor.get(planned(as_editor, f"{USERS}?id__in=2,3", fate_posts="give", heir_posts="Bea")))

    assert (plan.heading, plan.texts("dt")) == ("Delete 1 user?", ["Records"])
    assert (users_left(as_editor), owners(as_editor)) == (["Ann", "Bea", "Cleo"], {1: 1, 2: 1, 3: 2})


@pytest.mark.usefixtures("writers")
@both_stores
def test_the_user_who_gets_the_posts_stays_even_if_selected(as_editor: Any) -> None:
    address = planned(as_editor, USERS, fate_posts="give", heir_posts="Bea")
    plan = Page(as_editor.get(address))

    done = agreed(as_editor, address)

    assert (plan.heading, plan.texts("dt")[1], plan.texts("dd")[1]) == (
        "Delete 2 users?",
        "2 posts",
        "given to Bea, which stays",
    )
    assert (done.texts("dt"), done.texts("dd")[1:]) == (["Records", "2 posts"], ["changed"])
    assert "It gets the posts of the others, so it stays." in plan.texts("p", class_="plan__problem")
    assert verdicts(as_editor) == {1: "done", 2: "refused", 3: "done"}
    assert (users_left(as_editor), owners(as_editor)) == (["Bea"], {1: 2, 2: 2, 3: 2})


CHOOSE = "Choose what happens to the posts."


@pytest.mark.usefixtures("writers")
@pytest.mark.parametrize(
    ("sent", "control", "message"),
    [
        ({}, "fate.posts", CHOOSE),
        ({"fate.posts": "burn"}, "fate.posts", CHOOSE),
        ({"fate.posts": "give"}, "heir.posts", "Choose the user who gets the posts."),
        (
            {"fate.posts": "give", "heir.posts": "nosuch"},
            "heir.posts",
            "No user has the ID or name “nosuch”. Check it, or look in the list of users.",
        ),
        (
            {"fate.posts": "delete", "seen.posts": "2~0"},
            "fate.posts",
            "There is 1 more post than when you opened this page. Check them and choose again.",
        ),
    ],
)
def test_a_missing_or_outdated_choice_is_a_message_and_makes_no_plan(
    sent: dict[str, str], control: str, message: str, as_editor: Any
) -> None:
    page = Page(as_editor.post_form(USERS, sent))

    assert (page.status, page.summary) == (422, [message])
    id_ = f"{control}-error"
    assert [one.text.removeprefix("Error: ") for one in page.all("p", id=id_)] == [message]
    with as_editor.application.app_context():
        assert db.session.scalars(select(Plan)).all() == []


@pytest.mark.covers
@both_stores
def test_a_user_with_other_posts_than_the_plan_said_is_left_and_planned_again(
    as_editor: Any, writers: Any, make_post: Any
) -> None:
    ann, bea, cleo = writers
    address = planned(as_editor, USERS, fate_posts="delete")
    make_post(user=ann)
    with as_editor.application.app_context():
        # As many, and another one.
        db.session.execute(update(Post).where(Post.user_id == bea.id).values(user_id=None))
        db.session.commit()
    make_post(user=bea)

    page = agreed(as_editor, address)
    left = users_left(as_editor), len(owners(as_editor))
    listed = Page(as_editor.get(as_editor.post_form(address, {"list": "left"}).location))
    again = Page(as_editor.get(press(as_editor, listed, "Delete…", [ann.id, bea.id]).location))

    assert (page.heading, page.texts("dt"), left) == ("1 user deleted", ["Records"], (["Ann", "Bea"], 5))
    assert page.texts("p", class_="plan__problem") == ["It has 3 posts now, not 2.", "Its posts have changed."]
    assert verdicts(as_editor) == {ann.id: "outdated", bea.id: "outdated", cleo.id: "done"}
    assert again.texts("legend") == ["What should happen to these users' 4 posts?"]


@both_stores
def test_a_record_that_got_its_first_dependent_since_the_plan_stays(
    as_editor: Any, writers: Any, make_post: Any
) -> None:
    cleo, dora = writers[2], writers[0]
    with as_editor.application.app_context():
        db.session.execute(update(Post).values(user_id=None))
        db.session.commit()
    address = planned(as_editor, f"{USERS}?id__in={cleo.id},{dora.id}")
    make_post(user=cleo)

    page = agreed(as_editor, address)

    assert (page.heading, users_left(as_editor)) == ("1 user deleted", ["Bea", "Cleo"])
    assert page.texts("p", class_="plan__problem") == ["It has 1 post now, not 0."]


@pytest.mark.usefixtures("writers")
@both_stores
def test_a_job_deletes_many_a_few_a_transaction_as_one_act(
    as_editor: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PLAN_ROWS", 1)
    monkeypatch.setattr("admin_app.panel.plan.jobs.FIRST_CHUNK", 1)
    monkeypatch.setattr("admin_app.panel.plan.jobs.MOST_LINES", 1)
    before = (users_left(as_editor), owners(as_editor))
    address = planned(as_editor, USERS, fate_posts="give", heir_posts="Cleo")
    work(as_editor)
    planned_ = Page(as_editor.get(address))

    agreed(as_editor, address)
    work(as_editor)
    done = Page(as_editor.get(address))
    after = (users_left(as_editor), owners(as_editor))
    undo(as_editor, done)

    assert planned_.heading == "Delete 2 users?"
    assert (done.heading, after) == ("2 users deleted", (["Cleo"], {1: 3, 2: 3, 3: 3}))
    assert (users_left(as_editor), owners(as_editor)) == before


@pytest.mark.usefixtures("writers")
def test_an_heir_who_is_gone_when_it_is_agreed_to_stops_it(as_editor: Any) -> None:
    address = planned(as_editor, f"{USERS}?id__in=1", fate_posts="give", heir_posts="Cleo")
    with as_editor.application.app_context():
        db.session.delete(db.session.get_one(User, 3))
        db.session.commit()

    page = Page(as_editor.post_form(address))

    assert (page.status, users_left(as_editor)) == (409, ["Ann", "Bea"])
    assert page.summary == [
        "No user has the ID or name “3”. Check it, or look in the list of users. Nothing was changed."
    ]


@pytest.mark.usefixtures("writers")
def test_dependents_count_towards_the_number_that_needs_reauthentication(
    as_editor: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROOF_ROWS", 3)
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime(2026, 1, 1, tzinfo=UTC)))
        db.session.commit()
    kept = planned(as_editor, f"{USERS}?id__in=1,2", fate_posts="keep")
    gone = planned(as_editor, f"{USERS}?id__in=1,2", fate_posts="delete")

    asked = as_editor.post_form(gone)
    done = as_editor.post_form(kept)

    assert (asked.status_code, Page(asked).heading) == (403, "Confirm it's you")
    assert done.status_code == 303


# ---- rights


def withdraw(app: Flask, *left: str) -> None:
    """Leave Liam's role these permissions, behind the dashboard's back: his session goes on."""
    with app.app_context():
        db.session.execute(update(Role).where(Role.key == "liam").values(permissions=StringSet(left)))
        db.session.commit()


@pytest.mark.usefixtures("writers")
def test_without_the_rights_there_is_neither_button_nor_page(client_with: Any) -> None:
    people = {
        "Lena": ("*:list", "*:view", "*:edit", "*:bulk"),
        "Liam": ("*:list", "*:view", "*:delete"),
        "Mona": ("*:list", "*:view", "*:delete", "*:bulk"),
    }
    for name, permissions in people.items():
        client = client_with(*permissions, name=name)
        buttons = Page(client.get("/admin/user/")).texts("button")
        is_there = any(words.startswith("Delete…") for words in buttons)
        answers = [client.get(USERS).status_code, client.post_form(USERS, page="/admin/user/views/new/").status_code]

        assert (is_there, answers) == ((True, [200, 422]) if name == "Mona" else (False, [403, 403]))


@both_stores
def test_rows_outside_the_row_scope_are_refused_and_not_asked_about(
    client_with: Any, make_user: Any, make_post: Any
) -> None:
    client = client_with("*:list", "*:view", "*:edit", "user:delete", "*:bulk", rows=["user:own"])
    mine, theirs = make_user(email="liam@example.com", name="Mine"), make_user(name="Theirs")
    make_post(user=mine), make_post(user=theirs), make_post(user=theirs)

    page = Page(client.get(f"{USERS}?id__in={mine.id},{theirs.id}"))
    agreed(client, planned(client, f"{USERS}?id__in={mine.id},{theirs.id}", fate_posts="keep"))

    assert page.texts("legend") == ["What should happen to these users' 1 post?"]
    assert users_left(client) == ["Theirs"]


@both_stores
def test_dependents_that_the_person_may_not_change_leave_no_choice(
    client_with: Any, make_user: Any, make_post: Any
) -> None:
    client = client_with("*:list", "*:view", "*:edit", "*:delete", "*:bulk", rows=["post:own"])
    make_post(user=make_user())

    page = Page(client.get(USERS))
    forged = Page(client.post_form(USERS, {"fate.posts": "keep"}, page="/admin/user/views/new/"))

    blocked = "You cannot see some of their posts, so you cannot delete them. Ask an owner."
    assert (page.texts("p", class_="note"), page.all("button", class_="button--primary")) == ([blocked], [])
    assert (forged.status, forged.summary) == (422, [blocked])


@both_stores
def test_a_right_that_is_withdrawn_meanwhile_deletes_nothing(client_with: Any, make_user: Any, app: Flask) -> None:
    client = client_with("*:list", "*:view", "*:delete", "*:bulk")
    make_user()
    address = planned(client, USERS)
    withdraw(app, "*:list", "*:view", "*:bulk")

    response = client.post_form(address)

    assert (response.status_code, users_left(client)) == (403, ["User 1"])


@both_stores
def test_posts_that_left_the_row_scope_keep_their_user(
    client_with: Any, make_user: Any, make_post: Any, app: Flask
) -> None:
    client = client_with("*:list", "*:view", "*:delete", "*:bulk", "*:edit")
    make_post(user=make_user())
    address = planned(client, USERS, fate_posts="keep")
    withdraw(app, "*:list", "*:view", "*:bulk", "user:*")

    agreed(client, address)

    assert (users_left(client), verdicts(client)) == (["User 1"], {1: "failed"})


@pytest.mark.usefixtures("writers")
def test_a_number_beyond_the_limit_is_said_as_such(as_editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    many = deletion.dependences_of_many
    monkeypatch.setattr(
        "admin_app.panel.plan.operations.deleting.dependences_of_many", lambda *given: many(*given, limit=2)
    )

    asked = Page(as_editor.get(USERS))
    plan = Page(as_editor.get(planned(as_editor, USERS, fate_posts="keep")))

    assert asked.texts("legend") == ["What should happen to these users' more than 2 posts?"]
    assert plan.texts("dt")[1] == "More than 2 posts"


def test_what_no_undo_takes_back_is_said_before_anybody_agrees(
    as_editor: Any, writers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bea, _ = writers
    monkeypatch.setattr(Post, "__history__", ("user_id",))
    monkeypatch.setattr(json_values, "_KEPT", {})

    along = planned(as_editor, f"{USERS}?q=Ann", fate_posts="delete")
    alone = planned(as_editor, POSTS)
    one, merged = f"/admin/user/delete/?id={ann.id}", f"/admin/user/merge/?a={ann.id}&b={bea.id}"
    told = [Page(as_editor.get(page)).texts("p", class_="note") for page in (along, one, alone, merged)]

    deleted = "An undo does not bring deleted posts back: the history does not keep the content."
    assert told == [[deleted], [deleted], ["This cannot be undone: the history does not keep the content."], []]


@both_stores
@pytest.mark.usefixtures("writers")
def test_an_undo_is_offered_only_where_something_comes_back(
    as_editor: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = make_post()
    monkeypatch.setattr(Post, "__history__", ("user_id",))
    monkeypatch.setattr(json_values, "_KEPT", {})

    along = agreed(as_editor, planned(as_editor, f"{USERS}?q=Ann", fate_posts="delete"))
    as_editor.post_form(f"/admin/post/delete/?id={single.id}")
    alone = agreed(as_editor, planned(as_editor, POSTS))
    pages = [along, alone, Page(as_editor.get("/admin/post/")), Page(as_editor.get("/admin/activity/?q=deleted"))]

    assert [page.texts("p", class_="note") for page in pages[:2]] == [
        ["An undo does not bring deleted posts back: the history does not keep the content."],
        ["This cannot be undone: the history does not keep the content."],
    ]
    assert [len(page.all("form", class_="undo")) for page in pages] == [1, 0, 0, 1]
