"""A row of a search says why it is there: its words, or its user's name, with what was found marked, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page import Page
from tests.stores import both_stores


def marks(client: Any, address: str) -> list[tuple[str, list[str]]]:
    """Return each cell of the list that has hits, with its words and its hits."""
    cells = [cell for row in Page(client.get(address)).all("tr") for tag in ("th", "td") for cell in row.all(tag)]
    return [(cell.text, [one.text for one in cell.all("mark")]) for cell in cells if cell.all("mark")]


def test_a_long_text_shows_the_words_around_its_first_hit(as_viewer: Any, make_post: Any) -> None:
    make_post(content=f"<p>{'before ' * 40}<b>Bike</b> and another bike {'after ' * 40}</p>")

    ((words, hits),) = marks(as_viewer, "/admin/post/?q=bike")

    assert words.startswith("…before before Bike and another bike after")
    assert hits == ["Bike", "bike"]


@both_stores
def test_where_only_the_user_has_it_the_user_is_marked(as_viewer: Any, make_post: Any, make_user: Any) -> None:
    make_post(content="Something else", user=make_user(name="Ann \u03a3igma", email="ann@example.com"))

    by_name = marks(as_viewer, "/admin/post/?q=\u03c3igma")
    by_email = marks(as_viewer, "/admin/post/?q=ANN%40example")
    in_its_column = marks(as_viewer, "/admin/post/?q=ANN%40example&columns=content,user.email")

    assert by_name == [("Ann \u03a3igma", ["\u03a3igma"])]
    # The name gives way to what was found; it is there where somebody points.
    assert by_email == in_its_column == [("ann@example.com", ["ann@example"])]


def test_nothing_is_marked_without_a_search_or_in_a_column_that_is_not_searched(
    as_viewer: Any, make_post: Any, make_user: Any
) -> None:
    post = make_post(content="2026", user=make_user(name="2026 years"))

    assert marks(as_viewer, "/admin/post/?content__contains=2026") == []
    assert marks(as_viewer, f"/admin/post/?q=2026&columns=content,created_at,id&id__in={post.id}") == [
        ("2026", ["2026"])
    ]


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "<mark>", "</mark>&lt;b&gt;", '"><img src=x onerror=alert(1)>']
)
def test_hostile_text_stays_text_between_marks(hostile: str, as_viewer: Any, make_post: Any, make_user: Any) -> None:
    make_post(content=f"bike {hostile}", user=make_user(name=f"bike {hostile}"[:80]))

    response = as_viewer.get("/admin/post/", query_string={"q": "bike"})
    searched = Page(
        as_viewer.get("/admin/post/", query_string={"q": f'"{hostile}"' if '"' not in hostile else hostile})
    )

    page = Page(response)
    assert [one.text for one in page.all("mark")] == ["bike", "bike"]
    assert [one for one in page.all("script") if not one.attributes.get("src")] == page.all("img") == []
    assert [hit.text for hit in searched.all("mark", within="listing")][:1] in (
        [hostile],
        [hostile.split(maxsplit=1)[0]],
    )
