"""Saved views on their pages: opened at the whole address, changed, shown by default."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.models.saved_view import EVERYONE
from admin_app.models.staff import Staff
from tests.page import Page
from tests.panel.list.viewing import (
    DEFAULT,
    HOSTILE,
    LIST,
    MOST_STATEMENTS,
    SAVE,
    USUAL,
    VIEWS,
    bar,
    kept,
    menu,
    save_as,
)

# What is kept and who may is asked of both stores in tests/domain/work/test_saved_views.py.
pytestmark = pytest.mark.usefixtures("gardens")


# ---- saved and opened


def test_a_saved_view_opens_at_the_whole_address(as_viewer: Any, app: Flask) -> None:
    response = save_as(as_viewer, "q=garden&sort=-id&page=7")

    assert (response.status_code, response.location) == (303, f"{LIST}?view=1")
    opened = as_viewer.get(response.location)
    assert (opened.status_code, opened.location) == (303, f"{LIST}?q=garden&sort=-id&{USUAL}&view=1")
    assert Page(as_viewer.get(opened.location)).ids() == [2, 1]
    assert kept(app) == [("Gardens", f"q=garden&sort=-id&{USUAL}", "mine")]


def test_the_export_of_a_view_is_its_list(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    view = make_view(viewer, arguments="q=garden&sort=id&columns=content%2Cid&per_page=20")
    page = Page(as_viewer.get(f"{LIST}?view={view.id}", follow_redirects=True))

    whole = as_viewer.get(page.link("CSV")).text
    bare = as_viewer.get(f"{LIST}export/csv/?view={view.id}").text

    assert whole == bare == "Content,ID\r\nGarden wall,1\r\nGarden,2\r\n"


def test_the_open_view_stands_in_its_bar_the_title_and_the_navigation(
    as_viewer: Any, viewer: Staff, make_view: Any
) -> None:
    view = make_view(viewer)
    make_view(viewer, "Other")
    address = as_viewer.get(f"{LIST}?view={view.id}").location

    page = Page(as_viewer.get(address))

    assert page.title == "Gardens - Posts - Admin"
    assert menu(as_viewer, address) == ["Gardens*", "Other", "Manage views…"]
    assert bar(as_viewer, address) == ["View Gardens", "Watch Gardens", "Save a copy", "Edit view"]


def test_the_menu_of_views_says_which_others_see_too(
    as_viewer: Any, viewer: Staff, editor: Staff, make_view: Any
) -> None:
    make_view(viewer, "Mine")
    make_view(editor, "Theirs", audience=EVERYONE)

    found = Page(as_viewer.get(f"{LIST}?q=tea")).all("div", class_="list-bar__views")[0]

    assert [one.text for one in found.all("a")] == [
        "All posts",
        "Mine",
        "Theirs shared",
        "Manage views…",
        "Save as view",
    ]


def test_a_changed_view_offers_to_save_save_as_new_and_discard(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    view = make_view(viewer)
    page = Page(as_viewer.get(f"{LIST}?view={view.id}", follow_redirects=True))

    changed = page.link("ID", within="listing-sort-id")

    words = ["View Gardens, changed", "Save view", "Watch Gardens", "Save as new view", "Reset view", "Edit view"]
    assert bar(as_viewer, changed) == words
    assert Page(as_viewer.get(changed)).link("Reset view") == f"{LIST}?view={view.id}"


@pytest.mark.parametrize(
    "query", ["q=garden&view=1", "q=garden&view=1&page=2", "view=1&per_page=20&q=garden", f"{USUAL}&q=garden&view=1"]
)
def test_the_same_list_said_otherwise_is_no_change(query: str, as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    make_view(viewer)

    assert bar(as_viewer, f"{LIST}?{query}")[0] == "View Gardens"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("(content contains tea and created_at from 2020-01-01) or content contains garden", "View Gardens"),
        ("content contains garden or content contains tea", "View Gardens, changed"),
    ],
)
def test_a_group_typed_in_another_order_is_no_change(
    where: str, words: str, as_viewer: Any, viewer: Staff, make_view: Any
) -> None:
    kept = "content contains garden or (created_at from 2020-01-01 and content contains tea)"
    make_view(viewer, arguments=urlencode({"where": kept}) + f"&{USUAL}")

    assert bar(as_viewer, f"{LIST}?{urlencode({'where': where})}&{USUAL}&view=1")[0] == words


def test_saving_a_changed_view_keeps_what_the_list_shows(
    as_viewer: Any, viewer: Staff, make_view: Any, app: Flask
) -> None:
    view = make_view(viewer)

    response = as_viewer.post_form(f"{SAVE}?q=boat&view={view.id}", page=LIST)

    assert (response.status_code, response.location) == (303, f"{LIST}?view={view.id}")
    assert kept(app) == [("Gardens", f"q=boat&{USUAL}", "mine")]


def test_choosing_rows_a_page_with_a_view_open_changes_the_view_and_nothing_else(
    as_viewer: Any, viewer: Staff, make_view: Any
) -> None:
    view = make_view(viewer, arguments=f"q=garden&{USUAL.replace('20', '50')}")
    address = f"/admin/post/columns/?q=garden&per_page=50&view={view.id}"

    def sizes(of: str) -> list[str]:
        return [one.attributes["value"] for one in Page(as_viewer.get(of)).all("input", name="per_page", checked="")]

    before = sizes(address)
    response = as_viewer.post_form(address, {"column": ["content"], "per_page": "100"})
    reset = as_viewer.post_form(address, {"column": ["content"], "per_page": "100", "reset": "1"})

    assert (before, sizes("/admin/post/columns/")) == (["50"], ["20"])
    assert response.location == f"{LIST}?q=garden&per_page=100&columns=content&view={view.id}"
    assert reset.location == f"{LIST}?q=garden&per_page=50&columns=content%2Cuser%2Ccreated_at%2Cid&view={view.id}"


def test_choosing_columns_with_a_view_open_changes_the_view_and_nothing_else(
    as_viewer: Any, viewer: Staff, make_view: Any
) -> None:
    view = make_view(viewer)
    address = as_viewer.get(f"{LIST}?view={view.id}").location

    response = as_viewer.post_form(Page(as_viewer.get(address)).link("Columns…"), {"column": ["content", "id"]})

    assert response.location == f"{LIST}?q=garden&columns=content%2Cid&view={view.id}"
    assert bar(as_viewer, response.location)[0] == "View Gardens, changed"
    assert len(Page(as_viewer.get(LIST)).rows()[0]) == 4


def test_a_view_whose_filter_cannot_be_read_is_not_saved(as_viewer: Any, app: Flask) -> None:
    response = save_as(as_viewer, "created_at__from=yesterday")

    assert (response.status_code, kept(app)) == (422, [])
    assert Page(response).summary == ["One filter isn't valid. Fix or remove it first."]


@pytest.mark.parametrize(("name", "problem"), [("", "Enter a name."), ("x" * 61, "Use 60 characters or fewer for the name; this one has 61."),
                                               ("mine", "You already have a view with this name. Choose another name.")])  # fmt: skip
def test_a_refused_name_stands_at_its_field(
    name: str, problem: str, as_viewer: Any, viewer: Staff, make_view: Any
) -> None:
    make_view(viewer, "Mine")

    page = Page(save_as(as_viewer, "q=garden", name=name))

    assert (page.status, page.error_of("name"), page.values()["name"]) == (422, problem, name)


def test_hostile_names_are_text_everywhere(as_editor: Any, editor: Staff, make_view: Any) -> None:
    view = make_view(editor, HOSTILE)
    addresses = [LIST, VIEWS, f"{VIEWS}edit/?id={view.id}", f"{VIEWS}delete/?id={view.id}", f"{LIST}?q=garden&view=1"]

    pages = [as_editor.get(address) for address in addresses]

    assert [page.status_code for page in pages] == [200] * 5
    assert [page.text.count("<b>x") for page in pages] == [0] * 5
    isolated = [[one.text for one in Page(page).all("bdi") if one.text == HOSTILE] for page in pages]
    assert [bool(found) for found in isolated] == [True] * 5


def test_more_views_than_fit_are_on_a_page_of_their_own(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    made = [make_view(viewer, f"View {letter}") for letter in "hgfedcba"]

    assert menu(as_viewer) == [*(f"View {letter}" for letter in "abcdef"), "Manage views…"]
    assert menu(as_viewer, f"{LIST}?q=garden&view={made[0].id}")[-2:] == ["View h*", "Manage views…"]
    counted = Page(as_viewer.get(f"{VIEWS}?part=menu&view={made[0].id}")).all("a")
    assert [one.text.rpartition(" ")[0] for one in counted] == [f"View {letter}" for letter in "abcdefh"]
    assert [row[0] for row in Page(as_viewer.get(VIEWS)).rows("main")] == [f"View {letter}" for letter in "abcdefgh"]


def test_views_are_moved_on_their_page_and_stand_so_everywhere(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    made = [make_view(viewer, name) for name in "abc"]
    moves = [[one.text for one in row.all("button", name="way")] for row in Page(as_viewer.get(VIEWS)).all("tr")[1:]]

    moved = as_viewer.post_form(f"{VIEWS}move/", {"view": str(made[2].id), "way": "up"}, page=VIEWS)

    assert moves == [["↓Move down a"], ["↑Move up b", "↓Move down b"], ["↑Move up c"]]
    assert (moved.status_code, moved.location) == (303, f"{VIEWS}#view-{made[2].id}")
    assert [row[0] for row in Page(as_viewer.get(VIEWS)).rows("main")] == menu(as_viewer)[:-1] == ["a", "c", "b"]


def test_views_are_counted_where_that_is_asked_for(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    garden = make_view(viewer, "Garden", arguments="q=garden")
    make_view(viewer, "Gone", arguments="sort=gone")
    plain = Page(as_viewer.get(VIEWS))

    counted = Page(as_viewer.get(plain.link("Count records")))
    part = Page(as_viewer.get(f"{VIEWS}?part=menu&view={garden.id}"))

    assert [[row[1] for row in page.rows("main")] for page in (plain, counted)] == [["", ""], ["2", "—"]]
    assert [(one.text, one.attributes.get("aria-current")) for one in part.all("a")] == [
        ("Garden 2", "true"),
        ("Gone", None),
    ]


# ---- the default view


def test_the_plain_address_leads_to_the_default_view(as_viewer: Any, as_editor: Any) -> None:
    save_as(as_viewer, "q=garden", default="y")

    assert as_viewer.get(LIST).location == f"{LIST}?q=garden&{USUAL}&view=1"
    assert (as_editor.get(LIST).status_code, as_viewer.get("/admin/user/").status_code) == (200, 200)


def test_the_whole_list_is_one_link_away_from_the_default_view(as_viewer: Any) -> None:
    save_as(as_viewer, "q=garden", default="y")
    page = Page(as_viewer.get(LIST, follow_redirects=True))

    whole = Page(as_viewer.get(page.link("All posts")))

    assert (page.link("All posts"), whole.result_line()) == (f"{LIST}?view=whole", "3 posts")


def test_clearing_a_search_beside_a_default_view_shows_the_whole_list(as_viewer: Any) -> None:
    save_as(as_viewer, "q=garden", default="y")
    page = Page(as_viewer.get(f"{LIST}?q=boat"))

    cleared = Page(as_viewer.get(page.link("Clear search")))
    sent_empty = as_viewer.get(f"{LIST}?q=")

    assert (cleared.status, cleared.result_line()) == (200, "3 posts")
    assert sent_empty.location == f"{LIST}?view=whole"


def test_the_default_is_set_and_unset_on_the_page_of_all_views(as_viewer: Any, editor: Staff, make_view: Any) -> None:
    view = make_view(editor, audience=EVERYONE)

    as_viewer.post_form(DEFAULT, {"view": str(view.id)}, page=VIEWS)
    opened = as_viewer.get(LIST).status_code
    as_viewer.post_form(DEFAULT, {"view": ""}, page=VIEWS)

    assert (opened, as_viewer.get(LIST).status_code) == (303, 200)


def test_unticking_the_default_in_the_form_unsets_it(as_viewer: Any) -> None:
    save_as(as_viewer, "q=garden", default="y")

    as_viewer.post_form(f"{VIEWS}edit/?id=1", {"name": "Gardens"})

    assert as_viewer.get(LIST).status_code == 200


def test_a_default_view_that_is_shared_no_more_is_the_whole_list(
    as_viewer: Any, as_editor: Any, editor: Staff, make_view: Any
) -> None:
    view = make_view(editor, audience=EVERYONE)
    as_viewer.post_form(DEFAULT, {"view": str(view.id)}, page=VIEWS)

    as_editor.post_form(f"{VIEWS}edit/?id={view.id}", {"name": "Gardens", "audience": "mine"})

    page = Page(as_viewer.get(LIST))
    assert (page.status, page.result_line()) == (200, "3 posts")


@pytest.fixture
def no_default(app: Flask) -> Iterator[None]:
    """Let the database refuse what a list opens with, as if the view were deleted at that moment."""
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_default BEFORE INSERT ON preference BEGIN SELECT RAISE(ABORT, 'none'); END"
        )
    yield
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER no_default")


@pytest.mark.usefixtures("no_default")
def test_a_view_that_cannot_be_the_default_is_not_saved_either(as_viewer: Any, app: Flask) -> None:
    response = save_as(as_viewer, "q=garden", default="y")

    assert (response.status_code, kept(app)) == (409, [])


# ---- what it costs


def test_many_views_cost_no_statement_more(
    as_viewer: Any, viewer: Staff, make_view: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    make_view(viewer)
    address = f"{LIST}?q=garden&view=1"
    as_viewer.get(address)

    with statements() as for_one:
        as_viewer.get(address)
    for letter in "abcdefghij":
        make_view(viewer, letter)
    with statements() as for_many:
        page = Page(as_viewer.get(address))

    assert page.status == 200
    assert len(for_many) == len(for_one) <= MOST_STATEMENTS
