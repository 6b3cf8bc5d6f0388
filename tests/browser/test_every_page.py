"""Every page in every state: no barrier that axe-core knows, no sideways scroll at 320 px, nothing too small to hit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.pages.auth import set_up_url
from tests.browser.conftest import OpenAs
from tests.browser.steps import arrived, choose, open_filters, save, sideways
from tests.many import many

HEIGHT = 800

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


@dataclass
class Visit:
    """What a state needs: a page, and the records that stand in the tables."""

    page: Page
    user: int = 0
    post: int = 0


def _go(url: str) -> Callable[[Visit], Any]:
    return lambda visit: visit.page.goto(url.format(user=visit.user, post=visit.post))


def _sheet_open(visit: Visit) -> None:
    visit.page.goto("/admin/post/")
    open_filters(visit.page)


def _picker_open(visit: Visit) -> None:
    visit.page.goto("/admin/post/new/")
    visit.page.get_by_role("combobox", name="User (optional)").focus()
    expect(visit.page.locator(".ts-dropdown .option").first).to_be_visible()


def _saved(visit: Visit) -> None:
    visit.page.goto(f"/admin/post/edit/?id={visit.post}&url=/admin/post/?sort=id")
    visit.page.get_by_label("Content").fill("Saved")
    save(visit.page)
    expect(visit.page.locator("tr[data-marked]")).to_be_visible()


def _form_errors(visit: Visit) -> None:
    visit.page.goto(f"/admin/user/edit/?id={visit.user}")
    visit.page.get_by_label("Name").fill("")
    visit.page.get_by_label("Email").fill("nothing like it")
    save(visit.page, "Save user")
    expect(visit.page.locator(".problem")).to_be_visible()


def _delete_errors(visit: Visit) -> None:
    visit.page.goto(f"/admin/user/delete/?id={visit.user}")
    visit.page.get_by_label("Give the posts to another user").check()
    visit.page.get_by_role("button", name="Delete user").click()
    expect(visit.page.locator(".problem")).to_be_visible()


def _account_errors(visit: Visit) -> None:
    visit.page.goto("/admin/account/")
    visit.page.get_by_role("button", name="Change password").click()
    expect(visit.page.locator(".problem")).to_be_visible()


def _view_open(visit: Visit) -> None:
    _save_view(visit)
    expect(visit.page.locator(".view-bar")).to_be_visible()


def _view_changed(visit: Visit) -> None:
    _save_view(visit)
    visit.page.goto(f"{visit.page.url}&sort=id&q=post")
    expect(visit.page.locator(".view-bar")).to_contain_text("changed")


def _views(visit: Visit) -> None:
    _save_view(visit)
    visit.page.goto("/admin/post/views/")


def _save_view(visit: Visit) -> None:
    visit.page.goto("/admin/post/views/new/?sort=id")
    visit.page.get_by_label("Name").fill("A view with a long name that does not fit anywhere, really")
    visit.page.get_by_label("Open Posts with this view").check()
    visit.page.get_by_role("button", name="Save view").click()
    visit.page.wait_for_url("**view=1**")


def _view_errors(visit: Visit) -> None:
    visit.page.goto("/admin/post/views/new/?sort=id")
    visit.page.get_by_role("button", name="Save view").click()
    expect(visit.page.locator(".problem")).to_be_visible()


def _compact(visit: Visit) -> None:
    visit.page.goto("/admin/post/columns/")
    visit.page.get_by_role("radio", name="Compact").check()
    for box in visit.page.get_by_role("checkbox").all():
        box.check() if box.is_enabled() else None
    visit.page.get_by_role("button", name="Save columns").click()
    expect(visit.page.locator(".listing--compact")).to_be_visible()


def _view_deletion(visit: Visit) -> None:
    _save_view(visit)
    visit.page.goto("/admin/post/views/delete/?id=1")


def _change_twice(visit: Visit) -> None:
    for words in ("the quick brown fox", "the slow brown fox <b>"):
        visit.page.goto(f"/admin/post/edit/?id={visit.post}")
        visit.page.get_by_label("Content").fill(words)
        save(visit.page)
        expect(visit.page.locator(".banner")).to_be_visible()


def _history(visit: Visit) -> None:
    _change_twice(visit)
    visit.page.goto(f"/admin/post/history/?id={visit.post}")
    expect(visit.page.locator("ins").first).to_be_visible()


def _activity(visit: Visit) -> None:
    _change_twice(visit)
    visit.page.goto("/admin/activity/?resource=post&from=yesterday")
    expect(visit.page.locator(".event").first).to_be_visible()


def _act(visit: Visit) -> None:
    _activity(visit)
    visit.page.locator(".event__what").first.click()
    expect(visit.page.locator("del").first).to_be_visible()


def _undo_asks(visit: Visit) -> None:
    _activity(visit)
    visit.page.locator(".undo button").last.click()
    expect(visit.page.get_by_label("Undo it all the same")).to_be_visible()


def _export_errors(visit: Visit) -> None:
    visit.page.goto("/admin/post/export/")
    for box in visit.page.locator("[name=column]").all():
        box.uncheck()
    visit.page.get_by_role("button", name="Export").click()
    expect(visit.page.locator(".problem")).to_be_visible()


def _jobs(visit: Visit) -> None:
    visit.page.goto("/admin/post/export/")
    visit.page.get_by_label("Excel (XLSX)").check()
    visit.page.get_by_role("button", name="Export").click()
    expect(visit.page.locator(".job").first).to_be_visible()


def _menu_open(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 375, "height": HEIGHT})
    visit.page.goto("/admin/user/")
    visit.page.get_by_text("Menu", exact=True).click()


# By what stands in the tables, then by name.
EMPTY = {
    "home": _go("/admin/"),
    "activity": _go("/admin/activity/"),
    "jobs": _go("/admin/jobs/"),
    "list": _go("/admin/post/"),
    "new": _go("/admin/post/new/"),
}
ONE = {"list": _go("/admin/user/"), "record": _go("/admin/user/edit/?id={user}")}
MANY = {
    "home": _go("/admin/"),
    "users": _go("/admin/user/"),
    "posts": _go("/admin/post/?page=2"),
    "filtered": _go("/admin/post/?q=post&user__is={user}&content__not_contains=nothing&sort=-user"),
    "no-match": _go("/admin/post/?q=nothing+like+it"),
    "filter-sheet": _sheet_open,
    "bad-filter": _go("/admin/post/?created_at__from=yesterday&content__contains=post"),
    "just-saved": _saved,
    "new-user": _go("/admin/user/new/"),
    "picker": _picker_open,
    "edit-user": _go("/admin/user/edit/?id={user}"),
    "edit-post": _go("/admin/post/edit/?id={post}"),
    "edit-errors": _form_errors,
    "details": _go("/admin/post/details/?id={post}"),
    "delete-user": _go("/admin/user/delete/?id={user}"),
    "delete-errors": _delete_errors,
    "history": _history,
    "activity": _activity,
    "act": _act,
    "undo-asks": _undo_asks,
    "export": _go("/admin/post/export/"),
    "export-errors": _export_errors,
    "jobs": _jobs,
    "staff": _go("/admin/staff/"),
    "new-staff": _go("/admin/staff/new/"),
    "role": _go("/admin/role/edit/?id=2"),
    "account": _account_errors,
    "columns": _go("/admin/post/columns/"),
    "compact": _compact,
    "view": _view_open,
    "view-changed": _view_changed,
    "views": _views,
    "view-errors": _view_errors,
    "view-deletion": _view_deletion,
    "menu": _menu_open,
    "400": _go("/admin/post/?sort=nothing"),
    "404": _go("/admin/post/edit/?id=999"),
}
STATES = [(count, name) for count, states in (("none", EMPTY), ("one", ONE), ("many", MANY)) for name in states]
GO = {"none": EMPTY, "one": ONE, "many": MANY}


WIDE, NARROW = 1280, 375


def check(page: Page, axe: Callable[[Page], list[str]], *, is_full: bool = True) -> dict[str, Any]:
    """Return what is wrong with a page, by how it is looked at.

    Dark differs in colours alone, and they are the same at every width. Full pages are looked at where they are wide,
    and the few that are empty where they are narrow: axe takes a second for each.
    """
    found: dict[str, Any] = {}
    arrived(page)
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found[f"too small at {width}"] = page.evaluate(TOO_SMALL)
        for scheme in ("light", "dark") if width == WIDE else ("light",):
            if is_full == (width == WIDE):
                page.emulate_media(color_scheme=scheme)
                found[f"{scheme} at {width}"] = axe(page)
    page.set_viewport_size({"width": 320, "height": HEIGHT})
    found["sideways at 320"] = sideways(page)
    return {look: problems for look, problems in found.items() if problems}


@pytest.mark.parametrize(("count", "name"), STATES, ids=[f"{count}-{name}" for count, name in STATES])
def test_a_page_is_for_everybody(
    app: Flask, owner_page: Page, axe: Callable[[Page], list[str]], count: str, name: str
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
    page: Page, owner: Staff, axe: Callable[[Page], list[str]], name: str
) -> None:
    assert owner
    page.goto("/nothing-here" if name == "404" else "/sign-in")
    if name == "sign-in-errors":
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator(".problem")).to_be_visible()
    assert check(page, axe) == {}


def test_the_set_up_page_is_for_everybody(app: Flask, page: Page, axe: Callable[[Page], list[str]]) -> None:
    with app.test_request_context():
        path = set_up_url().partition("localhost")[2]
    page.goto(path)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".problem")).to_be_visible()
    assert check(page, axe) == {}


def test_a_refusal_is_for_everybody(viewer_page: Page, axe: Callable[[Page], list[str]]) -> None:
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
        "Start", "Users", "Posts", "Staff", "New user", "New post", "Ann Lee - Users", "Words - Posts",
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
