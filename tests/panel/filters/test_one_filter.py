"""One filter at a time: a field is chosen, its condition alone is asked for; a chip is changed where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page import Page


@pytest.fixture
def store() -> str:
    """Stay on one store: what filters mean is tried on both elsewhere."""
    return "sqlite"


@pytest.fixture
def posts(make_post: Any) -> list[int]:
    """Make three posts, the first two about gardens."""
    return [make_post(content=content).id for content in ("Garden one", "Garden two", "Kitchen")]


def test_a_field_opens_its_condition_alone_and_narrows_the_list(as_viewer: Any, posts: list[int]) -> None:
    fields = Page(as_viewer.get("/admin/post/?sort=id&page=1"))

    asking = Page(as_viewer.get(fields.link("Content", within="listing")))
    narrowed = as_viewer.get(
        "/admin/post/", query_string={**asking.values("one-filter"), "add.content": "garden"}, follow_redirects=True
    )

    assert asking.values("one-filter") == {"sort": "id", "add.content.op": "contains", "add.content": ""}
    assert (Page(narrowed).chips, Page(narrowed).ids()) == (["Content contains “garden”"], posts[:2])


def test_a_chip_is_changed_in_place_and_leaves_the_others(as_viewer: Any, posts: list[int]) -> None:
    page = Page(as_viewer.get("/admin/post/?content__contains=one&user__empty=yes&sort=id"))

    asking = Page(as_viewer.get(page.link("Content contains “one”")))
    form = asking.values("one-filter")
    changed = Page(as_viewer.get("/admin/post/", query_string={**form, "add.content": "garden"}, follow_redirects=True))

    assert form == {"user__empty": "yes", "sort": "id", "add.content.op": "contains", "add.content": "one"}
    assert (changed.chips, changed.ids()) == (["No user", "Content contains “garden”"], posts[:2])


def test_a_chip_that_is_open_can_be_removed_or_left(as_viewer: Any, posts: list[int]) -> None:
    page = Page(as_viewer.get("/admin/post/?content__contains=one&user__empty=yes&filter=content__contains"))

    assert page.ids() == posts[:1]
    assert page.link("Remove") == "/admin/post/?user__empty=yes"
    assert page.link("Cancel") == "/admin/post/?content__contains=one&user__empty=yes"


def test_a_group_is_changed_in_the_form_that_has_them_all(as_viewer: Any, posts: list[int]) -> None:
    where = "/admin/post/?where=content+contains+one+or+content+contains+two"
    page = Page(as_viewer.get(where))

    opened = Page(as_viewer.get(page.link("Content contains “one” or Content contains “two”")))

    assert page.ids() == opened.ids() == posts[1::-1]
    assert ("open" in page.all("details", class_="filters")[0].attributes) is False
    assert ("open" in opened.all("details", class_="filters")[0].attributes) is True


@pytest.mark.parametrize("asked", ["nothing", "content__is", "__", "\0", ""])
def test_a_field_that_is_none_opens_nothing(asked: str, as_viewer: Any, posts: list[int]) -> None:
    page = Page(as_viewer.get("/admin/post/", query_string={"filter": asked}))

    assert len(page.ids()) == len(posts)
    assert page.all("form", class_="one-filter") == []
