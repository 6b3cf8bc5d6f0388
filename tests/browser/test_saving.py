"""The ways to save a record: on to the next one of the list, and all of them in one row of a telephone."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from tests.browser.steps import BOTH, arrived, save
from tests.many import many


def test_a_list_is_gone_through_with_two_keys_a_record(app: Flask, editor_page: Page) -> None:
    many(app, Post, [{"content": f"Draft {number}"} for number in (1, 2, 3)])
    page = editor_page
    page.goto("/admin/post/?q=draft&sort=id")
    page.get_by_role("link", name="Draft 1", exact=True).click()

    for number in (1, 2, 3):
        expect(page).to_have_title(f"Draft {number} - Posts - Admin")
        page.get_by_label("Content").fill(f"Done {number}")
        page.keyboard.press("Control+Enter")

    # The last one has no next; and none of them is found by what it was any more.
    expect(page).to_have_url("/admin/post/?q=draft&sort=id")
    with app.app_context():
        assert db.session.scalars(select(Post.content).order_by(Post.id)).all() == ["Done 1", "Done 2", "Done 3"]


@BOTH
def test_the_foot_is_one_row_on_a_telephone_and_always_in_sight(app: Flask, editor_page: Page) -> None:
    first, _ = many(app, Post, [{"content": "Words\n" * 200}, {"content": "More"}])
    page = editor_page
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(f"/admin/post/edit/?id={first}&url=/admin/post/%3Fsort%3Did")
    foot = arrived(page).locator(".form-foot")

    buttons = [
        page.get_by_role("button", name="Save", exact=True),
        page.get_by_role("button", name="Save and next"),
        foot.get_by_role("link", name="Delete"),
    ]

    assert len({round(one.bounding_box()["y"]) for one in buttons if one.bounding_box()}) == 1  # type: ignore[index]
    expect(buttons[0]).to_be_in_viewport()
    save(page, "Save and continue")
    expect(page.get_by_role("alert")).to_contain_text("was saved")
