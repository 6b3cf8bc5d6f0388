"""Possible duplicates: a page of groups, each with the way to merge them, and on to the next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from admin_app.db.ordering import Likeness
from admin_app.domain.records import duplicates
from admin_app.errors import ConfigurationError
from admin_app.models.user import User
from admin_app.panel.merge.duplicates_page import declare_likenesses
from admin_app.resources.post import PostResource
from tests.client import Client
from tests.many import many
from tests.page import Page
from tests.stores import both_stores

URL = "/admin/user/duplicates/"


@pytest.fixture
def anns(make_user: Any) -> list[User]:
    """Make two users of one name, and of one mailbox."""
    emails = ("ann@example.com", "an.n+post@example.com")
    return [make_user(name=name, email=email) for name, email in zip(("Ann", "ANN"), emails, strict=True)]


@pytest.mark.usefixtures("anns")
def test_the_list_leads_there(as_viewer: Client, make_post: Any) -> None:
    make_post()

    link = Page(as_viewer.get("/admin/user/")).link("Possible duplicates")

    assert link == URL
    assert not Page(as_viewer.get("/admin/post/")).has_link("Possible duplicates")


@pytest.mark.parametrize(
    ("by", "meaning"),
    [
        ("email", "Users with the same email, ignoring capitals, dots and anything after a “+”"),
        ("name", "Users with the same name, ignoring capitals and accents"),
    ],
)
@both_stores
def test_each_group_is_shown_with_its_records(
    by: str, meaning: str, as_editor: Client, anns: list[User], make_user: Any
) -> None:
    make_user()

    page = Page(as_editor.get(f"{URL}?by={by}"))

    assert (page.heading, page.texts(class_="page-head__result")) == ("Possible duplicates", [meaning])
    assert page.texts("h2", within="main") == ["Ann"]
    assert [one.text for one in page.all("section", class_="tile")[0].all("a")] == [
        f"Ann, ID {anns[0].id}",
        f"ANN, ID {anns[1].id}",
        f"Merge ANN, ID {anns[1].id} into the first one",
    ]


def test_the_button_leads_to_the_merge_of_both_and_back(as_editor: Client, anns: list[User]) -> None:
    page = Page(as_editor.get(URL))

    merge = Page(as_editor.get(page.link(f"Merge ANN, ID {anns[1].id} into the first one")))
    done = as_editor.post(merge.form().attributes["action"], data=merge.values())

    assert merge.heading == "Merge user “ANN” into “Ann”"
    assert (done.status_code, done.location) == (303, URL)
    assert "No two users have the same email" in Page(as_editor.get(done.location)).root.text


def test_other_keys_are_a_link_away(as_editor: Client) -> None:
    page = Page(as_editor.get(URL))

    assert (page.link("By email"), page.link("By name")) == (f"{URL}?by=email", f"{URL}?by=name")
    assert [one.text for one in page.all("a", aria_current="page", within="main")] == ["By email"]


def test_so_many_are_looked_at_and_the_rest_is_a_link_away(
    as_editor: Client, make_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "MOST_LOOKED_AT", 4)
    for name in ("A", "B", "C", "D", "d"):
        make_user(name=name)

    first = Page(as_editor.get(f"{URL}?by=name"))
    second = Page(as_editor.get(first.link("Continue")))

    assert "No duplicates among these 4 users" in first.root.text
    assert first.link("Continue") == f"{URL}?by=name&from=d"
    assert (second.texts("h2", within="main"), second.has_link("Continue")) == (["D"], False)
    assert second.link("From the start") == f"{URL}?by=name"


def test_a_long_group_says_how_many_more(as_editor: Client, make_user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "MOST_LOOKED_AT", 6)
    for _ in range(7):
        make_user(name="Ann")

    page = Page(as_editor.get(f"{URL}?by=name"))

    card = page.all("section", class_="tile")[0]
    assert [one.text for one in card.all("p")] == ["6 users or more"]
    assert [one.text for one in card.all("li")][-1] == "and 1 more"
    assert page.link("Continue") == f"{URL}?by=name&after=ann"


@both_stores
def test_page_costs_the_same_for_one_group_and_many(
    app: Flask, as_editor: Client, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    rows = [{"name": f"Ann {number // 3}", "email": f"{number}@example.com"} for number in range(60)]
    many(app, User, rows[:2])
    as_editor.get(f"{URL}?by=name")

    with statements() as for_one:
        as_editor.get(f"{URL}?by=name")
    many(app, User, rows[2:])
    with statements() as for_many:
        response = as_editor.get(f"{URL}?by=name")

    assert len(Page(response).all("section", class_="tile")) == 20
    assert len(for_many) == len(for_one)


# ---- rights


def test_who_may_not_merge_sees_them_all_the_same(as_viewer: Client, anns: list[User]) -> None:
    page = Page(as_viewer.get(URL))

    assert page.link(f"Ann, ID {anns[0].id}").startswith(f"/admin/user/details/?url={URL}&id=")
    assert not any(one.text.startswith("Merge") for one in page.all("a", within="main"))


def test_a_hidden_field_is_no_key(client_with: Callable[..., Client], anns: list[User]) -> None:
    client = client_with("*:*", fields=["user.email:hidden"])

    page = Page(client.get(URL))

    assert anns[0].email not in page.root.text
    assert page.texts(class_="page-head__result") == ["Users with the same name, ignoring capitals and accents"]
    assert client.get(f"{URL}?by=email").status_code == 404


def test_where_every_key_is_hidden_there_is_no_page(client_with: Callable[..., Client]) -> None:
    client = client_with("*:*", fields=["user.email:hidden", "user.name:hidden"])

    assert client.get(URL).status_code == 404
    assert not Page(client.get("/admin/user/")).has_link("Possible duplicates")


def test_users_out_of_sight_are_no_duplicates(client_with: Callable[..., Client], make_user: Any) -> None:
    client = client_with("user:*", rows=["user:same_domain"])
    make_user(name="Ann", email="ann@example.com"), make_user(name="Ann", email="ann@example.org")

    assert Page(client.get(f"{URL}?by=name")).texts("h2", within="main") == []


def test_no_page_begins_at_the_key_of_a_user_out_of_sight(
    client_with: Callable[..., Client], make_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "MOST_LOOKED_AT", 2)
    client = client_with("user:*", rows=["user:same_domain"])
    for name, domain in (("Ann", "com"), ("Secret", "org"), ("Secreta", "org"), ("Tim", "com"), ("Uwe", "com")):
        make_user(name=name, email=f"{name.lower()}@example.{domain}")

    page = Page(client.get(f"{URL}?by=name"))

    assert page.link("Continue") == f"{URL}?by=name&from=tim"


# ---- what nobody was offered


@pytest.mark.parametrize("query", ["by=created_at", "by=", "by=posts", "by=%00"])
def test_an_unknown_key_is_404(query: str, as_editor: Client) -> None:
    assert as_editor.get(f"{URL}?{query}").status_code == 404


@pytest.mark.parametrize("name", ["post", "staff", "role"])
def test_a_resource_without_keys_has_no_page(name: str, as_owner: Client) -> None:
    assert as_owner.get(f"/admin/{name}/duplicates/").status_code == 404


@pytest.mark.parametrize("place", ["after=%00", "after=zzz", "from=%F0%9F%98%80", "after=" + "x" * 5000, "from=%ff"])
def test_a_place_that_is_none_is_no_failure(place: str, as_editor: Client, anns: list[User]) -> None:
    assert as_editor.get(f"{URL}?by=name&{place}").status_code == 200
    assert len(anns) == 2


def test_a_key_that_is_no_short_text_is_refused_at_the_start() -> None:
    class Wrong(PostResource):
        duplicate_keys = {"content": Likeness.NAME}

    with pytest.raises(ConfigurationError, match="duplicate key “content” needs a column of short text"):
        declare_likenesses(Wrong())
