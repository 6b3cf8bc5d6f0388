"""Search everything: what is meant exactly, then where a name leads, then each resource's own search, all by the person's rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import delete

from admin_app.extensions import db
from admin_app.models.opened_record import OpenedRecord
from admin_app.models.post import Post
from admin_app.models.saved_view import EVERYONE, MINE, SavedView
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.panel.everywhere import search
from admin_app.panel.record.peek import PASSING
from tests.client import Client
from tests.page import Page
from tests.stores import both_stores

pytestmark = pytest.mark.covers

Users, Posts = Callable[..., User], Callable[..., Post]
Groups = dict[str, list[tuple[str, str]]]


def page_of(client: Any, text: str) -> Page:
    return Page(client.get(f"/admin/search/?{urlencode({'q': text})}"))


def groups(page: Page) -> Groups:
    """Return what was found by group: the words of each link, and where it leads."""
    return {
        one.all("h2")[0].text: [(link.text, link.attributes["href"]) for li in one.all("li") for link in li.all("a")]
        for one in page.all("section", class_="found")
    }


def counts(page: Page) -> dict[str, str]:
    """Return what is said beside the groups' names."""
    heads = [one.all("div", class_="found__head")[0] for one in page.all("section", class_="found")]
    return {
        one.all("h2")[0].text: " ".join(part.text for part in one.all() if part.tag in {"span", "a"}) for one in heads
    }


def marks(page: Page) -> list[str]:
    return page.texts("mark", within="main")


@both_stores
@pytest.mark.parametrize("typed", ["3890", "#3890", " 3890 ", "# 3890"])
def test_number_names_the_records_that_have_it_first(
    typed: str, as_editor: Any, make_user: Users, make_post: Posts
) -> None:
    make_user(id=3890, name="Ann", email="ann@example.com")
    make_post(id=3890, content="How do I mend a fence?")
    make_post(id=1, content="Ticket #3890 says so")

    found = groups(page_of(as_editor, typed))

    assert list(found) == ["Exactly this", "Posts"]
    assert found["Exactly this"] == [
        ("Ann User 3890 · ann@example.com", "/admin/user/edit/?id=3890"),
        ("How do I mend a fence? Post 3890", "/admin/post/edit/?id=3890"),
    ]


@both_stores
def test_email_in_any_capitals_names_its_record_first(as_viewer: Any, make_user: Users) -> None:
    ann = make_user(name="Ann", email="ann@example.com")
    joann = make_user(name="Joann", email="joann@example.com")

    page = page_of(as_viewer, "ANN@example.com")

    assert groups(page) == {
        "Exactly this": [(f"Ann User {ann.id} · ann@example.com", f"/admin/user/details/?id={ann.id}")],
        "Users": [(f"Joann User {joann.id} · joann@example.com", f"/admin/user/details/?id={joann.id}")],
    }
    assert counts(page)["Users"] == "1 of 2 users Show all users"


@both_stores
def test_each_resource_shows_five_and_leads_to_the_others(as_viewer: Any, make_user: Users, make_post: Posts) -> None:
    for number in range(21):
        make_post(content=f"A fence, number {number}")
    make_user(name="Fence mender")

    page = page_of(as_viewer, "fence")

    assert counts(page) == {"Users": "1 user", "Posts": "5 of 21 posts Show all posts"}
    assert [words.partition(" Post")[0] for words, _ in groups(page)["Posts"]] == [
        f"A fence, number {number}" for number in (20, 19, 18, 17, 16)
    ]
    assert Page(as_viewer.get(page.link("Show all posts"))).result_line() == "1 to 20 of 21 posts"


@both_stores
def test_words_are_marked_in_their_surroundings(as_viewer: Any, make_user: Users, make_post: Posts) -> None:
    make_user(name="Straße der <b>Ann</b>", email="s@example.com")
    make_post(content=f"<p>{'So it begins. ' * 40}Then a garden STRASSE ends.</p>")

    page = page_of(as_viewer, "strasse")

    passage = page.texts("span", class_="found__passage")[0]
    assert marks(page) == ["Straße", "STRASSE"]
    assert passage.startswith("Content: …")
    assert passage.endswith("Then a garden STRASSE ends.")
    assert page.all("b") == []


def test_relations_words_are_the_reason_that_is_shown(as_viewer: Any, make_user: Users, make_post: Posts) -> None:
    make_post(content="Words", user=make_user(name="Zacharias", email="z@example.com"))

    page = page_of(as_viewer, "zacha")

    assert page.texts("span", class_="found__passage") == ["User's name: Zacharias"]


@both_stores
def test_places_are_found_by_the_beginning_of_their_words_and_by_rights(as_editor: Any, as_viewer: Any) -> None:
    found = [
        groups(page_of(client, text)) for client in (as_editor, as_viewer) for text in ("new post", "post", "act", "2")
    ]

    assert [[words for words, _ in one.get("Go to", [])] for one in found] == [
        ["Add post Form"],
        ["Posts List", "Add post Form", "Import posts Page", "Export posts Page"],
        ["Activity Page"],
        [],
        [],
        ["Posts List", "Export posts Page"],
        ["Activity Page"],
        [],
    ]


@pytest.mark.parametrize("typed", ["post 3890", "Posts #3890", "post/3890", "/post/3890/"])
def test_number_behind_a_lists_name_is_of_that_list(
    typed: str, as_editor: Any, make_user: Users, make_post: Posts
) -> None:
    make_user(id=3890)
    make_post(id=3890, content="How do I mend a fence?")

    assert groups(page_of(as_editor, typed))["Exactly this"] == [
        ("How do I mend a fence? Post 3890", "/admin/post/edit/?id=3890")
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("help", {"Help": "/admin/help/", "Keyboard shortcuts": "/admin/help/keys/"}),
        ("shortcuts", {"Keyboard shortcuts": "/admin/help/keys/"}),
        ("dark theme", {"Preferences": "/admin/account/#preferences-heading"}),
        ("sign out", {"Where you are signed in": "/admin/account/#sessions-heading"}),
        ("two-factor", {"Two-factor sign-in": "/admin/account/#factor-heading"}),
        ("export posts", {"Export posts": "/admin/post/export/"}),
        ("duplicates", {"Possible duplicates among users": "/admin/user/duplicates/"}),
        ("inbox", {"Inbox": "/admin/inbox/"}),
        ("jobs", {"Jobs": "/admin/jobs/"}),
    ],
)
def test_pages_of_the_dashboard_are_found(typed: str, expected: dict[str, str], as_editor: Any) -> None:
    found = groups(page_of(as_editor, typed))["Go to"]

    assert {words.removesuffix(" Page"): url for words, url in found} == expected


@both_stores
def test_views_are_found_by_who_sees_them(as_editor: Any, as_viewer: Any, editor: Staff, keep: Any) -> None:
    for name, audience, resource in (
        ("Zoo of mine", MINE, "post"),
        ("The zoo of all", EVERYONE, "post"),
        ("Zoo staff", EVERYONE, "staff"),
    ):
        keep(SavedView(staff_id=editor.id, resource=resource, name=name, audience=audience, arguments="q=zoo"))

    found = [groups(page_of(client, "zoo")).get("Go to") for client in (as_editor, as_viewer)]

    assert found == [
        [("The zoo of all View of posts", "/admin/post/?view=2"), ("Zoo of mine View of posts", "/admin/post/?view=1")],
        [("The zoo of all View of posts", "/admin/post/?view=2")],
    ]


@both_stores
def test_nothing_found_says_where_it_was_looked_for(as_viewer: Any) -> None:
    page = page_of(as_viewer, "<zebra>")

    assert page.texts("p", class_="found__none") == ["Nothing matches “<zebra>” in users and posts."]


# ---- rights


@both_stores
def test_rows_out_of_sight_are_neither_found_nor_counted(
    client_with: Callable[..., Client], make_user: Users, make_post: Posts
) -> None:
    client = client_with("post:list", "post:view", rows=["post:own"])
    me, other = make_user(name="Liam", email="liam@example.com"), make_user(name="Bob", email="bob@example.com")
    mine = make_post(content="A fence of mine", user=me)
    for number in range(9):
        make_post(content=f"A fence {number}", user=other)
    theirs = make_post(id=3890, content="Theirs", user=other)

    page, by_number = page_of(client, "fence"), page_of(client, str(theirs.id))

    assert counts(page) == {"Posts": "1 post"}
    assert groups(page) == {
        "Posts": [(f"A fence of mine Post {mine.id}", f"/admin/post/details/?id={mine.id}")],
    }
    assert groups(by_number) == {}


@both_stores
def test_hidden_fields_are_neither_searched_nor_shown(client_with: Callable[..., Client], make_user: Users) -> None:
    client = client_with("user:list", "user:view", fields=["user.email:hidden"])
    ann = make_user(name="Ann", email="secret@example.com")

    by_email, by_part, by_name = (page_of(client, text) for text in ("secret@example.com", "secret", "ann"))

    assert (groups(by_email), groups(by_part)) == ({}, {})
    assert groups(by_name) == {"Users": [(f"Ann User {ann.id}", f"/admin/user/details/?id={ann.id}")]}


def test_resources_without_the_right_to_list_are_not_searched(
    client_with: Callable[..., Client], make_user: Users, make_post: Posts
) -> None:
    client = client_with("post:list")
    make_user(id=3890, name="Fence", email="fence@example.com")
    post = make_post(content="A fence")

    found = [groups(page_of(client, text)) for text in ("fence", "3890", "fence@example.com", "users", "add")]

    # Who may list but not view is led to the list.
    assert found == [{"Posts": [(f"A fence Post {post.id}", f"/admin/post/?id__in={post.id}")]}, {}, {}, {}, {}]


def test_staff_and_roles_are_found_by_who_may_list_them(as_owner: Any, as_editor: Any, viewer: Staff) -> None:
    found = [groups(page_of(client, viewer.email)) for client in (as_owner, as_editor)]

    assert found[0]["Exactly this"] == [
        (f"Vera Colleague {viewer.id} · vera@example.com", f"/admin/staff/edit/?id={viewer.id}")
    ]
    assert found[1] == {}


def test_stranger_is_asked_to_sign_in(as_nobody: Any) -> None:
    answer = as_nobody.get("/admin/search/?q=ann")

    assert (answer.status_code, answer.location) == (302, "/sign-in?next=%2Fadmin%2Fsearch%2F%3Fq%3Dann")


# ---- nothing typed


@both_stores
def test_without_words_the_records_that_one_opened_last_are_there(
    as_editor: Any, as_owner: Any, make_user: Users, make_post: Posts
) -> None:
    ann, post = make_user(name="Ann"), make_post(content="Words")
    gone = make_post(content="Gone")
    for client, url, values in (
        (as_editor, f"/admin/user/edit/?id={ann.id}", {"name": "Ann Lee"}),
        (as_editor, f"/admin/post/edit/?id={gone.id}", {"content": "Going"}),
        (as_editor, f"/admin/post/edit/?id={post.id}", {"content": "Other words"}),
        (as_editor, f"/admin/user/edit/?id={ann.id}", {"name": "Ann Leigh"}),
    ):
        sent = {**Page(client.get(url)).values(), **values, "_save": "1"}
        assert client.post(url, data=sent).status_code == 303
    as_editor.post_form(f"/admin/post/delete/?id={gone.id}", {})

    mine, anothers = (groups(page_of(client, "")) for client in (as_editor, as_owner))

    assert {label: [url for _, url in links] for label, links in mine.items()} == {
        "Recently opened": [f"/admin/user/edit/?id={ann.id}", f"/admin/post/edit/?id={post.id}"]
    }
    assert anothers == {}


def test_record_beside_its_list_is_opened_unless_one_only_goes_past(as_editor: Any, make_user: Users) -> None:
    ann, bob = make_user(name="Ann"), make_user(name="Bob")

    as_editor.get(f"/admin/user/?peek={ann.id}")
    as_editor.get(f"/admin/user/?peek={bob.id}", headers={PASSING: "1"})

    assert groups(page_of(as_editor, "")) == {
        "Recently opened": [(f"Ann User {ann.id} · {ann.email}", f"/admin/user/edit/?id={ann.id}")]
    }


def test_records_that_were_changed_and_not_recently_opened_come_after_those(
    app: Flask, as_editor: Any, make_user: Users
) -> None:
    changed, opened = make_user(name="Ann"), make_user(name="Bob")
    url = f"/admin/user/edit/?id={changed.id}"
    as_editor.post(url, data={**Page(as_editor.get(url)).values(), "name": "Ann Lee", "_save": "1"})
    with app.app_context():
        # As if twenty others had been opened since.
        db.session.execute(delete(OpenedRecord))
        db.session.commit()
    as_editor.get(f"/admin/user/details/?id={opened.id}")

    found = groups(page_of(as_editor, ""))

    assert [(label, [words for words, _ in links]) for label, links in found.items()] == [
        ("Recently opened", [f"Bob User {opened.id} · {opened.email}"]),
        ("Recently changed by you", [f"Ann Lee User {changed.id} · {changed.email}"]),
    ]


@both_stores
def test_record_that_one_may_see_no_more_is_left_out(
    client_with: Callable[..., Client], make_user: Users, make_post: Posts, keep: Any
) -> None:
    client = client_with("post:list", "post:view", rows=["post:own"])
    me, other = make_user(email="liam@example.com"), make_user()
    kept, given = (make_post(content=content, user=me) for content in ("Kept", "Given away"))
    for post in (kept, given):
        client.get(f"/admin/post/details/?id={post.id}")

    given.user_id = other.id
    keep(given)

    assert groups(page_of(client, "")) == {
        "Recently opened": [(f"Kept Post {kept.id}", f"/admin/post/details/?id={kept.id}")]
    }


def test_what_another_person_opened_is_not_shown_to_who_sees_as_them(
    as_owner: Any, as_viewer: Any, viewer: Staff, make_user: Users
) -> None:
    seen, opened = make_user(), make_user()
    as_owner.get(f"/admin/user/edit/?id={seen.id}")
    as_viewer.get(f"/admin/user/details/?id={opened.id}")

    as_owner.post_form(f"/admin/staff/see-as/?id={viewer.id}")
    as_owner.get(f"/admin/user/details/?id={seen.id}")
    found = groups(page_of(as_owner, ""))
    as_owner.post_form("/admin/see-as/", {})

    assert (found, len(groups(page_of(as_viewer, ""))["Recently opened"])) == ({}, 1)


# ---- cost


@pytest.mark.no_cover
@both_stores
@pytest.mark.usefixtures("slow_posts")
def test_slow_resource_is_named_and_holds_nothing_up(
    app: Flask, as_viewer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The limit of one resource's search alone: all that stands around it may take longer, on a busy machine.
    monkeypatch.setattr(search, "LIMIT", app.config["TIME_LIMIT"])
    app.config["TIME_LIMIT"] = 10

    page = page_of(as_viewer, "zq")

    assert page.status == 200
    assert counts(page) == {"Posts": "Posts: search there"}
    assert page.link("Posts: search there") == "/admin/post/?q=zq"


@pytest.mark.no_cover
@both_stores
@pytest.mark.parametrize("text", ["fence", "3890", ""])
def test_statements_are_bounded_by_the_resources(
    text: str, as_owner: Any, make_user: Users, make_post: Posts, statements: Callable[[], Any]
) -> None:
    as_owner.get(f"/admin/search/?q={text}")
    sent = {}
    for wanted in (1, 4):
        while len(page_of(as_owner, "fence").all("li", within="main")) < 2 * wanted:
            make_post(content="A fence 3890", user=make_user(name="Fence 3890"))
        with statements() as found:
            as_owner.get(f"/admin/search/?q={text}")
        sent[wanted] = len(found)

    assert sent[1] == sent[4]
    # Who asks and what stands around the page; the views; of each of the four resources five at most.
    assert sent[4] <= 4 + 4 * 5


def test_part_for_the_palette_is_the_same_without_the_frame(as_viewer: Any, make_user: Users) -> None:
    make_user(name="Ann")

    whole, part = page_of(as_viewer, "ann"), Page(as_viewer.get("/admin/search/?q=ann&part=found"))

    assert groups(part) == groups(whole)
    assert (part.all("nav"), part.all("div")[0].attributes["data-words"]) == ([], "1 result.")


def test_address_without_its_last_slash_leads_to_the_page(as_viewer: Any) -> None:
    answer = as_viewer.get("/admin/search?q=ann")

    assert (answer.status_code, answer.location) == (308, "http://localhost/admin/search/?q=ann")


def test_search_that_is_too_long_says_so(as_viewer: Any, make_post: Posts) -> None:
    make_post(content="q " * 30)

    page = page_of(as_viewer, "q " * 21)

    assert page.texts("p", class_="page-head__result") == [
        "1 result. The search is too long: only its first 20 words are used."
    ]


def test_every_page_has_the_box(as_viewer: Any, as_nobody: Any) -> None:
    forms = [
        [one.attributes["action"] for search in Page(client.get(url)).all("search", class_="everywhere")
         for one in search.all("form")]
        for client, url in ((as_viewer, "/admin/"), (as_viewer, "/admin/post/"), (as_viewer, "/nothing"), (as_nobody, "/sign-in"))
    ]  # fmt: skip

    assert forms == [["/admin/search/"]] * 3 + [[]]


# ---- typed filters


@both_stores
def test_typed_filters_lead_to_the_list_that_knows_them_all(as_viewer: Any, make_user: Users, make_post: Posts) -> None:
    ann = make_user(name="Ann Lee")
    meant = make_post(content="A garden wall", user=ann)
    make_post(content="A garden gate", user=make_user())

    page = page_of(as_viewer, 'user:"Ann Lee" created:>=2026-01-01 garden')

    assert groups(page) == {
        "Go to": [
            (
                "Posts: user is “Ann Lee”, created at is on or after 2026-01-01, with “garden” List",
                f"/admin/post/?q=garden&user__is={ann.id}&created_at__from=2026-01-01",
            )
        ],
        "Posts": [(f"A garden wall Post {meant.id}", f"/admin/post/details/?id={meant.id}")],
    }


def test_filter_that_several_lists_know_leads_to_each_of_them(as_viewer: Any) -> None:
    assert [words for words, _ in groups(page_of(as_viewer, "created:today"))["Go to"]] == [
        "Users: created today List",
        "Posts: created today List",
    ]


def test_filter_whose_value_means_nothing_is_a_word_and_says_why(as_viewer: Any) -> None:
    page = page_of(as_viewer, "created:soon user:nobody")

    assert groups(page) == {}
    (words,) = page.texts("p", class_="found__none")
    assert words.partition("users and posts. ") == (
        "Nothing matches “created:soon user:nobody” in ",
        "users and posts. ",
        "Users: created soon? Enter a period, like today, last 7 days or this month.",
    )


def test_what_a_person_does_not_see_is_no_filter(client_with: Any, make_user: Users) -> None:
    make_user(name="Ann Lee", email="ann@example.com")

    found = groups(page_of(client_with("post:*"), "user:ann@example.com"))

    assert found == {}


# ---- commands


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (">add", ["Add user Form", "Add post Form"]),
        ("> import us", ["Import users Page"]),
        (
            ">",
            ["Add user Form", "Import users Page", "Export users Page", "Possible duplicates among users Page"],
        ),
        (">key", ["Preferences Page", "Keyboard shortcuts Page"]),
        (">garden", []),
    ],
)
def test_commands_alone_are_found_behind_the_sign(
    typed: str, expected: list[str], as_editor: Any, make_post: Posts
) -> None:
    make_post(content="add import garden")

    found = groups(page_of(as_editor, typed))

    assert [words for group in found.values() for words, _ in group][: len(expected) or None] == expected


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("cre", "created:"),
        ("bike Use", "user:"),
        ("em", "email:"),
        ("u", None),
        ("nothing", None),
        ("created:to", None),
        ("user ", "user:"),
        ("ha", "has:"),
    ],
)
def test_the_last_word_goes_on_as_a_filter(typed: str, completed: str | None, as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/search/", query_string={"q": typed, "part": "found"}))

    assert page.all("div")[0].attributes.get("data-completion") == completed
