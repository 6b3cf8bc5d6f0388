"""Every page in every state: no barrier that axe-core knows, no sideways scroll at 320 px, nothing too small to hit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.pages.auth import set_up_url
from tests.browser.conftest import OF_COLOURS, OpenAs
from tests.browser.steps import arrived, choose, save, sideways
from tests.browser.visits import GO, HEIGHT, STATES, Visit
from tests.many import many

# Links inside a sentence may be as small as its words (WCAG 2.5.8); a label counts as part of its box.
TOO_SMALL = """() => {
    const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const inText = (element) => element.matches("a") && getComputedStyle(element).display === "inline"
        && element.closest("p, li, dd") !== null;
    const parts = (element) => [element, ...(element.type === "radio" || element.type === "checkbox" ? element.labels : [])];
    const controls = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary");
    return [...controls].filter((element) => seen(element) && !inText(element) && !element.closest(".ts-control, .skip"))
        .map((element) => ({ element, boxes: parts(element).map((part) => part.getBoundingClientRect()) }))
        .filter(({ boxes }) => boxes.every((box) => box.width < 23.9 || box.height < 23.9))
        .map(({ element, boxes }) => `${element.outerHTML.slice(0, 120)} is ${boxes[0].width} x ${boxes[0].height}`);
}"""
WIDE, NARROW = 1280, 375


@pytest.fixture
def short_lists(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page of a list have five rows, which look like twenty: axe asks every element of each."""
    for model in (User, Post):
        view = app.extensions["resources"][model]
        monkeypatch.setattr(view, "list_schema", replace(view.list_schema, page_sizes=(5, 10), page_size=5))


def check(page: Page, axe: Callable[..., list[str]], *, is_full: bool = True) -> dict[str, Any]:
    """Return what is wrong with a page, by how it is looked at.

    Dark differs in colours alone, and they are the same at every width. Full pages are looked at where they are wide,
    and the few that are empty where they are narrow: axe takes a second for each, and a part of that for the colours.
    """
    found: dict[str, Any] = {}
    arrived(page)
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found[f"too small at {width}"] = page.evaluate(TOO_SMALL)
        for scheme in ("light", "dark") if width == WIDE else ("light",):
            if is_full == (width == WIDE):
                page.emulate_media(color_scheme=scheme)
                found[f"{scheme} at {width}"] = axe(page, OF_COLOURS if scheme == "dark" else ())
    page.set_viewport_size({"width": 320, "height": HEIGHT})
    found["sideways at 320"] = sideways(page)
    return {look: problems for look, problems in found.items() if problems}


@pytest.mark.usefixtures("by_jobs", "short_lists")
@pytest.mark.parametrize(("count", "name"), STATES, ids=[f"{count}-{name}" for count, name in STATES])
def test_a_page_is_for_everybody(
    app: Flask, owner_page: Page, axe: Callable[..., list[str]], count: str, name: str
) -> None:
    visit = Visit(owner_page)
    if count != "none":
        visit.user = many(app, User, [{"name": "Ann Lee", "email": "ann@example.com"}])[0]
        posts = 1 if count == "one" else 60
        users = [
            {"name": f"User {number}", "email": f"user.of.a.long.address.{number}@example.com"} for number in range(30)
        ]
        many(app, User, users if count == "many" else [{"name": "", "email": "b@example.com"}])
        visit.post = many(app, Post, [{"content": f"Post {number}: {'some words ' * 30}", "user_id": visit.user}
                                      for number in range(posts)])[0]  # fmt: skip
    GO[count][name](visit)
    assert check(owner_page, axe, is_full=count == "many") == {}


@pytest.mark.parametrize("name", ["sign-in", "sign-in-errors", "404"])
def test_a_page_for_strangers_is_for_everybody(
    page: Page, owner: Staff, axe: Callable[..., list[str]], name: str
) -> None:
    assert owner
    page.goto("/nothing-here" if name == "404" else "/sign-in")
    if name == "sign-in-errors":
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator(".problem")).to_be_visible()
    assert check(page, axe) == {}


def test_the_set_up_page_is_for_everybody(app: Flask, page: Page, axe: Callable[..., list[str]]) -> None:
    with app.test_request_context():
        path = set_up_url().partition("localhost")[2]
    page.goto(path)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".problem")).to_be_visible()
    assert check(page, axe) == {}


def test_a_refusal_is_for_everybody(viewer_page: Page, axe: Callable[..., list[str]]) -> None:
    viewer_page.goto("/admin/user/new/")
    expect(viewer_page.get_by_role("heading", level=1)).to_have_text("You may not do this")
    assert check(viewer_page, axe) == {}


def test_every_page_has_a_title_of_its_own(app: Flask, owner_page: Page) -> None:
    user = many(app, User, [{"name": "Ann Lee", "email": "ann@example.com"}])[0]
    post = many(app, Post, [{"content": "Words", "user_id": user}])[0]
    titles = []
    for path in ("", "user/", "post/", "staff/", "user/new/", "post/new/", f"user/edit/?id={user}",
                 f"post/edit/?id={post}", f"user/delete/?id={user}", "account/", "nothing"):  # fmt: skip
        owner_page.goto(f"/admin/{path}")
        titles.append(owner_page.title())
    assert titles == [f"{words} - Admin" for words in (
        "Home", "Users", "Posts", "Staff", "Add user", "Add post", "Ann Lee - Users", "Words - Posts",
        "Delete user “Ann Lee”?", "Account", "Page not found")]  # fmt: skip


def test_a_form_is_filled_at_320_px_with_a_picker(app: Flask, open_as: OpenAs, editor: Staff) -> None:
    many(app, User, [{"name": "A" * 80, "email": f"{'b' * 100}@example.com"}])
    page = open_as(editor, viewport={"width": 320, "height": 600})
    page.goto("/admin/post/new/")
    choose(page.get_by_role("combobox", name="User (optional)"), "bbb", "AAA", javascript=True)
    assert sideways(page) == 0
    save(page)
    expect(page.locator("tr[data-marked]")).to_be_visible()
    assert sideways(page) == 0
