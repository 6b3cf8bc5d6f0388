"""“Edit this page”: a list's rows in fields, saved together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.list.editable import LONGEST_IN_CELL
from tests.page import Page
from tests.panel.forms.meanwhile import now
from tests.panel.grid.grids import POSTS, USERS, cells, opened, send, trail
from tests.stores import both_stores


@both_stores
def test_the_page_of_a_list_is_edited_and_saved_at_once(as_editor: Any, make_user: Any, make_post: Any) -> None:
    make_user(name="Ann")
    first, second, _ = make_post(content="One"), make_post(content="Two"), make_post(content="Three")
    listed = Page(as_editor.get("/admin/post/?sort=id"))
    page = opened(as_editor, listed.link("Edit this page"))

    saved = send(as_editor, page, **cells(first, content="Uno"), **cells(second, user="Ann"))
    after = Page(as_editor.get(saved.location))

    assert (saved.status_code, saved.location) == (303, "/admin/post/?sort=id")
    assert after.column("Content") == ["UnoJust saved", "TwoJust saved", "Three"]
    assert after.column("User") == ["—No value", "Ann", "—No value"]
    assert after.notice == "Success Changed 2 posts."


@both_stores
def test_what_was_saved_together_is_one_act_and_is_taken_back_as_one(
    app: Flask, as_editor: Any, make_user: Any
) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")

    saved = send(as_editor, opened(as_editor, USERS), **cells(ann, name="Anna"), **cells(bea, name="Beate"))
    after = Page(as_editor.get(saved.location))
    undo = after.form("undo")
    as_editor.post(undo.attributes["action"], data=after.values("undo"))

    assert trail(app) == [("Changed 2 users", 2)]
    assert [now(app, one).name for one in (ann, bea)] == ["Ann", "Bea"]


def test_cells_that_nobody_changed_are_not_written(app: Flask, as_editor: Any, make_post: Any) -> None:
    spaced, lines, empty = (make_post(content=one) for one in (" old\t", "a\r\nb\nc", ""))

    saved = send(as_editor, opened(as_editor))

    assert Page(as_editor.get(saved.location)).notice == "Success Nothing was changed."
    assert [(now(app, one).version, now(app, one).content) for one in (spaced, lines, empty)] == [
        (1, " old\t"),
        (1, "a\r\nb\nc"),
        (1, ""),
    ]
    assert trail(app) == []


def test_a_text_that_the_list_shows_cut_is_edited_whole(app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post(content="<p>word</p> " * 100)
    page = opened(as_editor)

    send(as_editor, page, **cells(post, content=page.values()[f"{post.id}-content"] + "!"))

    assert now(app, post).content == "<p>word</p> " * 100 + "!"


def test_a_text_too_long_for_a_cell_stays_as_it_is(app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post(content="x" * (LONGEST_IN_CELL + 1))
    page = opened(as_editor)

    send(as_editor, page, **cells(post, user=""))

    assert (page.all("textarea"), len(page.all("input", name=f"{post.id}-user"))) == ([], 1)
    assert now(app, post).version == 1


def test_nothing_is_saved_where_one_cell_is_wrong_and_all_of_it_stays(
    app: Flask, as_editor: Any, make_user: Any
) -> None:
    ann, bea, cai = make_user(name="Ann"), make_user(name="Bea"), make_user(name="Cai")

    page = Page(
        send(as_editor, opened(as_editor, f"{USERS}?sort=id"),
             **cells(ann, name="Anna"), **cells(bea, name=""), **cells(cai, email="nonsense"))
    )  # fmt: skip

    assert page.status == 422
    assert page.summary == [
        "Nothing was saved.",
        "Bea: Enter the name.",
        "Cai: Email must look like name@example.com.",
    ]
    assert page.error_of(f"{bea.id}-name") == "Enter the name."
    typed = page.values()
    assert [typed[f"{ann.id}-name"], typed[f"{bea.id}-name"], typed[f"{cai.id}-email"]] == ["Anna", "", "nonsense"]
    assert [now(app, one).version for one in (ann, bea, cai)] == [1, 1, 1]


@both_stores
def test_a_value_that_two_rows_would_have_is_refused_at_the_second(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    page = opened(as_editor, f"{USERS}?sort=id")

    answer = Page(send(as_editor, page, **cells(ann, email="same@example.com"), **cells(bea, email="Same@example.com")))

    assert answer.status == 422
    assert answer.error_of(f"{ann.id}-email") == ""
    assert answer.error_of(f"{bea.id}-email") == "Email is already used by another user. Enter a different one."
    assert [now(app, one).version for one in (ann, bea)] == [1, 1]


def test_a_relation_that_cannot_be_found_is_said_at_its_cell(app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Wall")

    page = Page(send(as_editor, opened(as_editor), **cells(post, user="nobody@example.com")))

    assert (page.status, page.values()[f"{post.id}-user"]) == (422, "nobody@example.com")
    assert page.error_of(f"{post.id}-user") != ""
    assert now(app, post).user_id is None


def test_a_stored_value_that_breaks_a_rule_keeps_no_other_cell_from_being_saved(
    app: Flask, as_editor: Any, make_user: Any
) -> None:
    old, bea = make_user(name="Old", email="no address"), make_user(name="Bea")

    saved = send(as_editor, opened(as_editor, USERS), **cells(bea, name="Beate"), **cells(old, name="Older"))

    assert saved.status_code == 303
    assert [now(app, one).name for one in (old, bea)] == ["Older", "Beate"]


@both_stores
def test_rows_that_the_list_has_no_more_are_told_and_led_to(as_editor: Any, make_post: Any) -> None:
    first, second = make_post(content="garden wall"), make_post(content="garden gate")
    page = opened(as_editor, f"{POSTS}?q=garden")

    saved = send(as_editor, page, **cells(first, content="Boat"), **cells(second, content="garden door"))
    after = Page(as_editor.get(saved.location))

    assert saved.location == "/admin/post/?q=garden"
    assert after.column("Content") == ["garden doorJust saved", "BoatJust savedNo longer in this list"]
    assert after.notice == "Success Changed 2 posts. 1 of them is no longer in this list. Show"
    assert Page(as_editor.get(after.link("Show"))).ids() == [first.id]


@both_stores
def test_rows_that_the_list_has_no_more_stay_where_they_were_until_it_is_loaded_again(
    as_editor: Any, make_post: Any
) -> None:
    posts = [make_post(content=f"garden {number}") for number in range(5)]
    address = f"{POSTS}?q=garden&sort=id"
    boats = dict.fromkeys([f"{posts[place].id}-content" for place in (0, 2, 3)], "Boat")
    page = opened(as_editor, address)

    saved = send(as_editor, page, **boats, **cells(posts[4], content="garden door"))
    after, again = Page(as_editor.get(saved.location)), Page(as_editor.get(saved.location))

    outside = "BoatJust savedNo longer in this list"
    assert after.column("Content") == [outside, "garden 1", outside, outside, "garden doorJust saved"]
    assert len([one for one in after.all("tr") if "data-outside" in one.attributes]) == 3
    assert after.result_line() == "2 posts"
    # Nothing is done with them by what is done with the list's rows.
    assert [one.attributes["value"] for one in after.all("input", name="tick")] == [str(posts[1].id), str(posts[4].id)]
    assert again.column("Content") == ["garden 1", "garden door"]


def test_where_the_row_before_is_gone_the_page_begins_with_them(app: Flask, as_editor: Any, make_post: Any) -> None:
    first, second, third = (make_post(content=f"garden {letter}") for letter in "abc")
    saved = send(as_editor, opened(as_editor, f"{POSTS}?q=garden&sort=id"), **cells(second, content="Boat"))
    with app.app_context():
        db.session.delete(db.session.get_one(Post, first.id))
        db.session.commit()

    after = Page(as_editor.get(saved.location))

    assert after.ids() == [second.id, third.id]


def test_rows_stay_in_no_other_list(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="garden wall")
    other = make_post(content="door")
    send(as_editor, opened(as_editor, f"{POSTS}?q=garden"), **cells(post, content="Boat"))

    page = Page(as_editor.get("/admin/post/?q=door"))

    assert page.ids() == [other.id]


def test_a_whole_page_may_stay(as_editor: Any, make_post: Any) -> None:
    posts = [make_post(content=f"garden {number:03}") for number in range(100)]
    page = opened(as_editor, f"{POSTS}?q=garden&sort=id&per_page=100")

    saved = send(as_editor, page, **dict.fromkeys([f"{one.id}-content" for one in posts], "Boat"))
    after = Page(as_editor.get(saved.location))

    assert after.column("Content")[20:] == ["BoatNo longer in this list"] * 80
    assert len([one for one in after.all("tr") if "data-outside" in one.attributes]) == 100


def test_the_rows_are_those_of_the_lists_page_in_its_order(as_editor: Any, make_post: Any) -> None:
    ids = [make_post(content=f"garden {number:02}").id for number in range(25)]
    make_post(content="Boat")
    listed = Page(as_editor.get("/admin/post/?q=garden&sort=id&page=2"))

    page = opened(as_editor, listed.link("Edit this page"))

    versions = [one.attributes["name"] for one in page.all("input") if one.attributes["name"].startswith("_version")]
    assert versions == [f"_version-{key}" for key in ids[20:]]
    assert page.link("Cancel") == "/admin/post/?q=garden&sort=id&page=2"


def test_only_the_columns_of_the_list_have_fields(as_editor: Any, make_post: Any) -> None:
    post = make_post()

    page = opened(as_editor, f"{POSTS}?columns=content,id,updated_at")

    names = {one.attributes.get("name") for one in page.form() if one.tag in {"input", "textarea"}}
    assert names == {"csrf_token", "_columns", f"_version-{post.id}", f"{post.id}-content"}


def test_without_scripts_a_column_says_what_to_type(as_editor: Any, make_post: Any) -> None:
    post = make_post()
    page = opened(as_editor)

    (field,) = page.all("input", name=f"{post.id}-user")

    assert field.attributes["aria-describedby"] == "how-user"
    assert page.texts(id="how-user") == ["Type an ID, or an exact name or email."]


def test_a_cell_is_called_by_its_column_and_its_row(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Garden wall")

    labels = {one.attributes["for"]: one.text for one in opened(as_editor).form().all("label")}

    assert labels == {
        f"{post.id}-content": "Content of Garden wall",
        f"{post.id}-user": "User of Garden wall",
    }


def test_an_empty_page_has_nothing_to_change(as_editor: Any) -> None:
    page = opened(as_editor)

    assert (page.status, page.all("form", class_="form--long")) == (200, [])
    assert page.link("Back to posts") == "/admin/post/"


@both_stores
@pytest.mark.parametrize("address", [POSTS, USERS])
def test_a_page_of_three_costs_the_statements_of_one(
    address: str,
    as_editor: Any,
    make_user: Any,
    make_post: Any,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    make_post(user=make_user())
    as_editor.get(address)

    with statements() as for_one:
        as_editor.get(address)
    make_post(user=make_user())
    make_post(user=make_user())
    with statements() as for_three:
        page = opened(as_editor, address)

    assert len(page.all("tbody")[0].all("tr")) == 3
    assert len(for_three) == len(for_one)


@both_stores
def test_sending_three_unchanged_rows_costs_the_statements_of_one(
    as_editor: Any, make_user: Any, make_post: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    make_post(user=make_user())
    one = opened(as_editor)
    send(as_editor, one)

    with statements() as for_one:
        send(as_editor, one)
    make_post(user=make_user())
    make_post(user=make_user())
    three = opened(as_editor)
    with statements() as for_three:
        send(as_editor, three)

    assert len(for_three) == len(for_one)


def test_sent_twice_it_is_saved_once(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")
    page = opened(as_editor, USERS)

    answers = [send(as_editor, page, **cells(ann, name="Anna")) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert (now(app, ann).name, now(app, ann).version, len(trail(app))) == ("Anna", 2, 1)


def test_the_rules_of_a_resource_hold_for_each_row(app: Flask, as_owner: Any, owner: Any) -> None:
    """Staff are saved with their rules, and after a proof; what a cell has no room for is left out."""
    page = opened(as_owner, "/admin/staff/edit-page/")

    saved = send(as_owner, page, **{f"{owner.id}-email": "  OLIVIA@Example.com", f"{owner.id}-password": "x" * 20})

    names = {one.attributes.get("name") for one in page.form()} - {None}
    assert names == {"csrf_token", "_columns", f"_version-{owner.id}"} | {
        f"{owner.id}-{name}" for name in ("name", "email", "is_active")
    }
    with app.app_context():
        after = db.session.get_one(type(owner), owner.id)
        assert (saved.status_code, after.email, after.password_hash) == (303, "olivia@example.com", owner.password_hash)


def test_a_box_that_is_no_longer_ticked_is_saved_and_one_that_was_not_there_is_not(
    app: Flask, as_owner: Any, viewer: Any
) -> None:
    page, without = opened(as_owner, "/admin/staff/edit-page/"), "/admin/staff/edit-page/?columns=name,id"
    untouched = send(as_owner, opened(as_owner, without), **cells(viewer, name="Verena"))
    before = now(app, viewer).is_active
    form = {name: value for name, value in page.values().items() if name != f"{viewer.id}-is_active"}
    form |= {f"{viewer.id}-name": "Verena"}

    saved = as_owner.post(page.form().attributes["action"], data=form)

    assert ([untouched.status_code, saved.status_code], before) == ([303, 303], True)
    assert now(app, viewer).is_active is False


def test_the_last_owner_is_not_switched_off_in_a_cell(app: Flask, as_owner: Any, owner: Any) -> None:
    page = opened(as_owner, "/admin/staff/edit-page/")
    form = {name: value for name, value in page.values().items() if name != f"{owner.id}-is_active"}

    answer = Page(as_owner.post(page.form().attributes["action"], data=form))

    assert answer.status == 422
    assert now(app, owner).is_active is True


def test_users_with_equal_names_are_not_mixed_up(app: Flask, as_editor: Any, make_user: Any) -> None:
    twins = [make_user(name="Twin") for _ in range(3)]

    send(as_editor, opened(as_editor, USERS), **cells(twins[1], name="Middle"))

    with app.app_context():
        assert [db.session.get_one(User, one.id).name for one in twins] == ["Twin", "Middle", "Twin"]
