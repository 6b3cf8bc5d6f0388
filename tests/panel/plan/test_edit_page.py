"""“Change…”: what the page shows for each field, what it accepts, and at which control it reports a mistake."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.domain.permissions.rights import Action
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.plan.operations.editing import NO_WAY, NOT_THIS_WAY, NOT_TICKED, NOTHING, NOTHING_TYPED
from admin_app.panel.plan.questions import present_values
from admin_app.panel.plan.questions.edit_page import SHARED
from tests.many import many
from tests.page import Page
from tests.panel.plan.changing import POSTS, USERS, done, lines_of, plan_of, refused, sent, stored
from tests.panel.plan.plans import verdicts, work
from tests.stores import both_stores


def now_of(page: Page) -> dict[str, str]:
    """Return what the page says is there now, by field."""
    return {
        name: next(iter(page.texts("p", id=f"change.{name}-now")), "")
        for name in [one.attributes["value"] for one in page.all("input", name="change")]
    }


# ---- the page


@both_stores
def test_each_field_says_what_is_there_now(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    for content, user in (("Garden", ann), ("Garden", ann), ("Boat", bea), ("", None), ("Boat", ann)):
        make_post(content=content, user=user)

    page = Page(as_editor.get(POSTS))

    assert now_of(page) == {
        "content": "3 different: Boat (2), Garden (2), empty (1)",
        "user": "3 different: Ann (3), Bea (1), empty (1)",
    }


@both_stores
@pytest.mark.parametrize(
    ("contents", "now"),
    [
        (["One", "One"], "Same for all: One"),
        (["", ""], "Same for all: empty"),
        (["a", "b", "c", "d"], "4 different"),
        (["a", "a", "b", "c", "d"], "4 different: a (2), b (1), c (1), …"),
        (["x " * 50], f"Same for all: {('x ' * 20)[:39]}…"),
        ([], ""),
    ],
)
def test_present_values_are_summarised(contents: list[str], now: str, as_editor: Any, make_post: Any) -> None:
    for content in contents:
        make_post(content=content)

    assert now_of(Page(as_editor.get(POSTS)))["content"] == now


@both_stores
@pytest.mark.parametrize("limit", [0.0, 0.002])
def test_present_values_that_take_too_long_are_left_out(
    limit: float, as_editor: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(app, Post, [{"content": f"{number}"} for number in range(30_000)])
    monkeypatch.setattr(present_values, "LIMIT", limit)

    page = Page(as_editor.get(POSTS))

    assert (page.status, now_of(page)) == (200, dict.fromkeys(["content", "user"], "Too many records to look at."))


def test_nothing_is_ticked_and_no_value_is_there_beforehand(as_editor: Any, make_post: Any) -> None:
    make_post(content="Here already")

    first = Page(as_editor.get(POSTS)).values()
    done(as_editor, POSTS, {"change": "content", "value.content": "New"})
    again = Page(as_editor.get(POSTS)).values()

    plain = {key: value for key, value in first.items() if key not in {"csrf_token", "listed"}}
    assert plain == {
        "how.content": "set",
        "value.content": "",
        "find.content": "",
        "with.content": "",
        "how.user": "set",
        "value.user": "",
    }
    assert {key: again[key] for key in plain} == plain


def test_the_ways_of_a_field_are_those_of_its_kind(as_editor: Any) -> None:
    page = Page(as_editor.get(POSTS))

    ways = {name: [one.attributes["value"] for one in page.all("input", name=f"how.{name}")] for name in now_of(page)}

    assert ways == {"content": ["set", "replace", "clear"], "user": ["set", "clear"]}


# ---- what it does


@both_stores
def test_the_ticked_fields_are_changed_and_no_other(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(), make_user(name="Bea", email="bea@example.com")
    make_post(content="A garden", user=ann)
    make_post(content="A house", user=ann)
    make_post(content="Garden")

    page = done(as_editor, f"{POSTS}?q=garden", {"change": "user", "value.user": "bea@example.com"})

    assert page.heading == "2 posts changed"
    assert stored(as_editor, Post, "content", "user_id") == [
        ("A garden", bea.id),
        ("A house", ann.id),
        ("Garden", bea.id),
    ]


@both_stores
def test_several_fields_are_changed_at_once_each_in_its_way(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user(name="Ann")
    make_post(content="A colour", user=ann)
    make_post(content="No hue")
    fields = {"how.content": "replace", "find.content": "colour", "with.content": "color", "how.user": "clear"}

    plan = plan_of(as_editor, POSTS, {"change": ["content", "user"], **fields})
    done(as_editor, POSTS, {"change": ["content", "user"], **fields})

    assert plan.texts("dd")[:3] == ["2 posts", "“colour” becomes “color”", "cleared"]
    assert lines_of(plan) == [
        "A colour To be changed Content A removed: colouradded: color User removed: Annadded: —",
        "No hue Already as wanted",
    ]
    assert stored(as_editor, Post, "content", "user_id") == [("A color", None), ("No hue", None)]


def test_a_text_that_has_to_be_different_can_still_be_changed_in_part(as_editor: Any, make_user: Any) -> None:
    for name in ("ann", "bea"):
        make_user(email=f"{name}@old.example")
    make_user(email="ann@new.example")
    fields = {"how.email": "replace", "find.email": "@old.", "with.email": "@new."}

    page = plan_of(as_editor, USERS, {"change": "email", **fields})

    assert verdicts(as_editor) == {1: "wrong", 2: "change", 3: "same"}
    assert "Email is already used by another record." in lines_of(page)[0]


def test_a_record_that_the_change_would_break_is_left_and_says_why(as_editor: Any, make_user: Any) -> None:
    make_user(email="ann@example.com")
    make_user(email="ann@b.example.com")
    fields = {"how.email": "replace", "find.email": "ann@example.com", "with.email": "nobody"}

    page = plan_of(as_editor, USERS, {"change": "email", **fields})

    assert verdicts(as_editor) == {1: "wrong", 2: "same"}
    assert "Email must look like name@example.com." in lines_of(page)[0]


def test_a_job_makes_the_same_plan(as_editor: Any, make_post: Any, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in ("a colour", "no hue", "colour b"):
        make_post(content=content)
    monkeypatch.setitem(app.config, "PLAN_ROWS", 1)
    fields = {"how.content": "replace", "find.content": "colour", "with.content": "color"}

    address = sent(as_editor, POSTS, {"change": "content", **fields}).location
    made = work(as_editor)
    as_editor.post_form(address)
    carried_out = work(as_editor)

    assert (made, carried_out) == ("done", "done")
    assert verdicts(as_editor) == {1: "done", 2: "same", 3: "done"}
    assert stored(as_editor, Post, "content") == ["a color", "no hue", "color b"]


def test_a_filter_that_is_not_valid_means_no_record(as_editor: Any, make_post: Any) -> None:
    make_post(content="Kept")
    address = f"{POSTS}?user__empty=maybe"

    page = Page(as_editor.get(address))
    plan = plan_of(as_editor, address, {"change": "content", "value.content": "x"})

    assert page.texts("p", class_="page-head__result") == ["0 posts: a filter that isn't valid"]
    assert plan.texts("button", class_="button--primary") == []


# ---- what it refuses


@pytest.mark.parametrize(
    ("fields", "control", "problem"),
    [
        ({}, "change.content", NOTHING),
        ({"value.content": "Typed"}, "value.content", NOT_TICKED),
        ({"change": "user", "value.user": "1", "find.content": "x"}, "find.content", NOT_TICKED),
        ({"change": "content", "value.content": "x", "find.content": "y"}, "find.content", NOT_THIS_WAY),
        ({"change": "content", "how.content": "clear", "value.content": "x"}, "value.content", NOT_THIS_WAY),
        ({"change": "content"}, "value.content", "Enter a value, or choose to clear the field."),
        ({"change": "content", "how.content": "replace"}, "find.content", NOTHING_TYPED),
        (
            {"change": "content", "how.content": "replace", "find.content": "x" * 1001},
            "find.content",
            "Enter 1,000 characters or fewer; this has 1,001.",
        ),
        ({"change": "user", "value.user": "99"}, "value.user", None),
        ({"change": "user", "how.user": "increase", "value.user": ""}, "value.user", NO_WAY),
        ({"change": "content", "value.content": "a\0b"}, "value.content", None),
    ],
)
def test_a_problem_is_reported_at_its_control_and_no_input_is_lost(
    fields: dict[str, Any], control: str, problem: str | None, as_editor: Any, make_post: Any
) -> None:
    make_post(content="As it was")

    page = refused(as_editor, POSTS, fields)

    said = page.summary[0]
    assert said == (problem or said)
    if not control.startswith("change."):
        assert page.error_of(control) == said
    assert page.link(said) == f"#{control}"
    values = page.values()
    assert {name: values[name] for name in fields if name.startswith(("find", "value"))} == {
        # As a browser reads it.
        name: value.replace("\0", "\ufffd")
        for name, value in fields.items()
        if name.startswith(("find", "value"))
    }
    assert stored(as_editor, Post, "content", "version") == [("As it was", 1)]


def test_a_required_field_cannot_be_cleared(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ann")

    page = Page(as_editor.get(USERS))
    forged = refused(as_editor, USERS, {"change": "name", "how.name": "clear"})
    empty = refused(as_editor, USERS, {"change": "name"})

    assert [one.attributes["value"] for one in page.all("input", name="how.name")] == ["set", "replace"]
    assert forged.error_of("value.name") == "Name is required, so it cannot be cleared."
    assert empty.error_of("value.name") == "Enter the name."
    assert stored(as_editor, User, "name") == ["Ann"]


def test_a_unique_field_is_set_for_one_record_only(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ann", email="ann@example.com")
    make_user(name="Bea", email="bea@example.com")
    fields = {"change": "email", "how.email": "set", "value.email": "new@example.com"}

    page = Page(as_editor.get(USERS))
    forged = refused(as_editor, USERS, fields)
    one = done(as_editor, f"{USERS}?q=Ann", fields)

    said = SHARED.format(label="email")
    assert page.texts("p", id="change.email-note") == [said]
    assert [way.attributes["value"] for way in page.all("input", name="how.email")] == ["replace"]
    assert (forged.error_of("change.email"), forged.link(said)) == (said, "#change.email")
    assert one.heading == "1 user changed"
    assert stored(as_editor, User, "email") == ["new@example.com", "bea@example.com"]


# ---- rights


def test_a_field_that_the_person_may_not_write_is_not_offered_and_not_taken(
    client_with: Any, make_user: Any, make_post: Any
) -> None:
    client, user = client_with("*:*", fields=["post.content:read_only", "post.user:hidden"]), make_user()
    both = client_with("*:*", fields=["post.content:read_only"], name="Other")
    make_post(content="Kept")

    nothing = client.get(POSTS)
    page = Page(both.get(POSTS))
    forged = refused(both, POSTS, {"change": "content", "value.content": "Forged"})
    mixed = done(both, POSTS, {"change": ["content", "user"], "value.content": "x", "value.user": str(user.id)})

    assert nothing.status_code == 403
    assert list(now_of(page)) == ["user"]
    assert forged.summary == [NOTHING]
    assert mixed.heading == "1 post changed"
    assert stored(both, Post, "content", "user_id") == [("Kept", user.id)]


def test_the_list_offers_it_to_who_may_change_a_field(
    client_with: Any, as_viewer: Any, as_editor: Any, make_post: Any
) -> None:
    make_post()
    reader = client_with("*:*", fields=["post.content:read_only", "post.user:read_only"])
    giver = client_with("*:*", fields=["post.content:read_only"], name="Giver")

    offered = {
        name: Page(client.get("/admin/post/")).texts("button", name="act")
        for name, client in {"viewer": as_viewer, "editor": as_editor, "reader": reader, "giver": giver}.items()
    }

    assert [("Change…" in found, "Find and replace…" in found) for found in offered.values()] == [
        (False, False),
        (True, True),
        (False, False),
        (True, False),
    ]


@pytest.mark.parametrize("missing", [Action.BULK, Action.EDIT])
def test_a_person_without_one_of_the_rights_gets_neither_page(client_with: Any, missing: Action) -> None:
    rights = [f"*:{one.value}" for one in Action if one is not missing]
    client = client_with(*rights)

    assert [client.get(one).status_code for one in (POSTS, "/admin/post/replace/")] == [403, 403]


def test_only_rows_that_the_person_sees_are_counted_and_changed(
    client_with: Any, mine: Post, theirs: Post, me: User
) -> None:
    client = client_with("*:*", rows=["post:own"])

    page = Page(client.get(POSTS))
    done(client, POSTS, {"change": "content", "value.content": "Changed"})

    assert now_of(page) == {"content": "Same for all: Mine to see", "user": f"Same for all: {me.name}"}
    assert stored(client, Post, "content") == ["Changed", theirs.content]
    assert mine.id < theirs.id


def test_the_name_of_a_record_that_is_not_seen_is_not_told(client_with: Any, make_user: Any, make_post: Any) -> None:
    make_post(user=make_user(name="Sentinel"))
    client = client_with("post:*", "user:list", rows=["user:own"])

    page = client.get(POSTS)

    assert page.status_code == 200
    assert "Sentinel" not in page.text
