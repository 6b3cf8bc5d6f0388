"""Who sees, shares, changes and deletes a saved view, by direct request."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.models.role import VIEWER
from admin_app.models.saved_view import EVERYONE
from admin_app.models.staff import Staff
from tests.page import Page
from tests.panel.list.viewing import (
    DEFAULT,
    LIST,
    NEW,
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


def test_a_viewer_shares_with_nobody(as_viewer: Any, viewer: Staff, make_view: Any, app: Flask) -> None:
    view = make_view(viewer)

    made = save_as(as_viewer, "q=boat", name="Shared", audience="everyone")
    changed = as_viewer.post_form(f"{VIEWS}edit/?id={view.id}", {"name": "Gardens", "audience": "viewer"})

    assert (made.status_code, changed.status_code) == (403, 403)
    assert kept(app) == [("Gardens", f"q=garden&{USUAL}", "mine")]
    assert Page(as_viewer.get(NEW)).all("select") == []


def test_who_sees_a_shared_view_saves_a_copy_as_it_stands(
    as_viewer: Any, editor: Staff, make_view: Any, app: Flask
) -> None:
    make_view(editor, audience=EVERYONE)
    address = f"{LIST}?q=garden&{USUAL}&view=1"

    words = bar(as_viewer, address)
    as_viewer.post_form(Page(as_viewer.get(address)).link("Save a copy"), {"name": "My gardens"})

    assert words == ["View Gardens", "Watch Gardens", "Save a copy"]
    assert kept(app)[1:] == [("My gardens", f"q=garden&{USUAL}", "mine")]


@pytest.mark.parametrize("audience", ["viewer", "editor", "owner", "everyone"])
def test_an_editor_shares_with_a_role_or_everyone(audience: str, as_editor: Any, app: Flask) -> None:
    response = save_as(as_editor, "q=garden", audience=audience)

    assert (response.status_code, kept(app)) == (303, [("Gardens", f"q=garden&{USUAL}", audience)])


def test_an_audience_that_is_none_is_refused_at_its_field(as_editor: Any, app: Flask) -> None:
    page = Page(save_as(as_editor, "q=garden", audience="world"))

    assert (page.status, page.error_of("audience"), kept(app)) == (422, "Choose who can see the view.", [])


def test_who_may_share_no_more_takes_a_view_back(as_viewer: Any, viewer: Staff, make_view: Any, app: Flask) -> None:
    view = make_view(viewer, audience=EVERYONE)

    kept_shared = as_viewer.post_form(f"{VIEWS}edit/?id={view.id}", {"name": "A", "audience": "everyone"})
    taken_back = as_viewer.post_form(f"{VIEWS}edit/?id={view.id}", {"name": "A", "audience": "mine"})

    assert (kept_shared.status_code, taken_back.status_code) == (303, 303)
    assert kept(app) == [("A", f"q=garden&{USUAL}", "mine")]


def test_views_of_others_are_not_there(
    as_viewer: Any, as_owner: Any, editor: Staff, make_view: Any, app: Flask
) -> None:
    view = make_view(editor)
    before = kept(app)

    for client in (as_viewer, as_owner):
        opened = [client.get(address).status_code for address in (
            f"{LIST}?view={view.id}", f"{VIEWS}edit/?id={view.id}", f"{VIEWS}delete/?id={view.id}")]  # fmt: skip
        posted = [client.post_form(address, data, page=LIST).status_code for address, data in (
            (f"{VIEWS}edit/?id={view.id}", {"name": "Mine now"}), (f"{VIEWS}delete/?id={view.id}", {}),
            (f"{SAVE}?q=a&view={view.id}", {}), (DEFAULT, {"view": str(view.id)}))]  # fmt: skip
        assert (opened, posted) == ([404] * 3, [404] * 4)

    assert (kept(app), menu(as_viewer), menu(as_owner)) == (before, [], [])


def test_a_shared_view_is_changed_by_who_made_it_and_by_owners_alone(
    as_viewer: Any, as_owner: Any, editor: Staff, make_view: Any, app: Flask
) -> None:
    view = make_view(editor, audience=EVERYONE)
    acts = [(f"{VIEWS}edit/?id={view.id}", {"name": "Theirs"}), (f"{SAVE}?q=boat&view={view.id}", {}),
            (f"{VIEWS}delete/?id={view.id}", {})]  # fmt: skip
    before = kept(app)

    refused = [as_viewer.post_form(address, data, page=LIST).status_code for address, data in acts]
    after_viewer = kept(app)
    allowed = [as_owner.post_form(address, data, page=LIST).status_code for address, data in acts]

    assert (refused, after_viewer == before) == ([403] * 3, True)
    assert (allowed, kept(app)) == ([303] * 3, [])
    assert bar(as_viewer, f"{LIST}?q=a&view={view.id}") == []


def test_who_may_not_change_a_shared_view_may_save_their_own_of_it(
    as_viewer: Any, editor: Staff, make_view: Any
) -> None:
    view = make_view(editor, audience=VIEWER)

    assert bar(as_viewer, f"{LIST}?q=boat&view={view.id}") == [
        "View Gardens, changed",
        "Watch Gardens",
        "Save as new view",
        "Reset view",
    ]  # fmt: skip -- a list


def test_a_view_of_the_staff_list_is_shown_to_owners_alone(
    as_viewer: Any, as_owner: Any, owner: Staff, make_view: Any
) -> None:
    view = make_view(owner, resource="staff", arguments="", audience=EVERYONE)

    statuses = [client.get(f"/admin/staff/?view={view.id}").status_code for client in (as_viewer, as_owner)]

    assert (statuses, menu(as_viewer), menu(as_owner)) == ([403, 303], [], ["Gardens", "Manage views…"])


@pytest.mark.parametrize("key", ["abc", "0", "-1", "9" * 30, "\0", "1 OR 1=1", "7"])
def test_a_forged_view_is_not_there(key: str, as_owner: Any) -> None:
    assert as_owner.get(LIST, query_string={"view": key}).status_code == 404


def test_deleting_a_view_asks_first_and_deletes_no_record(
    as_viewer: Any, viewer: Staff, make_view: Any, app: Flask
) -> None:
    address = f"{VIEWS}delete/?id={make_view(viewer).id}"

    asked = Page(as_viewer.get(address))
    still_there = len(kept(app))
    response = as_viewer.post(address, data=asked.values(""))

    assert (asked.heading, still_there) == ("Delete view “Gardens”?", 1)
    assert (response.location, kept(app)) == (VIEWS, [])
    assert Page(as_viewer.get(LIST)).result_line() == "3 posts"
