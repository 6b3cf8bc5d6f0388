"""How a person has the frame of every page: kept on the server, so that the first page is drawn as they like it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page import Page

URL = "/admin/account/look/"


def look(client: Any, address: str = "/admin/") -> tuple[str | None, bool]:
    """Return the theme that the page names, and whether its navigation is narrow."""
    page = Page(client.get(address))
    theme = page.all("html")[0].attributes.get("data-theme")
    return theme, "data-narrow" in page.all("body")[0].attributes


def test_nothing_is_named_until_somebody_chooses(as_viewer: Any) -> None:
    assert look(as_viewer) == (None, False)


def test_a_button_of_the_frame_keeps_its_own_part_and_leads_back(as_viewer: Any) -> None:
    first = as_viewer.post_form(URL, {"theme": "dark", "url": "/admin/post/?q=a"})
    as_viewer.post_form(URL, {"narrow": "1"})

    assert (first.status_code, first.location) == (303, "/admin/post/?q=a")
    assert look(as_viewer) == ("dark", True)


def test_the_systems_theme_is_named_no_more(as_viewer: Any) -> None:
    as_viewer.post_form(URL, {"theme": "light"})
    as_viewer.post_form(URL, {"theme": "system"})

    assert look(as_viewer) == (None, False)


@pytest.mark.parametrize("sent", [{"theme": "pink"}, {"narrow": "2"}, {}])
def test_what_no_button_says_changes_nothing(sent: dict[str, str], as_viewer: Any) -> None:
    as_viewer.post_form(URL, {"theme": "dark"})
    as_viewer.post_form(URL, sent)

    assert look(as_viewer) == ("dark", False)


def test_a_script_gets_no_page(as_viewer: Any) -> None:
    answer = as_viewer.post_form(URL, {"theme": "dark"}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.data) == (204, b"")


def test_the_theme_is_a_persons_own(as_viewer: Any, as_editor: Any) -> None:
    as_viewer.post_form(URL, {"theme": "dark"})

    assert look(as_editor) == (None, False)


def test_the_account_page_sets_the_theme_too(as_viewer: Any) -> None:
    as_viewer.post_form("/admin/account/preferences/", {"time_zone": "UTC", "shortcuts": "1", "theme": "light"})

    assert look(as_viewer) == ("light", False)


def test_the_navigation_has_groups(as_owner: Any) -> None:
    navigation = Page(as_owner.get("/admin/")).all("nav", aria_label="Main")[0]

    assert [one.text for one in navigation.all("p")] == ["Content", "Work", "Access"]
