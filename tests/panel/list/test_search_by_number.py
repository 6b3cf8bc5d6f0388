"""A search for an id: the record that has it is named above the list, and first in it and in a picker, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admin_app.models.post import Post
from admin_app.models.user import User
from tests.page import Page
from tests.stores import both_stores

pytestmark = both_stores

Users, Posts = Callable[..., User], Callable[..., Post]


def said(page: Page, listing: str = "listing") -> list[tuple[str, str]]:
    """Return the line above the list and where it leads."""
    lines = page.all("p", id=f"{listing}-numbered")
    return [(" ".join(line.text.split()), *(one.attributes["href"] for one in line.all("a"))) for line in lines]


@pytest.mark.parametrize("typed", ["3890", "#3890", " 3890 ", "\uff13\uff18\uff19\uff10", "003890"])
def test_number_names_its_record_above_the_hits(typed: str, as_editor: Any, make_post: Posts) -> None:
    make_post(id=3890, content="How do I mend a fence?")
    other = make_post(content=f"The answer is {typed.strip()}")

    page = Page(as_editor.get("/admin/post/", query_string={"q": typed}))

    ((words, address),) = said(page)
    assert words == "Post 3890 has this ID: How do I mend a fence?"
    assert Page(as_editor.get(address)).heading == "How do I mend a fence?"
    assert (page.ids(), page.result_line()) == ([3890, other.id], "1 post · 1 with this ID")
    assert page.texts("span", class_="outside") == ["Has this ID"]
    assert [one.attributes["value"] for one in page.all("input", name="tick")] == [str(other.id)]


def test_number_that_no_text_has_still_leads_to_its_record(as_viewer: Any, make_post: Posts) -> None:
    make_post(id=3890, content="How do I mend a fence?")

    page = Page(as_viewer.get("/admin/post/?q=3890"))

    assert [words for words, _ in said(page)] == ["Post 3890 has this ID: How do I mend a fence?"]
    assert (page.ids(), page.result_line(), page.texts(class_="empty__title")) == (
        [3890],
        "0 posts · 1 with this ID",
        [],
    )


def test_record_that_the_search_finds_too_has_one_row(as_viewer: Any, make_post: Posts) -> None:
    make_post(id=3890, content="Ticket 3890")

    page = Page(as_viewer.get("/admin/post/?q=3890"))

    assert (page.ids(), page.result_line(), len(said(page))) == ([3890], "1 post", 1)


@pytest.mark.parametrize(
    "typed", ["3891", "x3890", "38 90", "3890 fence", "##3890", "99999999999999999999", "-3890", ""]
)
def test_anything_else_names_none(typed: str, as_viewer: Any, make_post: Posts) -> None:
    make_post(id=3890)

    assert said(Page(as_viewer.get("/admin/post/", query_string={"q": typed}))) == []


def test_file_and_second_page_are_those_of_the_search(as_editor: Any, make_post: Posts) -> None:
    make_post(id=3890, content="How do I mend a fence?")
    for _ in range(21):
        make_post(content="3890 again")

    page = Page(as_editor.get("/admin/post/?q=3890"))
    second = Page(as_editor.get("/admin/post/?q=3890&page=2"))
    file = as_editor.get("/admin/post/export/csv/?q=3890").text

    assert (page.result_line(), len(said(page)), said(second)) == ("1 to 20 of 21 posts · 1 with this ID", 1, [])
    assert len(file.splitlines()) == 1 + 21
    assert "fence" not in file


def test_list_of_children_names_those_alone(as_editor: Any, make_user: Users, make_post: Posts) -> None:
    ann, bob = make_user(name="Ann"), make_user(name="Bob")
    make_post(id=3890, user=ann, content="How do I mend a fence?")
    make_post(user=bob)

    hers, his = (
        said(Page(as_editor.get(f"/admin/user/edit/?id={one.id}&posts.q=%233890")), "posts") for one in (ann, bob)
    )

    assert ([words for words, _ in hers], his) == (["Post 3890 has this ID: How do I mend a fence?"], [])


@pytest.mark.parametrize("typed", ["3890", "#3890"])
def test_picker_finds_the_number_first_and_once(typed: str, as_editor: Any, make_user: Users) -> None:
    make_user(name="Somebody 3890")
    make_user(id=3890, name="Ann", email="ann3890@example.com")

    answer = as_editor.get("/admin/post/lookup/", query_string={"name": "user", "query": typed}).json

    assert [one["text"] for one in answer["results"]] == (["Ann", "Somebody 3890"] if typed == "3890" else ["Ann"])


def test_number_with_its_sign_is_taken_in_a_form(as_editor: Any, make_user: Users) -> None:
    make_user(id=3890)
    sent = {**Page(as_editor.get("/admin/post/new/")).values(), "content": "Hello", "user": "#3890"}

    response = as_editor.post("/admin/post/new/", data=sent)

    assert response.status_code == 303


def test_number_costs_one_statement_more(as_viewer: Any, make_post: Posts, statements: Callable[[], Any]) -> None:
    make_post(id=3890)
    as_viewer.get("/admin/post/?q=3890")
    with statements() as by_number:
        as_viewer.get("/admin/post/?q=3890")
    with statements() as by_word:
        as_viewer.get("/admin/post/?q=x3890")

    assert len(by_number) == len(by_word) + 1
