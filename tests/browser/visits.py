"""Every state of every page, and how a person gets there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.steps import open_filters, open_menu, save

HEIGHT = 800


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


def _keys_open(visit: Visit) -> None:
    visit.page.goto("/admin/user/")
    visit.page.keyboard.press("?")
    expect(
        visit.page.get_by_role("dialog", name="Keyboard shortcuts").get_by_role("link", name="Users")
    ).to_be_visible()


def _menus_open(visit: Visit) -> None:
    """All of them at once: what is looked at is what stands in them."""
    visit.page.goto("/admin/post/?q=o&created_at__within=this-year")
    visit.page.locator("#main details.dropdown").evaluate_all("menus => menus.forEach((menu) => { menu.open = true; })")
    expect(visit.page.get_by_role("button", name="Save columns")).to_be_visible()


def _row_menu_open(visit: Visit) -> None:
    visit.page.goto("/admin/post/")
    visit.page.locator("[data-row-menu] summary").first.click()
    expect(visit.page.get_by_text("Open in new tab")).to_be_visible()


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
    expect(visit.page.locator("h1")).not_to_have_text("Posts")


def _view_changed(visit: Visit) -> None:
    _save_view(visit)
    visit.page.goto(f"{visit.page.url}&sort=id&q=post")
    expect(visit.page.get_by_text("View changed")).to_be_visible()


def _views(visit: Visit) -> None:
    _save_view(visit)
    visit.page.goto("/admin/post/views/")


def _save_view(visit: Visit) -> None:
    visit.page.goto("/admin/post/views/new/?sort=id")
    visit.page.get_by_label("Name").fill("A view with a long name that does not fit anywhere, really")
    visit.page.get_by_label("Make this my default for Posts").check()
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
    expect(visit.page.locator(".event__what").first).to_be_visible()


def _act(visit: Visit) -> None:
    _activity(visit)
    visit.page.locator(".event__what").first.click()
    expect(visit.page.locator("del").first).to_be_visible()


def _undo_asks(visit: Visit) -> None:
    _activity(visit)
    visit.page.locator(".undo button").last.click()
    expect(visit.page.get_by_label("Undo it anyway")).to_be_visible()


def _export_errors(visit: Visit) -> None:
    visit.page.goto("/admin/post/export/")
    for box in visit.page.locator("[name=column]").all():
        box.uncheck()
    visit.page.get_by_role("button", name="Export").click()
    expect(visit.page.locator(".problem")).to_be_visible()


def _jobs(visit: Visit) -> None:
    visit.page.goto("/admin/post/export/")
    visit.page.get_by_label("Excel", exact=True).check()
    visit.page.get_by_role("button", name="Export").click()
    expect(visit.page.locator(".job").first).to_be_visible()


def _long_texts(visit: Visit, *texts: str) -> None:
    for text in texts:
        visit.page.goto(f"/admin/post/edit/?id={visit.post}")
        visit.page.get_by_label("Content").fill(text)
        save(visit.page)
        expect(visit.page.locator(".banner")).to_be_visible()


LONG = "\n".join(f"Line {number} of a long text" for number in range(120))


def _long_history(visit: Visit) -> None:
    _long_texts(visit, LONG, LONG.replace("long", "longer"))
    visit.page.goto(f"/admin/post/history/?id={visit.post}")
    expect(visit.page.locator(".changes__long").first).to_be_visible()


def _long_act(visit: Visit) -> None:
    _long_history(visit)
    visit.page.get_by_role("link", name="Details").first.click()
    expect(visit.page.locator(".changes__long").first).to_be_visible()


def _long_conflict(visit: Visit) -> None:
    _long_texts(visit, LONG)
    visit.page.goto(f"/admin/post/edit/?id={visit.post}")
    other = visit.page.context.new_page()
    _long_texts(Visit(other, visit.user, visit.post), LONG.replace("Line", "Theirs"))
    other.close()
    visit.page.get_by_label("Content").fill(LONG.replace("Line", "Mine"))
    visit.page.get_by_role("button", name="Save post").click()
    expect(visit.page.locator(".conflict")).to_be_visible()
    for closed in visit.page.locator(".conflict summary").all():
        closed.click()


def _edit_page(visit: Visit) -> None:
    visit.page.goto("/admin/post/?columns=content,user,created_at,id")
    open_menu(visit.page, "More").get_by_role("link", name="Edit this page").click()
    expect(visit.page.locator(".grid textarea").first).to_be_visible()


def _edit_page_refused(visit: Visit) -> None:
    """Someone changed a row, another one is wrong."""
    visit.page.goto("/admin/user/edit-page/?sort=id")
    other = visit.page.context.new_page()
    other.goto(f"/admin/user/edit/?id={visit.user}")
    other.get_by_label("Name").fill("Theirs")
    save(other, "Save user")
    other.close()
    names = visit.page.locator(".grid input[id$='-name']")
    names.nth(0).fill("Mine")
    names.nth(1).fill("")
    save(visit.page, "Save")
    expect(visit.page.locator(".conflict")).to_be_visible()
    expect(visit.page.locator(".grid .error")).to_be_visible()


def _cell_open(visit: Visit) -> None:
    visit.page.goto("/admin/user/")
    visit.page.locator("[data-cell=email]").first.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".cell-form input[type=email]")).to_be_focused()


def _long_details(visit: Visit) -> None:
    _long_texts(visit, LONG)
    visit.page.goto(f"/admin/post/details/?id={visit.post}")
    expect(visit.page.locator(".long-text--scrolls")).to_be_visible()


def _menu_open(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 375, "height": HEIGHT})
    visit.page.goto("/admin/user/")
    visit.page.get_by_text("Menu", exact=True).click()


def _write_note(visit: Visit, text: str) -> None:
    visit.page.goto(f"/admin/post/notes/?id={visit.post}")
    visit.page.get_by_label("New note").fill(text)
    visit.page.get_by_role("button", name="Add note").click()


def _notes(visit: Visit) -> None:
    for text in ("Long words: " + "x" * 80, "See https://example.com/a/long/way/to/a/page/that/does/not/fit/anywhere"):
        _write_note(visit, text)
        expect(visit.page.locator(".banner")).to_be_visible()


def _notes_asked(visit: Visit) -> None:
    _notes(visit)
    _write_note(visit, "@nobody and @media")
    expect(visit.page.locator(".problem")).to_be_visible()


def _inbox(visit: Visit) -> None:
    """A view and a record are watched, and the view has a new row."""
    _save_view(visit)
    open_menu(visit.page, "Views").get_by_role("button", name="Watch").click()
    expect(visit.page.locator(".banner")).to_be_visible()
    visit.page.goto(f"/admin/post/details/?id={visit.post}")
    visit.page.get_by_role("button", name="Watch").click()
    expect(visit.page.locator(".banner")).to_be_visible()
    visit.page.goto("/admin/post/new/")
    visit.page.get_by_label("Content").fill("New")
    save(visit.page)
    expect(visit.page.locator(".banner")).to_be_visible()
    visit.page.goto("/admin/inbox/")
    expect(visit.page.locator(".event")).to_be_visible()


def _role_unfolded(visit: Visit) -> None:
    visit.page.goto("/admin/role/edit/?id=2")
    for summary in visit.page.get_by_role("group", name="Permissions").locator("summary").all():
        summary.click()


def _seen_as(visit: Visit) -> None:
    visit.page.goto("/admin/staff/new/")
    visit.page.get_by_label("Name").fill("Vera")
    visit.page.get_by_label("Email").fill("vera@example.com")
    visit.page.get_by_role("checkbox", name="Editor").check()
    save(visit.page, "Save colleague")
    visit.page.goto("/admin/staff/see-as/?id=2")
    visit.page.get_by_role("button", name="See as Vera").click()
    expect(visit.page.locator(".seen-as")).to_be_visible()
    visit.page.goto(f"/admin/post/edit/?id={visit.post}")
    visit.page.goto("/admin/post/")
    add = visit.page.get_by_role("link", name="Add post")
    expect(add).to_be_disabled()
    expect(add).to_have_attribute("title", "You see what Vera sees. You cannot change anything.")


def _home_arranged(visit: Visit) -> None:
    """With a card of one's own, and everybody's changes."""
    visit.page.goto("/admin/post/summary/?by=user")
    visit.page.get_by_role("button", name="Pin to home").click()
    visit.page.goto("/admin/?arrange=1&changes=all")
    expect(visit.page.get_by_role("button", name="Unpin")).to_be_visible()


# By what stands in the tables, then by name.
EMPTY = {
    "home": _go("/admin/"),
    "activity": _go("/admin/activity/"),
    "jobs": _go("/admin/jobs/"),
    "inbox": _go("/admin/inbox/"),
    "search": _go("/admin/search/"),
    "list": _go("/admin/post/"),
    "new": _go("/admin/post/new/"),
}
ONE = {"list": _go("/admin/user/"), "record": _go("/admin/user/edit/?id={user}")}
MANY = {
    "home": _go("/admin/"),
    "help": _go("/admin/help/part/filters/"),
    "keys": _keys_open,
    "users": _go("/admin/user/"),
    "posts": _go("/admin/post/?page=2"),
    "filtered": _go(
        "/admin/post/?q=post&user__is={user}&content__not_contains=nothing&sort=-user&then=created_at&filter=content__not_contains"
    ),
    "no-match": _go("/admin/post/?q=nothing+like+it"),
    "filter-sheet": _sheet_open,
    "bad-filter": _go("/admin/post/?created_at__from=yesterday&content__contains=post"),
    "just-saved": _saved,
    "new-user": _go("/admin/user/new/"),
    "picker": _picker_open,
    "edit-user": _go("/admin/user/edit/?id={user}"),
    "edit-post": _go("/admin/post/edit/?id={post}"),
    "edit-errors": _form_errors,
    "edit-page": _edit_page,
    "edit-page-refused": _edit_page_refused,
    "cell": _cell_open,
    "details": _go("/admin/post/details/?id={post}"),
    "delete-user": _go("/admin/user/delete/?id={user}"),
    "delete-errors": _delete_errors,
    "history": _history,
    "long-history": _long_history,
    "long-act": _long_act,
    "long-conflict": _long_conflict,
    "long-details": _long_details,
    "activity": _activity,
    "act": _act,
    "undo-asks": _undo_asks,
    "export": _go("/admin/post/export/"),
    "export-errors": _export_errors,
    "jobs": _jobs,
    "notes": _notes,
    "notes-asked": _notes_asked,
    "inbox": _inbox,
    "search": _go("/admin/search/?q=user"),
    "summary": _go("/admin/post/summary/?q=post"),
    "summary-user": _go("/admin/post/summary/?by=user"),
    "home-arranged": _home_arranged,
    "staff": _go("/admin/staff/"),
    "new-staff": _go("/admin/staff/new/"),
    "role": _role_unfolded,
    "seen-as": _seen_as,
    "access": _go("/admin/staff/access/?id=1"),
    "person": _go("/admin/staff/details/?id=1"),
    "permissions": _go("/admin/staff/permissions/?id=1&resource=post&action=edit"),
    "permissions-errors": _go("/admin/staff/permissions/?id=1&resource=&action=&record=x"),
    "two-factor": _go("/admin/account/two-factor/"),
    "account": _account_errors,
    "columns": _go("/admin/post/columns/"),
    "menus": _menus_open,
    "row-menu": _row_menu_open,
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
