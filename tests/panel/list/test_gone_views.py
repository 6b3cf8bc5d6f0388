"""Views of which something is gone: never more rows than the name promises, without a word."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from admin_app.models.staff import Staff
from tests.page import Page
from tests.panel.list.viewing import (
    LIST,
    SAVE,
    USUAL,
    bar,
    kept,
)

pytestmark = pytest.mark.usefixtures("gardens")


def test_a_view_without_its_filter_shows_no_rows_before_one_says_so(
    as_viewer: Any, viewer: Staff, make_view: Any
) -> None:
    view = make_view(viewer, arguments=f"q=garden&gone__is=3&{USUAL}")

    page = Page(as_viewer.get(f"{LIST}?view={view.id}"))

    assert (page.status, page.rows(), page.texts("li", within="main")) == (200, [], ["filter “gone__is” with “3”"])
    confirmed = Page(as_viewer.get(page.link("Show without it")))
    assert sorted(confirmed.ids()) == [1, 2]
    assert confirmed.texts("p", class_="note") == [
        "No longer in this list, so left out of the view: filter “gone__is” with “3”."
    ]
    assert bar(as_viewer, page.link("Show without it"))[0] == "View Gardens, changed"


def test_the_whole_address_of_such_a_view_shows_no_rows_either(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    view = make_view(viewer, arguments=f"gone__is=3&{USUAL}")

    page = Page(as_viewer.get(f"{LIST}?gone__is=3&{USUAL}&view={view.id}"))
    file = as_viewer.get(f"{LIST}export/csv/?view={view.id}")

    assert (page.status, page.rows(), file.status_code) == (200, [], 400)


def test_a_view_whose_group_asks_for_a_filter_that_is_gone_shows_no_rows(
    as_viewer: Any, viewer: Staff, make_view: Any
) -> None:
    group = urlencode({"where": '(content contains "garden" or gone is 3)'})
    view = make_view(viewer, arguments=f"{group}&{USUAL}")

    page = Page(as_viewer.get(f"{LIST}?view={view.id}"))

    lost = 'filter “where” with “(content contains "garden" or gone is 3)”'
    assert (page.status, page.rows(), page.texts("li", within="main")) == (200, [], [lost])


def test_a_filter_that_never_was_the_views_is_refused_as_ever(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    view = make_view(viewer)

    assert as_viewer.get(f"{LIST}?gone__is=3&view={view.id}").status_code == 400


def test_a_view_without_its_sort_and_column_opens_and_says_so(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    view = make_view(viewer, arguments="q=garden&sort=-gone&columns=content%2Clost%2Cid&per_page=20")

    page = Page(as_viewer.get(f"{LIST}?view={view.id}", follow_redirects=True))

    assert sorted(page.ids()) == [1, 2]
    assert page.texts("p", class_="note") == [
        "No longer in this list, so left out of the view: sorted by “gone”.",
        "Columns that this list does not have were left out: “lost”.",
    ]


def test_saving_such_a_view_mends_it(as_viewer: Any, viewer: Staff, make_view: Any, app: Flask) -> None:
    view = make_view(viewer, arguments=f"gone__is=3&{USUAL}")

    as_viewer.post_form(f"{SAVE}?q=garden&view={view.id}", page=LIST)

    assert kept(app) == [("Gardens", f"q=garden&{USUAL}", "mine")]


def test_the_whole_address_outlives_its_view(as_viewer: Any, editor: Staff, make_view: Any) -> None:
    view = make_view(editor, "Secret name")

    answers = [Page(as_viewer.get(f"{LIST}?q=garden&view={key}")) for key in (view.id, view.id + 1)]

    words = "This view was deleted, or it is not shared with you. The list shows what the address says."
    assert [page.texts("p", class_="note") for page in answers] == [[words]] * 2
    assert [sorted(page.ids()) for page in answers] == [[1, 2]] * 2
    assert ["Secret name" in one for page in answers for one in page.texts()] == [False] * sum(
        len(page.texts()) for page in answers
    )
