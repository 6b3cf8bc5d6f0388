"""Text that would like to be more than text: shown as it is, in every place, and the page keeps its shape."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.browser.steps import BOTH, arrived, chips, first_cells, save, sideways
from tests.many import many

TEXTS = {
    "script": "<script>window.hacked = 1</script>",
    "attribute": "\"><img src=x onerror='window.hacked = 1'>",
    "quote": "' onfocus=window.hacked=1 autofocus x='",
    "template": "{{ 7 * 7 }}${7*7}<%= 7 * 7 %>",
    "link": "javascript:window.hacked=1",
    "closing": "</textarea></title></table><svg onload=window.hacked=1>",
    "rtl": "user\u202egnp.exe",
    "hebrew": "שלום עולם",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0302\u0303",
    "long": "w" * 200,
}


@pytest.fixture
def records(app: Flask) -> tuple[list[int], list[int]]:
    """Make a user and a post of each text; a name is as long as it may be."""
    users = many(app, User, [{"name": text[:80], "email": f"{key}@example.com"} for key, text in TEXTS.items()])
    posts = many(
        app, Post, [{"content": text, "user_id": user} for text, user in zip(TEXTS.values(), users, strict=True)]
    )
    return users, posts


def expect_harmless(page: Page) -> None:
    """Expect that nothing ran, nothing became an element, and the page has its width."""
    assert arrived(page).evaluate("window.hacked") is None
    assert (
        page.locator(
            "main :is(img, svg:not(.icon, [class^=chart__]), script), [onerror], [onfocus], [onload], a[href^='javascript']"
        ).count()
        == 0
    )
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 800})
        assert sideways(page) == 0


@BOTH
def test_lists_show_it_as_it_is_in_rows_of_one_height(editor_page: Page, records: tuple[list[int], list[int]]) -> None:
    assert records
    page = editor_page
    names = [text[:80] for text in TEXTS.values()]
    # Of HTML a list of posts shows the words, or all of it where it has none; the form shows all of it.
    shown = {"attribute": '">', "long": f"{'w' * 119}…"}
    contents = list({**TEXTS, **shown}.values())
    for path, expected in (("/admin/user/?sort=id", names), ("/admin/post/?sort=id", contents)):
        page.goto(path)
        assert [text.strip() for text in first_cells(page).all_text_contents()] == expected
        expect_harmless(page)
        page.set_viewport_size({"width": 1280, "height": 800})
        boxes = [row.bounding_box() for row in page.locator("#listing tbody tr").all()]
        assert {round(box["height"]) for box in boxes if box} == {36}
    page.goto("/admin/")
    expect_harmless(page)


@pytest.mark.parametrize(("half", "javascript"), [(0, True), (1, False)], ids=["0-scripts", "1-no-scripts"])
def test_a_records_pages_show_it_as_it_is(
    app: Flask, editor_page: Page, records: tuple[list[int], list[int]], half: int, *, javascript: bool
) -> None:
    # A page for several texts: a browser of its own for each would take longer than the test.
    for user, post, text in list(zip(*records, TEXTS.values(), strict=True))[half::2]:
        look_at(app, editor_page, user, post, text, javascript=javascript)


def look_at(app: Flask, page: Page, user: int, post: int, text: str, *, javascript: bool) -> None:
    """Go through the pages of a user and a post that have this text."""
    name = text[:80]
    page.goto(f"/admin/user/edit/?id={user}")
    expect(page).to_have_title(f"{name} - Users - Admin")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_label("Name")).to_have_value(name)
    expect_harmless(page)

    page.goto(f"/admin/user/delete/?id={user}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Delete user “{name}”?")
    expect_harmless(page)

    page.goto(f"/admin/post/details/?id={post}")
    assert page.locator(".long-text").text_content() == text
    expect_harmless(page)

    # Saved unchanged it stays the same; the notice and the marked row show it.
    page.goto(f"/admin/post/edit/?id={post}")
    expect(page.get_by_label("Content")).to_have_value(text)
    if javascript:
        expect(page.locator(".ts-control .item")).to_have_text(name)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("was saved.")
    expect_harmless(page)
    with app.app_context():
        assert db.session.get_one(Post, post).content == text

    # In the address, the search box and a chip.
    page.goto(f"/admin/user/?q={quote(text)}&name__contains={quote(text)}")
    expect(page.locator("#listing-search")).to_have_value(text)
    expect(chips(page)).to_have_text([f"Name contains “{text}”"])
    expect_harmless(page)


def test_the_picker_shows_it_as_it_is(editor_page: Page, records: tuple[list[int], list[int]]) -> None:
    assert records
    page = editor_page
    page.goto("/admin/post/new/")
    picker = page.get_by_role("combobox", name="User (optional)")
    picker.focus()
    offered = page.locator(".ts-dropdown .option > span")
    expect(offered).to_have_count(len(TEXTS))
    assert sorted(offered.all_text_contents()) == sorted(text[:80] for text in TEXTS.values())
    expect_harmless(page)
    for key in ("script", "attribute", "long"):
        picker.press_sequentially(f"{key}@")
        expect(offered).to_have_text([TEXTS[key][:80]])
        picker.press("Enter")
        expect(page.locator(".ts-control .item")).to_have_text(TEXTS[key][:80])
        expect_harmless(page)


@BOTH
def test_an_overridden_direction_ends_with_the_name(editor_page: Page, records: tuple[list[int], list[int]]) -> None:
    user = records[0][list(TEXTS).index("rtl")]
    page = editor_page
    page.goto(f"/admin/user/delete/?id={user}")
    # The quote and the question mark that follow the name stand right of it.
    heading = page.get_by_role("heading", level=1)
    places = heading.evaluate("""(heading) => {
        const box = (node) => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect(); };
        return { name: box(heading.querySelector("bdi")).right, rest: box(heading.lastChild).left };
    }""")
    assert places["rest"] >= places["name"] - 1
