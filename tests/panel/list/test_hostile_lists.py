"""Hostile text: escaped wherever it shows, and stored byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.many import many
from tests.page import Page
from tests.panel.grid.grids import opened, send

SCRIPT = "<script>alert(1)</script>"
HOSTILE = [
    SCRIPT,
    "</title></textarea></script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "{{ 7*7 }}{% raw %}${7*7}#{7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "]]><!--<svg/onload=alert(1)>",
    "javascript:alert(1)",
]
# What a page of ours may hold; anything else came out of a record.
OURS = {"onerror", "onload", "onfocus", "autofocus"}


def require_harmless(page: Page) -> None:
    """Require that no element and no attribute came from somebody's text."""
    scripts = [one for one in page.all("script") if not one.attributes.get("src", "").startswith("/static/")]
    assert scripts == []
    assert page.all("img") == page.all("iframe") == []
    drawn = [one for one in page.all("svg") if not one.attributes.get("class", "").startswith(("icon", "chart__"))]
    assert drawn == []
    assert [one.attributes for one in page.all() if OURS & set(one.attributes)] == []
    assert [one for one in page.all("a") if not one.attributes.get("href", "/").startswith(("/", "#"))] == []
    assert "49" not in page.title


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_only_text_on_every_page(
    hostile: str, as_owner: Any, make_user: Callable[..., User], make_post: Callable[..., Post]
) -> None:
    user = make_user(name=hostile[:80], email=f"{hostile[:60].replace(' ', '').replace('@', '')}@x.example")
    post = make_post(user=user, content=hostile)
    addresses = [
        "/admin/",
        "/admin/user/",
        "/admin/post/",
        *(f"/admin/user/{view}/?id={user.id}" for view in ("edit", "details", "delete")),
        *(f"/admin/post/{view}/?id={post.id}" for view in ("edit", "details", "delete")),
        f"/admin/post/?user__is={user.id}",
        f"/admin/post/new/?user={user.id}",
    ]

    pages = {address: Page(as_owner.get(address)) for address in addresses}

    for address, page in pages.items():
        assert page.status == 200, address
        require_harmless(page)
    name = " ".join(user.name.split())
    assert pages["/admin/user/"].rows()[0][:2] == [name, user.email]
    assert pages[f"/admin/user/edit/?id={user.id}"].values()["name"] == user.name
    assert pages[f"/admin/user/edit/?id={user.id}"].heading == name
    assert pages[f"/admin/post/edit/?id={post.id}"].values()["content"] == hostile
    assert pages[f"/admin/user/delete/?id={user.id}"].heading == f"Delete user “{name}”?"
    assert pages[f"/admin/post/?user__is={user.id}"].chips == [f"User is “{name}”"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_an_address_is_only_text(hostile: str, as_owner: Any) -> None:
    asked = [
        {"q": hostile},
        {"name__contains": hostile},
        {"created_at__on": hostile},
        {"add.name.op": "contains", "add.name": hostile},
        {hostile: "1"},
        {"sort": hostile},
        {"page": hostile, "per_page": hostile},
    ]

    pages = [Page(as_owner.get("/admin/user/", query_string=one, follow_redirects=True)) for one in asked]

    for page in pages:
        require_harmless(page)
    words = " ".join(hostile.split())
    assert [page.status for page in pages] == [200, 200, 200, 200, 400, 400, 200]
    assert pages[0].values("search")["q"] == hostile
    assert pages[1].chips == [f"Name contains “{words}”"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_a_refused_form_is_only_text(hostile: str, as_owner: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    make_user(name="Ann")

    pages = [
        Page(as_owner.post_form("/admin/user/new/", {"name": hostile * 20, "email": hostile})),
        Page(as_owner.post_form("/admin/post/new/", {"content": hostile, "user": hostile})),
        Page(as_owner.post_form(f"/admin/user/edit/?id={user.id}&url={hostile}", {"name": "", "email": hostile})),
    ]

    for page in pages:
        assert page.status == 422
        require_harmless(page)
    assert pages[0].values()["name"] == hostile * 20
    assert pages[1].values() == {**pages[1].values(), "content": hostile, "user": hostile.strip()}


def test_hostile_text_in_a_notice_is_only_text(as_owner: Any) -> None:
    saved = as_owner.post_form("/admin/user/new/", {"name": SCRIPT, "email": "a@b"}, follow_redirects=True)

    page = Page(saved)
    require_harmless(page)
    assert page.notice == f"Success User “{SCRIPT}” was created. View"


def test_lookup_is_data_that_no_browser_takes_for_a_page(as_owner: Any, make_user: Any) -> None:
    make_user(name=SCRIPT, email="<b>@x")

    answer = as_owner.get("/admin/post/lookup/?name=user")

    assert answer.json["results"][0] == {**answer.json["results"][0], "text": SCRIPT, "detail": "<b>@x"}
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# ---- byte for byte


@pytest.fixture(scope="session")
def naughty(shared_data: Path) -> list[str]:
    """Return the Big List of Naughty Strings."""
    lines: list[str] = json.loads((shared_data / "nasty/text/blns/blns.json").read_text("utf-8"))
    return lines


# On the store that refuses more: what it takes, the other takes as well. By the fields of a list's page, a hundred at once.
@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_every_naughty_string_comes_back_byte_for_byte(naughty: list[str], app: Flask, as_owner: Any) -> None:
    records = many(app, Post, [{"content": "-"}] * len(naughty))
    typed = dict(zip(records, naughty, strict=True))

    for start in range(0, len(records), 100):
        page = opened(as_owner, f"/admin/post/edit-page/?sort=id&per_page=100&page={start // 100 + 1}")
        saved = send(as_owner, page, **{f"{one}-content": typed[one] for one in records[start : start + 100]})
        assert saved.status_code == 303

    with app.app_context():
        stored = dict(db.session.execute(select(Post.id, Post.content)).all())
    assert stored == {key: kept(line) for key, line in typed.items()}


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_naughty_strings_come_back_from_a_form_byte_for_byte(
    naughty: list[str], app: Flask, as_owner: Any, make_post: Callable[..., Post]
) -> None:
    post = make_post()
    address = f"/admin/post/edit/?id={post.id}"
    form = Page(as_owner.get(address)).values()
    # What is sent is of no version: each line replaces the one before.
    del form["_version"]

    for line in naughty[::10]:
        saved = as_owner.post(address, data={**form, "content": line})
        assert saved.status_code == 303, line
        # Somebody reads the notice.
        as_owner.get("/admin/")
        with app.app_context():
            stored = db.session.scalars(select(Post.content)).one()
        assert stored == kept(line)


def kept(line: str) -> str:
    """Return a line as it is kept, whatever ends its lines."""
    return line.replace("\r\n", "\n").replace("\r", "\n")


def test_every_naughty_string_is_shown_as_it_is_and_only_as_text(naughty: list[str], app: Flask, as_owner: Any) -> None:
    with app.app_context():
        posts = [Post(content=line) for line in naughty]
        db.session.add_all(posts)
        db.session.commit()
        ids = [post.id for post in posts]

    for start in range(1, 99):
        page = Page(as_owner.get(f"/admin/post/?sort=id&per_page=100&page={start}"))
        assert page.status == 200
        require_harmless(page)
        if not page.has_link("Next"):
            break
    for key, line in list(zip(ids, naughty, strict=True))[::5]:
        page = Page(as_owner.get(f"/admin/post/edit/?id={key}"))
        require_harmless(page)
        assert page.values()["content"].replace("\r\n", "\n") == line.replace("\r\n", "\n").replace("\r", "\n")


def test_naughty_searches_and_filters_find_their_own_line(naughty: list[str], app: Flask, as_owner: Any) -> None:
    lines = [line for line in dict.fromkeys(naughty) if line.strip() == line and line and len(line) <= 200][::10]
    with app.app_context():
        posts = [Post(content=line) for line in lines]
        db.session.add_all(posts)
        db.session.commit()
        ids = [post.id for post in posts]

    for key, line in zip(ids, lines, strict=True):
        page = Page(as_owner.get("/admin/post/", query_string={"content__equals": line}))
        assert (page.status, page.ids()) == (200, [key]), line
        assert as_owner.get("/admin/post/", query_string={"q": line}).status_code == 200
