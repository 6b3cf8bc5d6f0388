"""The home page: what it counts for whom, what it says of changes and of unfinished work, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from admin_app.panel.cards import board, cache, summarised
from tests.page import Element, Page
from tests.stores import both_stores

URL = "/admin/"


def tiles(client: Any, url: str = URL) -> dict[str, Element]:
    """Return each card by its title."""
    page = Page(client.get(url))
    assert page.status == 200
    return {tile.all("h2")[0].text: tile for tile in page.all("section", class_="tile")}


def links(tile: Element) -> dict[str, str]:
    """Return a card's links, but for those of its bars."""
    return {one.text: one.attributes["href"] for one in tile.all("a") if not one.all("title")}


def number(tile: Element) -> str:
    return tile.all("p", class_="tile__number")[0].text


def menu(client: Any) -> list[str]:
    return [link.text for link in Page(client.get(URL)).all("nav")[0].all("a")]


def test_a_stranger_is_asked_to_sign_in(as_nobody: Any) -> None:
    response = as_nobody.get(URL)

    assert (response.status_code, response.location) == (302, "/sign-in?next=%2Fadmin%2F")


def test_everybody_sees_the_declared_cards_of_what_they_may_list(as_viewer: Any, client_with: Any) -> None:
    seen = [list(tiles(client)) for client in (as_viewer, client_with("user:list"))]

    users = ["Users per week", "Newest users"]
    posts = ["Posts per week", "Without a user", "Posts by user, last 12 weeks"]
    assert [sorted(one) for one in seen] == [sorted([*users, *posts, "Recently changed"]), sorted(users)]


def test_the_menu_says_the_same(as_viewer: Any, as_editor: Any, as_owner: Any) -> None:
    seen = [menu(client) for client in (as_viewer, as_editor, as_owner)]

    three, pages = ["Home", "Users", "Posts"], ["Activity", "Jobs", "Inbox"]
    assert seen == [[*three, *pages], [*three, *pages], [*three, *pages, "Staff", "Roles"]]


@both_stores
def test_numbers_are_those_of_the_lists_that_they_lead_to(as_viewer: Any, make_user: Any, make_post: Any) -> None:
    ann, now = make_user(name="Ann"), datetime.now(UTC)
    for user, weeks in ((ann, 0), (ann, 0), (None, 1), (None, 30)):
        make_post(user=user, created_at=now - timedelta(weeks=weeks))

    found = tiles(as_viewer)

    assert number(found["Without a user"]) == "2 posts"
    assert number(found["Posts per week"]) == "2 this week, 1 last week"
    assert [one.text for one in found["Posts by user, last 12 weeks"].all("li")] == ["Ann 2 posts"]
    last = found["Posts per week"].all("svg")[0].all("a")[-1].attributes["href"]
    assert links(found["Posts per week"])["2"] == last
    led = [links(found["Without a user"])["2"], last, links(found["Posts by user, last 12 weeks"])["Ann"]]
    assert [len(Page(as_viewer.get(url)).rows()) for url in led] == [2, 2, 2]


def test_a_viewer_is_led_to_pages_to_read_and_an_editor_to_forms(
    as_viewer: Any, as_editor: Any, make_user: Any
) -> None:
    ann = make_user(name="Ann")

    seen, edited = (links(tiles(client)["Newest users"]) for client in (as_viewer, as_editor))

    assert seen == {"Newest users": "/admin/user/", "Ann": f"/admin/user/details/?id={ann.id}"}
    assert edited == {
        "Newest users": "/admin/user/",
        "Add user": "/admin/user/new/",
        "Ann": f"/admin/user/edit/?id={ann.id}",
    }


@both_stores
def test_the_newest_five_are_so_by_the_time_shown(as_viewer: Any, make_user: Any) -> None:
    now = datetime.now(UTC)
    for days, name in ((1, "Yesterday"), (0, "Today"), (2000, "Long ago, taken over from elsewhere")):
        make_user(name=name, created_at=now - timedelta(days=days))
    for place in range(3):
        make_user(name=f"A week ago {place}", created_at=now - timedelta(days=7 + place))

    names = list(links(tiles(as_viewer)["Newest users"]))

    assert names == ["Newest users", "Today", "Yesterday", "A week ago 0", "A week ago 1", "A week ago 2"]


def test_without_records_it_says_so(as_viewer: Any) -> None:
    found = tiles(as_viewer)

    assert [found[name].all("p", class_="tile__note")[0].text for name in list(found)[3:]] == [
        "No users yet. Users write posts and cannot sign in here.",
        "No posts yet",
        "You have not changed anything yet.",
    ]


def test_names_are_text(as_owner: Any, make_user: Any, make_post: Any) -> None:
    make_post(content='"><img src=x onerror=alert(1)>', user=make_user(name="<script>alert(1)</script>"))

    page = Page(as_owner.get(URL))

    assert page.all("img") == []
    assert [one for one in page.all("script") if not one.attributes.get("src")] == []
    assert page.has_link("<script>alert(1)</script>")


# ---- rights


@pytest.mark.parametrize(
    ("rights", "cards"),
    [
        ({"fields": ["post.user:hidden"]}, {"Posts per week": "2 this week, 0 last week"}),
        ({"fields": ["post.created_at:hidden"]}, {"Without a user": "1 post"}),
        ({"rows": ["post:own"]}, {"Posts per week": "1 this week, 0 last week", "Without a user": "0 posts"}),
    ],
    ids=["hidden relation", "hidden time", "own rows"],
)
def test_no_card_counts_what_somebody_may_not_see(
    rights: dict[str, list[str]], cards: dict[str, str], client_with: Any, make_user: Any, make_post: Any
) -> None:
    make_post(user=make_user(email="liam@example.com", name="Liam"))
    make_post()
    client = client_with("post:*", "user:list", **rights)

    found = tiles(client)

    assert {name: number(found[name]) for name in ("Posts per week", "Without a user") if name in found} == cards


# ---- time


@both_stores
def test_without_time_to_count_each_card_says_roughly_how_many_there_are(
    as_viewer: Any, make_user: Any, make_post: Any, monkeypatch: Any
) -> None:
    ann, now = make_user(name="Ann"), datetime.now(UTC)
    for user, weeks in ((ann, 0), (None, 0), (ann, 0), (ann, 1), (None, 30)):
        make_post(user=user, created_at=now - timedelta(weeks=weeks))
    monkeypatch.setattr(board, "WHOLE_LIMIT", 0)
    # A machine with much other work is no defect.
    monkeypatch.setattr(board, "ROUGH_LIMIT", 60)
    monkeypatch.setattr(board, "ROUGH_WHOLE_LIMIT", 60)
    monkeypatch.setattr(summarised, "ROUGH_COUNT", 2)

    found = tiles(as_viewer)

    assert number(found["Without a user"]) == "2 posts"
    assert number(found["Posts per week"]) == "more than 2 this week, 1 last week"
    assert [one.text for one in found["Posts by user, last 12 weeks"].all("li")] == ["More than 2 posts"]
    led = [
        links(found["Without a user"])["2"],
        links(found["Posts per week"])["more than 2"],
        links(found["Posts by user, last 12 weeks"])["More than 2 posts"],
    ]
    assert [len(Page(as_viewer.get(url)).rows()) for url in led] == [2, 3, 4]


def test_without_any_time_left_every_card_says_so(as_viewer: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(board, "WHOLE_LIMIT", 0)
    monkeypatch.setattr(board, "ROUGH_WHOLE_LIMIT", 0)

    found = tiles(as_viewer)

    assert {name for name, tile in found.items() if "Counting took too long" in tile.text} == {
        *found.keys() - {"Recently changed"}
    }
    assert links(found["Without a user"]) == {"Without a user": "/admin/post/?user__empty=yes"}


def test_what_took_a_moment_is_kept_for_its_person_and_says_since_when(
    as_viewer: Any, as_editor: Any, make_post: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(cache, "KEPT_FROM", 0)
    monkeypatch.setattr(cache, "SECONDS", 1000)
    before = tiles(as_viewer)["Without a user"]
    make_post()

    again, other = tiles(as_viewer)["Without a user"], tiles(as_editor)["Without a user"]

    assert (number(before), before.all("p", class_="tile__foot")) == ("0 posts", [])
    assert (number(again), again.all("p", class_="tile__foot")[0].text[:6]) == ("0 posts", "As of ")
    assert number(other) == "1 post"


@both_stores
def test_the_number_of_statements_is_bounded_by_the_cards(
    as_owner: Any, make_user: Any, make_post: Any, statements: Callable[[], Any]
) -> None:
    counts = {}
    for wanted in (1, 3):
        while len(tiles(as_owner)["Newest users"].all("li")) < wanted:
            make_post(user=make_user())
        with statements() as sent:
            as_owner.get(URL)
        counts[wanted] = len(sent)

    # Who asks, their views, jobs and pins; five cards, of which one names users; the changes, and four sorts of
    # unfinished work. An owner's first steps: whether there are records and colleagues, and how they sign in.
    assert counts[1] == counts[3]
    assert counts[3] <= 4 + 6 + 1 + 4 + 6
