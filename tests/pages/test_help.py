"""The guide in the product: every part, picture and link of it is there, and no text of it is markup but Markdown's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from admin_app.pages.guide import Guide
from admin_app.panel.layout.keys import KEYS, with_letters
from admin_app.panel.view_models import MenuItem
from tests.page import Page

ROOT = Path(__file__).resolve().parents[2]
USERS = (ROOT / "docs" / "users.md").read_text("utf-8")
URL = "/admin/help/"


@pytest.fixture
def store() -> str:
    """Stay on one store: the guide is in none."""
    return "sqlite"


def guide(text: str) -> Guide:
    return Guide(text, part_url=lambda name: f"/part/{name}/", image=lambda name: {"src": f"/image/{name}"})


def test_the_first_page_leads_to_every_part_of_the_guide(as_viewer: Any) -> None:
    page = Page(as_viewer.get(URL))

    titles = re.findall("^## (.+)$", USERS, re.MULTILINE)
    assert page.title == "Using the dashboard - Help - Admin"
    assert [one.text for one in page.all("nav", aria_label="Help")[0].all("a")] == [*titles, "All keys"]


def test_every_part_and_every_picture_is_there(as_viewer: Any) -> None:
    links = [one.attributes["href"] for one in Page(as_viewer.get(URL)).all("nav", aria_label="Help")[0].all("a")]

    pages = {link: Page(as_viewer.get(link)) for link in links}
    pictures = [one.attributes["src"] for page in pages.values() for one in page.all("img")]

    assert {link: page.status for link, page in pages.items()} == dict.fromkeys(links, 200)
    assert [as_viewer.get(picture).mimetype for picture in pictures] == ["image/png"] * USERS.count("](images/")


@pytest.mark.parametrize("address", ["part/nothing/", "image/users.md", "image/list-dark.png"])
def test_what_is_no_part_of_the_guide_is_not_found(address: str, as_viewer: Any) -> None:
    assert as_viewer.get(f"{URL}{address}").status_code == 404


def test_every_question_mark_leads_to_a_heading() -> None:
    named = {
        pair
        for file in (ROOT / "templates").rglob("*.html")
        for pair in re.findall(r'help_link\("[^"]+", "([\w-]+)"(?:, "([\w-]+)")?\)', file.read_text("utf-8"))
    }
    parts = {part.name: [name for name, _ in part.headings] for part in guide(USERS).parts}

    assert named
    assert {(part, anchor) for part, anchor in named if anchor not in ["", *parts.get(part, [])]} == set()


def test_only_keys_are_markup_of_the_texts_own() -> None:
    text = "# A\n\nPress <kbd>x</kbd>, not <b>y</b>.\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))"

    html = guide(text).beginning.html

    assert "<kbd>x</kbd>, not &lt;b&gt;y&lt;/b&gt;" in html
    assert "<script" not in html
    assert 'href="' not in html


def test_a_link_leads_to_the_part_that_has_the_heading_and_to_no_other_document() -> None:
    text = "# A\n\n[there](#the-third) and [elsewhere](operations.md#x)\n\n## Second\n\n### The third\n\nWords"

    read = guide(text)

    assert read.beginning.html == '<p><a href="/part/second/#the-third">there</a> and elsewhere</p>\n'
    assert read.parts[0].html == '<h2 id="the-third">The third</h2>\n<p>Words</p>\n'


def test_the_guide_has_the_table_of_keys() -> None:
    def drawn(pieces: list[tuple[str, bool]]) -> str:
        return "".join(f"<kbd>{text}</kbd>" if is_key else text for text, is_key in pieces)

    rows = [
        f"| {'' if place else group.place} | {drawn(key.pieces)} | {drawn(key.does_pieces)} |"
        for group in KEYS
        for place, key in enumerate(group.keys)
    ]

    assert "\n".join(["| where | key | does |", "|---|---|---|", *rows]) in USERS


def test_the_page_of_keys_has_the_letters_of_ones_own_navigation(as_owner: Any, as_viewer: Any) -> None:
    pages = [Page(client.get(f"{URL}keys/")) for client in (as_viewer, as_owner)]

    letters = [[one.text for one in page.all("table", class_="keys")[-1].all("th")] for page in pages]
    assert letters == [[f"g then {letter}" for letter in several] for several in ("hupaji", "hupajisr")]


def test_a_place_has_the_first_letter_of_its_name_that_is_free() -> None:
    labels = ("Home", "Users", "Hats", "Ufos", "Hu")

    assert [letter for _, letter in with_letters(MenuItem(one, "") for one in labels)] == ["h", "u", "a", "f", ""]
