"""“Find and replace…” in many records: every match is shown before anything is written."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.models.post import Post
from admin_app.models.user import User
from tests.page import Page
from tests.panel.plan.changing import REPLACE, done, lines_of, plan_of, refused, sent, stored
from tests.panel.plan.plans import verdicts, work
from tests.stores import both_stores


@both_stores
def test_each_hit_is_marked_and_replaced_and_records_without_one_are_left(as_editor: Any, make_post: Any) -> None:
    for content in ("The colour of colours", "No hue", "COLOUR"):
        make_post(content=content)
    fields = {"find": "colour", "with": "color", "in": "content"}

    plan = plan_of(as_editor, REPLACE, fields)
    after = done(as_editor, REPLACE, fields)

    assert plan.heading == "Replace text in 2 posts?"
    assert plan.texts("dd")[:4] == ["3 posts", "“colour”", "“color”", "Content"]
    assert lines_of(plan) == [
        "The colour of colours To be changed Content The removed: colouradded: color of removed: coloursadded: colors",
        "No hue Without a match",
        "COLOUR To be changed Content removed: COLOURadded: color",
    ]
    assert after.heading == "2 posts changed"
    assert stored(as_editor, Post, "content", "version") == [
        ("The color of colors", 2),
        ("No hue", 1),
        ("color", 2),
    ]


def test_the_hit_in_a_long_text_is_shown_with_what_surrounds_it(as_editor: Any, make_post: Any) -> None:
    make_post(content="far " * 3000 + "before needle behind " + "away " * 3000)

    (line,) = lines_of(plan_of(as_editor, REPLACE, {"find": "needle", "with": "pin", "in": "content"}))

    assert "before removed: needleadded: pin behind away" in line
    assert len(line) < 500


def test_hits_far_from_each_other_are_each_shown_with_what_surrounds_them(as_editor: Any, make_post: Any) -> None:
    make_post(content="one needle two " + "hay " * 30_000 + "three needle four")

    (line,) = lines_of(plan_of(as_editor, REPLACE, {"find": "needle", "with": "pin", "in": "content"}))

    assert "one removed: needleadded: pin two" in line
    assert "three removed: needleadded: pin four" in line
    assert len(line) < 700


@pytest.mark.parametrize(
    ("fields", "becomes"),
    [
        ({"find": "cat", "with": "dog", "case": "1"}, "dog Cat condog"),
        ({"find": "cat", "with": "dog", "word": "1"}, "dog dog concat"),
        ({"find": r"\bc(.)t", "with": r"\1", "expression": "1"}, "a a concat"),
        ({"find": r"\b", "with": "x"}, None),
        ({"find": " ", "with": ""}, "catCatconcat"),
    ],
)
def test_how_it_is_found_is_chosen(fields: dict[str, str], becomes: str | None, as_editor: Any, make_post: Any) -> None:
    make_post(content="cat Cat concat")

    done(as_editor, REPLACE, {"in": "content", **fields})

    assert stored(as_editor, Post, "content") == [becomes or "cat Cat concat"]


@pytest.mark.parametrize(
    ("fields", "control", "problem"),
    [
        ({"in": "content"}, "find", "Enter the text to find."),
        ({"find": "x", "in": []}, "in", "Choose at least one field."),
        ({"find": "x", "in": "user"}, "in", "Choose at least one field."),
        ({"find": "x", "in": "version"}, "in", "Choose at least one field."),
        ({"find": "(", "expression": "1"}, "find", "This expression cannot be read: missing ): (."),
        ({"find": "x", "with": r"\1", "expression": "1"}, "with", "The expression has no group 1."),
        ({"find": "x", "with": "y" * 1001}, "with", "Enter 1,000 characters or fewer; this has 1,001."),
    ],
)
def test_a_problem_is_reported_at_its_control_and_no_input_is_lost(
    fields: dict[str, Any], control: str, problem: str, as_editor: Any, make_post: Any
) -> None:
    make_post(content="x")

    page = refused(as_editor, REPLACE, fields)

    assert (page.error_of(control), page.summary, page.link(problem)) == (problem, [problem], f"#{control}")
    values = page.values()
    assert {name: values.get(name) for name in fields if name != "in"} == {
        name: value for name, value in fields.items() if name != "in"
    }
    assert stored(as_editor, Post, "content") == ["x"]


def test_the_only_text_field_is_chosen_beforehand_and_none_of_several(as_editor: Any) -> None:
    post, user = Page(as_editor.get(REPLACE)), Page(as_editor.get("/admin/user/replace/"))

    assert post.values()["in"] == "content"
    assert "in" not in user.values()
    assert [one.attributes["value"] for one in user.all("input", name="in")] == ["name", "email"]


def test_several_fields_are_searched_each_by_its_rules(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ann Old", email="ann@old.example")
    make_user(name="Old", email="old")

    page = plan_of(as_editor, "/admin/user/replace/", {"find": "old", "with": "", "in": ["name", "email"]})

    assert verdicts(as_editor) == {1: "change", 2: "wrong"}
    assert "Enter the name." in lines_of(page)[1]
    assert stored(as_editor, User, "name") == ["Ann Old", "Old"]


@both_stores
def test_a_job_replaces_the_same(as_editor: Any, make_post: Any, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in ("cat", "no hit", "Cats, cat"):
        make_post(content=content)
    monkeypatch.setitem(app.config, "PLAN_ROWS", 1)

    address = sent(as_editor, REPLACE, {"find": "cat", "with": "dog", "in": "content", "word": "1"}).location
    made = work(as_editor)
    as_editor.post_form(address)
    carried_out = work(as_editor)

    assert (made, carried_out) == ("done", "done")
    assert verdicts(as_editor) == {1: "done", 2: "same", 3: "done"}
    assert stored(as_editor, Post, "content") == ["dog", "no hit", "Cats, dog"]


def test_a_text_that_the_person_may_not_write_is_neither_offered_nor_searched(
    client_with: Any, make_post: Any, make_user: Any
) -> None:
    client = client_with("*:*", fields=["post.content:read_only", "user.email:hidden"])
    make_post(content="x")
    make_user(name="x", email="x@example.com")

    page = Page(client.get("/admin/user/replace/"))
    done(client, "/admin/user/replace/", {"find": "x", "with": "y", "in": ["name", "email"]})

    assert client.get(REPLACE).status_code == 403
    assert [one.attributes["value"] for one in page.all("input", name="in")] == ["name"]
    assert stored(client, User, "name", "email") == [("y", "x@example.com")]
