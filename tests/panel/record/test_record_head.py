"""What a record's pages begin with and have at their side: the way back, a line about the record, its tabs, its last changes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.page import Element, Page
from tests.pages.test_activity import edit, press_undo

pytestmark = pytest.mark.covers


def page_of(client: Any, model: str, key: int, view: str = "edit", url: str = "") -> Page:
    return Page(client.get(f"/admin/{model}/{view}/?{urlencode({'id': key, **({'url': url} if url else {})})}"))


def tabs(page: Page) -> list[tuple[str, str]]:
    return [(one.text, one.attributes.get("aria-current", "")) for one in _nav(page, "tabs").all("a")]


def _nav(page: Page, class_: str) -> Element:
    return page.all("nav", class_=class_)[0]


def about(page: Page) -> list[str]:
    """Return the parts of the line about the record, each time as "then"."""
    (line,) = page.all("p", class_="about")
    for time in line.all("time"):
        time.node.replace_with("then")
    return [one.text for one in line.all("span") if "data-copy-id" not in one.node.attributes]


def changes(page: Page) -> list[list[str]]:
    """Return who did what, and the button, of each of the last changes."""
    (section,) = page.all("section", class_="last-changes")
    return [[one.text for one in li.all() if one.tag in {"a", "button"}] for li in section.all("li")]


def test_the_way_back_leads_to_the_row_in_the_list_as_it_was(as_editor: Any, make_post: Any) -> None:
    post = make_post()
    back = "/admin/post/?q=post&sort=-id"

    ways = [
        _nav(page_of(as_editor, "post", post.id, view, back), "crumbs").all("a")[0].attributes["href"]
        for view in ("edit", "details", "history")
    ]

    assert ways == [f"{back}#listing-row-{post.id}"] * 3


def test_from_another_page_two_ways_lead_back(as_editor: Any, make_post: Any) -> None:
    post = make_post()

    page = page_of(as_editor, "post", post.id, url="/admin/user/edit/?id=7")

    assert [(one.text, one.attributes["href"]) for one in _nav(page, "crumbs").all("a")] == [
        ("Posts", f"/admin/post/#listing-row-{post.id}"),
        ("Back to where you were", "/admin/user/edit/?id=7"),
    ]


def test_a_line_says_what_the_record_belongs_to_and_who_changed_it_last(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user(name="Ann")
    post, lonely = make_post(user=ann), make_post()
    edit(as_editor, "post", post.id, content="Anew")

    lines = [about(page_of(as_editor, "post", one.id)) for one in (post, lonely)]

    assert lines == [
        [f"#{post.id} Link", "User: Ann", "Created then", "Changed by you then"],
        [f"#{lonely.id} Link", "No user", "Created then"],
    ]


def test_tabs_name_the_pages_that_the_person_may_open_and_how_much_is_there(
    as_editor: Any, as_viewer: Any, make_user: Any, make_post: Any
) -> None:
    user = make_user()
    make_post(user=user), make_post(user=user)

    form, history = page_of(as_editor, "user", user.id), page_of(as_editor, "user", user.id, "history")
    details = page_of(as_viewer, "user", user.id, "details")

    assert tabs(form) == [("Edit", "page"), ("Posts 2", ""), ("History 1", ""), ("Notes 0", "")]
    assert tabs(history) == [("Edit", ""), ("Posts 2", ""), ("History 1", "page"), ("Notes 0", "")]
    assert tabs(details) == [("Details", "page"), ("Posts 2", ""), ("History 1", ""), ("Notes 0", "")]
    assert (form.link("Posts 2"), form.all("div", id="posts")[0].tag) == ("#posts", "div")
    assert history.link("Posts 2") == f"/admin/user/edit/?url=/admin/user/&id={user.id}#posts"


def test_the_last_changes_are_taken_back_and_made_again_beside_the_form(as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    edit(as_editor, "user", user.id, name="Anna")
    changed = page_of(as_editor, "user", user.id)

    undone = Page(as_editor.get(press_undo(as_editor, changed).location))
    said = changes(undone)
    press_undo(as_editor, page_of(as_editor, "user", user.id, "details"))

    assert changes(changed) == [["You changed Name", "Undo you changed Name"], ["Someone created it"]]
    assert undone.title == "Ann - Users - Admin"
    assert said == [["You undid Name", "Redo you undid Name"], ["You changed Name"], ["Someone created it"]]
    assert changes(page_of(as_editor, "user", user.id))[:2] == [
        ["You redid Name", "Undo you redid Name"],
        ["You undid Name"],
    ]


def test_what_touched_others_too_is_taken_back_on_its_own_page(app: Flask, as_editor: Any, make_post: Any) -> None:
    keys = [make_post().id, make_post().id]
    with app.app_context():
        for key in keys:
            db.session.get_one(Post, key).content = "Anew"
        db.session.commit()

    assert changes(page_of(as_editor, "post", keys[0])) == [["Someone changed Content"], ["Someone created it"]]


def test_many_changes_are_counted_no_further_than_a_hundred(app: Flask, as_editor: Any, make_user: Any) -> None:
    user = make_user()
    with app.app_context():
        record = db.session.get_one(User, user.id)
        for number in range(101):
            record.name = f"Ann {number}"
            db.session.commit()

    page = page_of(as_editor, "user", user.id)

    assert tabs(page)[-2] == ("History more than 100", "")
    assert len(changes(page)) == 3
