"""The start page: the resources a person may see, each with its newest records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.page import Page
from tests.stores import both_stores

URL = "/admin/"


def sections(client: Any) -> dict[str, dict[str, str]]:
    """Return each section's title with the links in it."""
    page = Page(client.get(URL))
    return {
        card.all("h2")[0].text: {link.text: link.attributes["href"] for link in card.all("a")}
        for card in page.all("section", class_="card")
    }


def menu(client: Any) -> list[str]:
    return [link.text for link in Page(client.get(URL)).all("nav")[0].all("a")]


def test_a_stranger_is_asked_to_sign_in(as_nobody: Any) -> None:
    response = as_nobody.get(URL)

    assert (response.status_code, response.location) == (302, "/sign-in?next=%2Fadmin%2F")


def test_everybody_sees_users_and_posts_and_owners_see_staff(as_viewer: Any, as_editor: Any, as_owner: Any) -> None:
    seen = [list(sections(client)) for client in (as_viewer, as_editor, as_owner)]

    assert seen == [["Users", "Posts"], ["Users", "Posts"], ["Users", "Posts", "Staff", "Roles"]]


def test_the_menu_says_the_same(as_viewer: Any, as_editor: Any, as_owner: Any) -> None:
    seen = [menu(client) for client in (as_viewer, as_editor, as_owner)]

    three, pages = ["Home", "Users", "Posts"], ["Activity", "Jobs"]
    assert seen == [[*three, *pages], [*three, *pages], [*three, *pages, "Staff", "Roles"]]


def test_a_viewer_is_led_to_pages_to_read(as_viewer: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")

    links = sections(as_viewer)["Users"]

    assert links == {"Users": "/admin/user/", "Ann": f"/admin/user/details/?id={ann.id}"}


def test_an_editor_is_led_to_forms(as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")

    links = sections(as_editor)["Users"]

    assert links == {
        "Users": "/admin/user/",
        "Add user": "/admin/user/new/",
        "Ann": f"/admin/user/edit/?id={ann.id}",
    }


@both_stores
def test_the_newest_five_are_shown_newest_first(as_viewer: Any, make_user: Any) -> None:
    for number in range(7):
        make_user(name=f"User {number}")

    links = list(sections(as_viewer)["Users"])

    assert links == ["Users", "User 6", "User 5", "User 4", "User 3", "User 2"]


@both_stores
def test_what_was_added_last_is_so_by_the_time_shown(as_viewer: Any, make_user: Any) -> None:
    now = datetime.now(UTC)
    for days, name in ((1, "Yesterday"), (0, "Today"), (2000, "Long ago, taken over from elsewhere")):
        make_user(name=name, created_at=now - timedelta(days=days))

    links = list(sections(as_viewer)["Users"])

    assert links == ["Users", "Today", "Yesterday", "Long ago, taken over from elsewhere"]


def test_without_records_it_says_so(as_viewer: Any) -> None:
    page = Page(as_viewer.get(URL))

    assert page.texts("p", class_="faint") == ["No users yet", "No posts yet"]


def test_names_are_text(as_owner: Any, make_user: Any, make_post: Any) -> None:
    make_user(name="<script>alert(1)</script>")
    make_post(content='"><img src=x onerror=alert(1)>')

    page = Page(as_owner.get(URL))

    assert page.all("img") == []
    assert [one for one in page.all("script") if not one.attributes.get("src")] == []
    assert page.has_link("<script>alert(1)</script>")


@both_stores
def test_the_number_of_statements_does_not_grow_with_the_records(
    as_owner: Any, make_user: Any, make_post: Any, statements: Callable[[], Any]
) -> None:
    counts = {}
    for wanted in (1, 3):
        while len(sections(as_owner)["Users"]) < wanted + 2:
            make_post(user=make_user())
        with statements() as sent:
            as_owner.get(URL)
        counts[wanted] = len(sent)

    # Who asks, their views and jobs in the navigation, and the newest of users, posts, staff and roles.
    assert counts == {1: 7, 3: 7}
