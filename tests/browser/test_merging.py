"""Two users become one, by the keyboard alone, with JavaScript and without."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.browser.steps import BOTH, open_menu, sideways
from tests.many import many


def users(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(one.name, one.email) for one in db.session.scalars(select(User).order_by(User.id))]


@BOTH
def test_two_selected_users_are_merged_by_the_keyboard(app: Flask, editor_page: Page, ann: User, bob: User) -> None:
    many(app, Post, [{"content": "One", "user_id": bob.id}])
    page = editor_page
    page.goto("/admin/user/?sort=id")
    for name in ("Ann Lee", "Bob Ray"):
        page.get_by_role("checkbox", name=f"Select {name}").focus()
        page.keyboard.press("Space")
    merge = page.get_by_role("button", name="Merge", exact=True)
    expect(merge).to_be_visible()
    merge.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge user “Bob Ray” into “Ann Lee”")
    expect(page.get_by_text("1 post", exact=True)).to_be_visible()

    # Down from the survivor's email to the other one's.
    page.get_by_role("group", name="Email").get_by_role("radio", checked=True).focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Merge user “Bob Ray” into “Ann Lee”").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Undo User “Bob Ray” was merged into “Ann Lee”.")).to_be_visible()
    assert users(app) == [("Ann Lee", "bob@example.com")]
    page.goto(f"/admin/user/edit/?id={bob.id}")
    expect(page.get_by_text(f"User {bob.id} was merged into this user.")).to_be_visible()
    expect(page).to_have_url(f"/admin/user/edit/?url=/admin/user/&id={ann.id}")


@BOTH
def test_possible_duplicates_lead_to_the_merge(app: Flask, editor_page: Page, ann: User) -> None:
    many(app, User, [{"name": "ANN LEE", "email": f"twin-of-{ann.id}@example.com"}])
    page = editor_page
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto("/admin/user/")
    open_menu(page, "More").get_by_role("link", name="Possible duplicates").click()
    page.get_by_role("link", name="By name").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Ann Lee")
    assert sideways(page) == 0

    page.get_by_role("link", name="Merge ANN LEE").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge user “ANN LEE” into “Ann Lee”")
    assert sideways(page) == 0
    page.get_by_role("button", name="Merge user “ANN LEE”").click()

    expect(page.get_by_text("No duplicates", exact=True)).to_be_visible()
    assert users(app) == [("Ann Lee", "ann@example.com")]
