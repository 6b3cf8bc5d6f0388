"""Two people at one field: theirs or yours is a choice, shown so that it can be made, and nothing is saved without it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.models.user import User
from tests.page import Page
from tests.panel.forms.meanwhile import at, now


@pytest.mark.parametrize(("take", "name"), [("theirs", "Theirs"), ("yours", "Mine")])
def test_the_same_field_is_a_choice(
    take: str, name: str, *, app: Flask, as_editor: Any, ann: User, both_open: Any
) -> None:
    form = both_open(ann, name="Theirs")

    page = Page(as_editor.post(at(ann), data={**form, "name": "Mine"}))

    assert page.status == 409
    assert page.texts("legend") == ["Name: theirs or yours?"]
    assert page.texts("dd", within="main")[:2] == ["Ann", "Theirs"]
    assert page.values()["name"] == "Mine"
    assert [one for one in page.all("input", type="radio") if "checked" in one.attributes] == []

    saved = as_editor.post(at(ann), data={**page.values(), "_take.name": take})

    assert (saved.status_code, now(app, ann).name) == (303, name)


def test_what_is_chosen_can_be_edited_too(app: Flask, as_editor: Any, ann: User, both_open: Any) -> None:
    page = Page(as_editor.post(at(ann), data={**both_open(ann, name="Theirs"), "name": "Mine"}))

    as_editor.post(at(ann), data={**page.values(), "_take.name": "yours", "name": "Theirs and mine"})

    assert now(app, ann).name == "Theirs and mine"


@pytest.mark.parametrize("take", [{}, {"_take.name": ""}, {"_take.name": "both"}])
def test_without_a_choice_nothing_is_saved(
    take: dict[str, str], app: Flask, as_editor: Any, ann: User, both_open: Any
) -> None:
    page = Page(as_editor.post(at(ann), data={**both_open(ann, name="Theirs"), "name": "Mine"}))

    again = Page(as_editor.post(at(ann), data={**page.values(), **take}))

    assert (again.status, again.summary) == (409, ["Choose which Name to keep."])
    assert (again.values()["name"], now(app, ann).name) == ("Mine", "Theirs")


def test_a_third_change_meanwhile_is_asked_about_again(
    app: Flask, as_editor: Any, as_emil: Any, ann: User, both_open: Any
) -> None:
    page = Page(as_editor.post(at(ann), data={**both_open(ann, name="Theirs"), "name": "Mine"}))
    as_emil.post(at(ann), data={**Page(as_emil.get(at(ann))).values(), "name": "Third"})

    again = Page(as_editor.post(at(ann), data={**page.values(), "_take.name": "yours"}))

    assert (again.status, again.texts("h2")[0]) == (409, "This user was changed while you chose")
    assert (again.texts("dd", within="main")[:2], again.values()["name"]) == (["Ann", "Third"], "Mine")
    assert now(app, ann).name == "Third"

    as_editor.post(at(ann), data={**again.values(), "_take.name": "yours"})

    assert now(app, ann).name == "Mine"


def test_a_choice_that_does_not_fit_is_refused_and_kept(app: Flask, as_editor: Any, ann: User, both_open: Any) -> None:
    form = both_open(ann, name="Theirs", email="theirs@example.com")
    page = Page(as_editor.post(at(ann), data={**form, "name": "Mine", "email": "mine@example.com"}))
    chosen = {"_take.name": "theirs", "_take.email": "yours", "email": "no address"}

    refused = Page(as_editor.post(at(ann), data={**page.values(), **chosen}))

    assert (refused.status, refused.error_of("email")) == (422, "Email must look like name@example.com.")
    assert (refused.values()["name"], refused.values()["email"]) == ("Mine", "no address")
    checked = [one.attributes["value"] for one in refused.all("input", type="radio") if "checked" in one.attributes]
    assert checked == ["theirs", "yours"]

    saved = as_editor.post(at(ann), data={**refused.values(), "email": "mine@example.com", "_take.name": "theirs",
                                          "_take.email": "yours"})  # fmt: skip

    assert (saved.status_code, now(app, ann).name, now(app, ann).email) == (303, "Theirs", "mine@example.com")


def test_what_cannot_be_read_is_a_choice_and_stays_as_typed(
    as_editor: Any, both_open: Any, make_user: Any, make_post: Any
) -> None:
    post, other = make_post(content="Words"), make_user()
    form = both_open(post, user=str(other.id))

    page = Page(as_editor.post(at(post), data={**form, "user": "nobody at all"}))

    assert (page.status, page.values()["user"]) == (409, "nobody at all")


def test_a_relation_is_told_by_its_name(
    app: Flask, as_editor: Any, both_open: Any, make_user: Any, make_post: Any
) -> None:
    was, theirs, mine = (make_user(name=name) for name in ("Was", "<i>Theirs</i>", "Mine"))
    post = make_post(content="Words", user=was)
    form = both_open(post, user=str(theirs.id))

    page = Page(as_editor.post(at(post), data={**form, "user": str(mine.id)}))

    assert page.texts("dd", within="main")[:2] == ["Was", "<i>Theirs</i>"]
    as_editor.post(at(post), data={**page.values(), "_take.user": "theirs"})
    assert now(app, post).user_id == theirs.id


def test_a_relation_that_was_deleted_since_is_told_by_its_id(
    as_editor: Any, both_open: Any, make_user: Any, make_post: Any
) -> None:
    was, theirs, mine = make_user(), make_user(name="Theirs"), make_user()
    post = make_post(user=was)
    form = both_open(post, user=str(theirs.id))
    as_editor.post_form(at(was, "delete"))

    page = Page(as_editor.post(at(post), data={**form, "user": str(mine.id)}))

    assert page.texts("dd", within="main")[:2] == [f"ID {was.id} (deleted)", "Theirs"]


@pytest.mark.parametrize("stored", ["a\r\nb", "a\nb", "a\rb"])
def test_line_ends_alone_are_no_change_of_anybodys(
    stored: str, *, app: Flask, as_editor: Any, both_open: Any, make_user: Any, make_post: Any
) -> None:
    post, user = make_post(content=stored), make_user()
    form = both_open(post, content="theirs\r\nentirely")

    saved = as_editor.post(at(post), data={**form, "user": str(user.id)})

    assert saved.status_code == 303
    assert (now(app, post).content, now(app, post).user_id) == ("theirs\nentirely", user.id)


def test_hostile_text_is_shown_as_text(as_editor: Any, both_open: Any, make_post: Any) -> None:
    was, theirs, mine = (f"</textarea><script>{one}</script>" for one in ("was", "theirs", "mine"))
    post = make_post(content=was)
    form = both_open(post, content=theirs)

    response = as_editor.post(at(post), data={**form, "content": mine})

    page = Page(response)
    assert [one.text for one in page.all("div", class_="long-text")][:2] == [was, theirs]
    assert page.values()["content"] == mine
    assert "<script>was" not in response.text


def test_long_texts_are_compared_word_by_word(as_editor: Any, both_open: Any, make_post: Any) -> None:
    rest = "and what grows on it, year after year, in the sun and in the shade."
    post = make_post(content=f"The wall of 1820 {rest}")
    form = both_open(post, content=f"The wall of <b>1830</b> {rest}")

    page = Page(as_editor.post(at(post), data={**form, "content": f"The fence of 1820 {rest}"}))

    assert page.texts("dt", within="main")[:2] == ["What they changed", "What you changed"]
    gone, came = ([one.text.split(": ")[1] for one in page.all(tag)] for tag in ("del", "ins"))
    assert "wall" in gone
    assert "fence" in came
    assert any("1830" in words for words in came)
    assert page.texts("summary", within="main")[:2] == ["Their value in full", "Previous value in full"]
    assert page.all("b", within="main") == []


# ---- one text, in different places


def test_changes_in_different_lines_of_a_text_are_kept_together_unless_somebody_says_otherwise(
    app: Flask, as_editor: Any, both_open: Any, make_post: Any
) -> None:
    post = make_post(content="one\ntwo\nthree")
    form = both_open(post, content="ONE\ntwo\nthree")

    page = Page(as_editor.post(at(post), data={**form, "content": "one\ntwo\nthree\nfour"}))

    assert page.texts("legend") == ["Content: theirs or yours, or both?"]
    radios = {one.attributes["value"]: "checked" in one.attributes for one in page.all("input", type="radio")}
    assert radios == {"both": True, "theirs": False, "yours": False}
    assert [one.raw for one in page.all("div", class_="long-text")][-1:] == ["ONE\ntwo\nthree\nfour"]
    assert page.values()["content"] == "one\r\ntwo\r\nthree\r\nfour"

    # What is typed can still be changed, and is put together anew.
    saved = as_editor.post(at(post), data={**page.values(), "content": "one\ntwo\nthree\n4"})

    assert (saved.status_code, now(app, post).content) == (303, "ONE\ntwo\nthree\n4")


def test_one_of_two_texts_can_be_kept_where_both_could(
    app: Flask, as_editor: Any, both_open: Any, make_post: Any
) -> None:
    post = make_post(content="one\ntwo\nthree")
    form = both_open(post, content="ONE\ntwo\nthree")
    page = Page(as_editor.post(at(post), data={**form, "content": "one\ntwo\n3"}))

    as_editor.post(at(post), data={**page.values(), "_take.content": "yours"})

    assert now(app, post).content == "one\ntwo\n3"
