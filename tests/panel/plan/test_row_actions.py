"""A resource's own actions in lists, rows and record pages, all carried out through plans."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from typing_extensions import override

from admin_app.db.string_set import StringSet
from admin_app.domain.plan import effects
from admin_app.errors import AdminError, ConfigurationError
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.role import Role
from admin_app.models.staff import StaffSession
from admin_app.models.user import User
from admin_app.panel.list.row_actions import require_row_actions
from admin_app.panel.resource import Resource
from admin_app.panel.row_action import RowAction
from admin_app.resources.post import PostResource
from admin_app.resources.staff.staff import StaffResource
from admin_app.resources.user import UserResource
from tests.page import Page
from tests.panel.plan.plans import agreed, verdicts, work
from tests.panel.plan.row_actions import (
    ANY,
    LOWER,
    NOTE,
    TRIM,
    AddNote,
    LowerCaseEmail,
    TrimBlankLines,
    contents,
    emails,
)
from tests.stores import both_stores

pytestmark = pytest.mark.usefixtures("declared_actions")


def plans(client: Any) -> int:
    with client.application.app_context():
        return db.session.scalar(select(func.count()).select_from(Plan)) or 0


def withdraw(app: Flask, *left: str) -> None:
    """Leave Liam's role these permissions, behind the dashboard's back: his session goes on."""
    with app.app_context():
        db.session.execute(update(Role).where(Role.key == "liam").values(permissions=StringSet(left)))
        db.session.commit()


# ---- where it is offered


def test_an_action_stands_in_the_list_in_the_row_and_on_the_records_page(as_editor: Any, make_user: Any) -> None:
    upper, lower = make_user(email="Upper@example.com"), make_user(email="lower@example.com")

    list_ = Page(as_editor.get("/admin/user/"))
    rows = {row.all("th", scope="row")[0].text: row.all("details") for row in list_.all("tr")[1:]}
    pages = [Page(as_editor.get(f"/admin/user/edit/?id={one.id}")) for one in (upper, lower)]

    assert any(words.startswith("Lower-case email") for words in list_.texts("button"))
    assert {name: [link.text for one in found for link in one.all("a")] for name, found in rows.items()} == {
        upper.name: [f"Edit {upper.name}", f"Lower-case email {upper.name}", f"Delete {upper.name}"],
        lower.name: [f"Edit {lower.name}", f"Delete {lower.name}"],
    }
    assert ["Lower-case email" in page.texts("a", class_="button") for page in pages] == [True, False]


def test_an_action_that_asks_for_input_has_an_ellipsis(as_editor: Any, make_post: Any, make_user: Any) -> None:
    post = make_post(user=make_user())

    page = Page(as_editor.get(f"/admin/post/edit/?id={post.id}"))

    assert [words for words in page.texts("a", class_="button") if words in {"Trim blank lines", "Add note…"}] == [
        "Trim blank lines",
        "Add note…",
    ]


def test_a_list_of_three_costs_the_statements_of_one_and_one_more_than_without(
    as_editor: Any,
    make_user: Any,
    statements: Callable[[], AbstractContextManager[list[str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = []
    for _ in range(3):
        make_user()
        as_editor.get("/admin/user/")
        with statements() as sent:
            as_editor.get("/admin/user/")
        counts.append(len(sent))
    monkeypatch.setattr(UserResource, "row_actions", ())
    with statements() as without:
        as_editor.get("/admin/user/")

    assert counts == [len(without) + 1] * 3


# ---- many


@both_stores
def test_many_are_planned_agreed_to_and_undone_and_those_it_is_not_for_are_refused_before(
    as_editor: Any, make_user: Any
) -> None:
    for email in ("Ann@example.com", "bea@example.com", "CLEO@example.com"):
        make_user(email=email)
    before = emails(as_editor)

    asked = Page(as_editor.get(LOWER))
    address = as_editor.post_form(LOWER, {"listed": "3"}).location
    plan = Page(as_editor.get(address))
    done = agreed(as_editor, address)
    after = emails(as_editor)
    (undo,) = done.all("form", class_="undo")
    as_editor.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})

    assert asked.heading == "Lower-case the email of users"
    assert plan.heading == "Lower-case the email of 2 users?"
    assert plan.texts("p", class_="plan__problem") == ["Its email has no capitals."]
    assert (done.heading, verdicts(as_editor)) == ("2 users changed", {1: "done", 2: "refused", 3: "done"})
    assert after == {1: "ann@example.com", 2: "bea@example.com", 3: "cleo@example.com"}
    assert emails(as_editor) == before


@both_stores
def test_an_actions_values_are_checked_like_a_forms(as_editor: Any, make_user: Any) -> None:
    class Empties(LowerCaseEmail):
        @override
        def allowed(self, principal: Any) -> None:
            return None

        @override
        def change(self, record: Any, form: Any) -> dict[str, object]:
            return {"email": {1: "same@example.com", 2: "same@example.com"}.get(record.id, "no address")}

    for _ in range(3):
        make_user()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UserResource, "row_actions", (Empties(),))
        plan = Page(as_editor.get(as_editor.post_form("/admin/user/act/empties/").location))

    assert verdicts(as_editor) == {1: "wrong", 2: "wrong", 3: "wrong"}
    assert plan.texts("p", class_="plan__problem")[:2] == ["Email would be the same for several records."] * 2


@both_stores
def test_it_writes_no_other_fields_than_it_declares(as_editor: Any, make_user: Any) -> None:
    class Sly(LowerCaseEmail):
        @override
        def change(self, record: Any, form: Any) -> dict[str, object]:
            return {"email": record.email.lower(), "name": "Renamed"}

    make_user(email="Ann@example.com")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UserResource, "row_actions", (Sly(),))
        plan = Page(as_editor.get(as_editor.post_form("/admin/user/act/sly/").location))

    assert plan.texts("p", class_="plan__problem") == ["Lower-case email would change name, which it does not declare."]
    assert verdicts(as_editor) == {1: "wrong"}


@both_stores
def test_a_record_that_the_action_no_longer_allows_is_skipped(as_editor: Any, make_user: Any) -> None:
    class Unnoticed(LowerCaseEmail):
        """Its rows may change without the record."""

        allows = True

        @override
        def allowed(self, principal: Any) -> Any:
            return (User.id > 0) if self.allows else (User.id < 0)

    action = Unnoticed()
    make_user(email="Ann@example.com")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UserResource, "row_actions", (action,))
        address = as_editor.post_form("/admin/user/act/unnoticed/").location
        action.allows = False
        page = agreed(as_editor, address)

    assert (page.texts("p", class_="plan__problem"), verdicts(as_editor)) == ([action.refusal], {1: "refused"})


# ---- a form


def test_its_form_is_asked_first_and_said_again_in_the_plan(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    make_post(content="Hello", user=ann)

    wrong = Page(as_editor.post_form(NOTE, {"value.note": "x" * 21, "value.user": "nobody"}))
    right = as_editor.post_form(NOTE, {"value.note": "Seen", "value.user": str(bea.id)})
    plan = Page(as_editor.get(right.location))

    assert wrong.status == 422
    assert wrong.summary == [
        "Use 20 characters or fewer.",
        "No user has the ID or name “nobody”. Check it, or look in the list of users.",
    ]
    assert (wrong.values("")["value.note"], wrong.values("")["value.user"]) == ("x" * 21, "nobody")
    assert wrong.error_of("value.note") == "Use 20 characters or fewer."
    assert plan.texts("dd")[1:3] == ["Seen", "Bea"]
    assert "Its user is told. This cannot be undone." in plan.texts("p", class_="note")


# ---- the world outside


@both_stores
def test_a_job_runs_the_effect_once_for_each_changed_record(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    for user in (ann, None, ann):
        make_post(content="Post", user=user)
    address = as_editor.post_form(NOTE, {"value.note": "Seen"}).location

    under_way = agreed(as_editor, address)
    before = list(AddNote.told)
    state = work(as_editor)
    again = as_editor.post_form(address, {"go_on": "1"}, page=ANY)

    assert "Its user is told. This cannot be undone." in Page(as_editor.get(address)).texts("p", class_="note")
    assert (under_way.heading, before, state) == ("Add a note to posts: under way", [], "done")
    assert AddNote.told == [(1, "Seen"), (3, "Seen")]
    assert contents(as_editor) == {1: "Post\nSeen", 2: "Post", 3: "Post\nSeen"}
    assert (again.status_code, AddNote.told) == (303, [(1, "Seen"), (3, "Seen")])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AdminError("The mail server does not answer."), "The mail server does not answer."),
        (RuntimeError("oops"), "The worker's log says why."),
    ],
)
def test_an_effect_that_fails_is_named_and_the_others_come(
    error: Exception, words: str, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    for _ in range(3):
        make_post(content="Post", user=ann)
    AddNote.fails_for[2] = error
    address = as_editor.post_form(NOTE, {"value.note": "Seen"}).location

    agreed(as_editor, address)
    work(as_editor)
    page = Page(as_editor.get(address))

    assert [key for key, _ in AddNote.told] == [1, 3]
    assert page.heading == "3 posts given a note"
    assert page.texts("p", class_="plan__problem") == [f"It was changed, but the step after that failed. {words}"]


@both_stores
def test_a_worker_that_is_killed_in_the_middle_of_an_effect_repeats_that_one_and_no_other(
    as_editor: Any, make_user: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user()
    for _ in range(3):
        make_post(content="Post", user=ann)
    address = as_editor.post_form(NOTE, {"value.note": "Seen"}).location
    agreed(as_editor, address)

    note = effects.note

    def dies(session: Any, plan: Plan, line: PlanLine, problem: str = "") -> None:
        if line.number > 1:
            raise MemoryError
        note(session, plan, line, problem)

    monkeypatch.setattr(effects, "note", dies)
    first = work(as_editor)
    told = list(AddNote.told)
    monkeypatch.setattr(effects, "note", note)
    as_editor.post_form(address, {"go_on": "1"})
    second = work(as_editor)

    assert (first.split()[0], [key for key, _ in told]) == ("failed", [1, 2])
    assert (second, [key for key, _ in AddNote.told]) == ("done", [1, 2, 2, 3])
    assert set(contents(as_editor).values()) == {"Post\nSeen"}


# ---- rights, and what is forged


def test_an_action_that_is_not_declared_is_not_there(as_editor: Any, make_user: Any) -> None:
    make_user()
    addresses = ["/admin/user/act/trim-blank-lines/", "/admin/user/act/none/", "/admin/post/act/%00/"]

    assert [as_editor.get(one).status_code for one in addresses] == [404] * 3


@pytest.mark.parametrize(
    ("permissions", "limits"),
    [
        (["user:list", "user:view", "user:bulk"], {}),
        (["user:list", "user:view", "user:bulk", "user:edit"], {"fields": ["user.email:read_only"]}),
        (["user:list", "user:view", "user:bulk", "user:edit"], {"fields": ["user.email:hidden"]}),
    ],
)
def test_without_the_right_to_its_fields_there_is_no_action(
    permissions: list[str], limits: dict[str, list[str]], client_with: Any, make_user: Any
) -> None:
    client = client_with(*permissions, **limits)
    user = make_user(name="Ann", email="Ann@example.com")

    page = Page(client.get("/admin/user/"))
    answers = [
        client.open(address, method=method, data={"csrf_token": client.token_of(ANY)}).status_code
        for address in (LOWER, f"{LOWER}?id={user.id}")
        for method in ("GET", "POST")
    ]

    assert "Lower-case email" not in page.root.text
    assert answers == [403] * 4
    assert (emails(client), plans(client)) == ({user.id: "Ann@example.com"}, 0)


@both_stores
def test_records_outside_the_row_scope_answer_404_and_are_refused_among_many(client_with: Any, make_user: Any) -> None:
    client = client_with("user:list", "user:view", "user:bulk", "user:edit", rows=["user:own"])
    mine, theirs = make_user(email="Liam@example.com"), make_user(email="Ann@example.com")

    one = [client.get(f"{LOWER}?id={theirs.id}").status_code, client.get(f"{LOWER}?id=x").status_code]
    plan = client.post_form(f"{LOWER}?id__in={mine.id},{theirs.id}").location
    agreed(client, plan)

    assert one == [404, 404]
    assert emails(client) == {mine.id: "liam@example.com", theirs.id: "Ann@example.com"}


def test_an_action_named_in_the_form_is_ignored(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="a\n\n\nb")

    response = as_editor.post_form(f"{TRIM}?id={post.id}", {"action": "add-note", "value.note": "Forged"})

    assert (response.status_code, contents(as_editor)) == (303, {post.id: "a\nb"})


@both_stores
def test_a_right_that_is_withdrawn_before_the_job_changes_nothing_more(
    client_with: Any, make_user: Any, make_post: Any, app: Flask
) -> None:
    client = client_with("*:list", "*:view", "*:bulk", "*:edit")
    make_post(content="Post", user=make_user())
    address = client.post_form(NOTE, {"value.note": "Seen"}).location
    agreed(client, address)
    withdraw(app, "*:list", "*:view", "*:bulk")

    state = work(client)

    assert state.startswith("failed")
    assert (AddNote.told, contents(client)) == ([], {1: "Post"})


def test_an_action_must_say_what_it_changes() -> None:
    with pytest.raises(NotImplementedError):
        RowAction().change(None, None)


class Idle(TrimBlankLines):
    writes = ()


class Secretive(TrimBlankLines):
    writes = ("content", "password")


@pytest.mark.parametrize(
    ("resource", "actions", "words"),
    [
        (
            PostResource,
            (Idle(),),
            "PostResource.Idle writes no column: an action has to leave something that can be seen.",
        ),
        (PostResource, (Secretive(),), "PostResource.Secretive writes password, of which the history keeps nothing."),
        (PostResource, (AddNote(), AddNote()), "PostResource.AddNote has the name of another one."),
        (
            StaffResource,
            (TrimBlankLines(),),
            "StaffResource.TrimBlankLines is for records that are judged one by one, which plans cannot do.",
        ),
    ],
)
def test_an_action_without_fields_stops_the_start(
    resource: type[Resource], actions: tuple[RowAction, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "row_actions", actions)

    with pytest.raises(ConfigurationError) as refused:
        require_row_actions(resource())

    assert str(refused.value) == words


def test_a_resource_can_ask_for_a_proof_first(
    app: Flask, as_editor: Any, make_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user(email="Ann@example.com")
    view = next(one for one in app.extensions["admin"][0]._views if one.endpoint == "user")
    monkeypatch.setattr(view, "proof_for", frozenset({"act_view"}))
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime(2026, 1, 1, tzinfo=UTC)))
        db.session.commit()

    response = as_editor.post_form(f"{LOWER}?id={user.id}")

    assert (response.status_code, Page(response).heading) == (403, "Confirm it's you")
    assert emails(as_editor) == {user.id: "Ann@example.com"}
