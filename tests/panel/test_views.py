"""Saved views on their pages: opened at the whole address, changed, shared, shown to nobody else, and safe when something is gone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from flask_login import login_user
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from admin_app.domain import preferences
from admin_app.extensions import db
from admin_app.models.saved_view import Audience, SavedView
from admin_app.models.staff import Staff
from admin_app.selection.selection import Selection
from admin_app.web.login import SignedIn
from tests.page import Page

LIST, VIEWS, NEW = "/admin/post/", "/admin/post/views/", "/admin/post/views/new/"
SAVE, DEFAULT = "/admin/post/views/save/", "/admin/post/views/default/"
USUAL = "columns=content%2Cuser%2Ccreated_at%2Cid&per_page=20"
MOST_STATEMENTS = 6
HOSTILE = "<b>x</b> \u202e”'\"&amp;"


@pytest.fixture(autouse=True)
def posts(make_user: Any, make_post: Any) -> None:
    ann = make_user(name="Ann")
    for words, user in (("Garden wall", ann), ("Garden", None), ("Boat", ann)):
        make_post(content=words, user=user)


@pytest.fixture
def make_view(keep: Callable[[Any], Any]) -> Callable[..., SavedView]:
    def make(staff: Staff, name: str = "Gardens", **values: Any) -> SavedView:
        defaults = {"resource": "post", "arguments": f"q=garden&{USUAL}", "audience": Audience.MINE}
        return keep(SavedView(staff_id=staff.id, name=name, **{**defaults, **values}))

    return make


def save_as(client: Any, query: str, **data: str) -> Any:
    return client.post_form(f"{NEW}?{query}", {"name": "Gardens", **data})


def kept(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        found = db.session.scalars(select(SavedView).order_by(SavedView.id))
        return [(one.name, one.arguments, one.audience.value) for one in found]


def menu(client: Any, address: str = LIST) -> list[str]:
    """Return the views in the navigation, the open one with a star."""
    views = Page(client.get(address)).all("ul", class_="nav__views")[:1]
    links = [link for one in views for link in one.all("a")]
    return [link.text + ("*" if link.attributes.get("aria-current") == "page" else "") for link in links]


def bar(client: Any, address: str) -> list[str]:
    """Return what stands in the bar of the open view."""
    return [one.text for part in Page(client.get(address)).all("div", class_="view-bar")
            for tag in ("p", "button", "a") for one in part.all(tag)]  # fmt: skip


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

    whole = as_viewer.get(page.link("Export CSV")).text
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
    assert menu(as_viewer, address) == ["Gardens*", "Other", "All views…"]
    assert bar(as_viewer, address) == ["View Gardens", "Edit view", "Whole list"]


def test_a_changed_view_offers_to_save_save_as_new_and_discard(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    view = make_view(viewer)
    page = Page(as_viewer.get(f"{LIST}?view={view.id}", follow_redirects=True))

    changed = page.link("ID")

    words = ["View Gardens, changed", "Save view", "Save as new", "Discard changes to the view", "Whole list"]
    assert bar(as_viewer, changed) == words
    assert Page(as_viewer.get(changed)).link("Discard changes to the view") == f"{LIST}?view={view.id}"


@pytest.mark.parametrize(
    "query", ["q=garden&view=1", "q=garden&view=1&page=2", "view=1&per_page=20&q=garden", f"{USUAL}&q=garden&view=1"]
)
def test_the_same_list_said_otherwise_is_no_change(query: str, as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    make_view(viewer)

    assert bar(as_viewer, f"{LIST}?{query}")[0] == "View Gardens"


def test_saving_a_changed_view_keeps_what_the_list_shows(
    as_viewer: Any, viewer: Staff, make_view: Any, app: Flask
) -> None:
    view = make_view(viewer)

    response = as_viewer.post_form(f"{SAVE}?q=boat&view={view.id}", page=LIST)

    assert (response.status_code, response.location) == (303, f"{LIST}?view={view.id}")
    assert kept(app) == [("Gardens", f"q=boat&{USUAL}", "mine")]


def test_choosing_columns_with_a_view_open_changes_the_view_and_nothing_else(
    as_viewer: Any, viewer: Staff, make_view: Any
) -> None:
    view = make_view(viewer)
    address = as_viewer.get(f"{LIST}?view={view.id}").location

    response = as_viewer.post_form(Page(as_viewer.get(address)).link("Columns"), {"column": ["content", "id"]})

    assert response.location == f"{LIST}?q=garden&columns=content%2Cid&view={view.id}"
    assert bar(as_viewer, response.location)[0] == "View Gardens, changed"
    assert len(Page(as_viewer.get(LIST)).rows()[0]) == 4


def test_a_view_whose_filter_cannot_be_read_is_not_saved(as_viewer: Any, app: Flask) -> None:
    response = save_as(as_viewer, "created_at__from=yesterday")

    assert (response.status_code, kept(app)) == (422, [])
    assert Page(response).summary == ["A filter cannot be read. Mend it or take it off first."]


@pytest.mark.parametrize(("name", "problem"), [("", "Enter a name."), ("x" * 61, "A name has 60 characters or fewer; this one has 61."),
                                               ("mine", "You have a view of this name already. Choose another name.")])  # fmt: skip
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

    assert menu(as_viewer) == [*(f"View {letter}" for letter in "abcdef"), "All views…"]
    assert menu(as_viewer, f"{LIST}?q=garden&view={made[0].id}")[-2:] == ["View h*", "All views…"]
    assert [row[0] for row in Page(as_viewer.get(VIEWS)).rows("main")] == [f"View {letter}" for letter in "abcdefgh"]


# ---- the default view


def test_the_plain_address_leads_to_the_default_view(as_viewer: Any, as_editor: Any) -> None:
    save_as(as_viewer, "q=garden", default="y")

    assert as_viewer.get(LIST).location == f"{LIST}?q=garden&{USUAL}&view=1"
    assert (as_editor.get(LIST).status_code, as_viewer.get("/admin/user/").status_code) == (200, 200)


def test_the_whole_list_is_one_link_away_from_the_default_view(as_viewer: Any) -> None:
    save_as(as_viewer, "q=garden", default="y")
    page = Page(as_viewer.get(LIST, follow_redirects=True))

    whole = Page(as_viewer.get(page.link("Whole list")))

    assert (page.link("Whole list"), whole.result_line()) == (f"{LIST}?view=whole", "3 posts")


def test_clearing_a_search_beside_a_default_view_shows_the_whole_list(as_viewer: Any) -> None:
    save_as(as_viewer, "q=garden", default="y")
    page = Page(as_viewer.get(f"{LIST}?q=boat"))

    cleared = Page(as_viewer.get(page.link("Clear search")))
    sent_empty = as_viewer.get(f"{LIST}?q=")

    assert (cleared.status, cleared.result_line()) == (200, "3 posts")
    assert sent_empty.location == f"{LIST}?view=whole"


def test_the_default_is_set_and_unset_on_the_page_of_all_views(as_viewer: Any, editor: Staff, make_view: Any) -> None:
    view = make_view(editor, audience=Audience.EVERYONE)

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
    view = make_view(editor, audience=Audience.EVERYONE)
    as_viewer.post_form(DEFAULT, {"view": str(view.id)}, page=VIEWS)

    as_editor.post_form(f"{VIEWS}edit/?id={view.id}", {"name": "Gardens", "audience": "mine"})

    page = Page(as_viewer.get(LIST))
    assert (page.status, page.result_line()) == (200, "3 posts")


# ---- something is gone


def test_a_view_without_its_filter_shows_no_rows_before_one_says_so(
    as_viewer: Any, viewer: Staff, make_view: Any
) -> None:
    view = make_view(viewer, arguments=f"q=garden&gone__is=3&{USUAL}")

    page = Page(as_viewer.get(f"{LIST}?view={view.id}"))

    assert (page.status, page.rows(), page.texts("li", within="main")) == (200, [], ["filter “gone__is” with “3”"])
    confirmed = Page(as_viewer.get(page.link("Show without it")))
    assert sorted(confirmed.ids()) == [1, 2]
    assert confirmed.texts("p", class_="note") == [
        "Gone since the view was saved, and left out: filter “gone__is” with “3”."
    ]
    assert bar(as_viewer, page.link("Show without it"))[0] == "View Gardens, changed"


def test_the_whole_address_of_such_a_view_shows_no_rows_either(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    view = make_view(viewer, arguments=f"gone__is=3&{USUAL}")

    page = Page(as_viewer.get(f"{LIST}?gone__is=3&{USUAL}&view={view.id}"))
    file = as_viewer.get(f"{LIST}export/csv/?view={view.id}")

    assert (page.status, page.rows(), file.status_code) == (200, [], 400)


def test_a_filter_that_never_was_the_views_is_refused_as_ever(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    view = make_view(viewer)

    assert as_viewer.get(f"{LIST}?gone__is=3&view={view.id}").status_code == 400


def test_a_view_without_its_sort_and_column_opens_and_says_so(as_viewer: Any, viewer: Staff, make_view: Any) -> None:
    view = make_view(viewer, arguments="q=garden&sort=-gone&columns=content%2Clost%2Cid&per_page=20")

    page = Page(as_viewer.get(f"{LIST}?view={view.id}", follow_redirects=True))

    assert sorted(page.ids()) == [1, 2]
    assert page.texts("p", class_="note") == [
        "Gone since the view was saved, and left out: sorted by “gone”.",
        "Left out, since this list has no such column: “lost”.",
    ]


def test_saving_such_a_view_mends_it(as_viewer: Any, viewer: Staff, make_view: Any, app: Flask) -> None:
    view = make_view(viewer, arguments=f"gone__is=3&{USUAL}")

    as_viewer.post_form(f"{SAVE}?q=garden&view={view.id}", page=LIST)

    assert kept(app) == [("Gardens", f"q=garden&{USUAL}", "mine")]


def test_the_whole_address_outlives_its_view(as_viewer: Any, editor: Staff, make_view: Any) -> None:
    view = make_view(editor, "Secret name")

    answers = [Page(as_viewer.get(f"{LIST}?q=garden&view={key}")) for key in (view.id, view.id + 1)]

    words = "The view of this address was deleted, or is not shared with you. The list is as the address says."
    assert [page.texts("p", class_="note") for page in answers] == [[words]] * 2
    assert [sorted(page.ids()) for page in answers] == [[1, 2]] * 2
    assert ["Secret name" in one for page in answers for one in page.texts()] == [False] * sum(
        len(page.texts()) for page in answers
    )


# ---- who may


def test_a_viewer_shares_with_nobody(as_viewer: Any, viewer: Staff, make_view: Any, app: Flask) -> None:
    view = make_view(viewer)

    made = save_as(as_viewer, "q=boat", name="Shared", audience="everyone")
    changed = as_viewer.post_form(f"{VIEWS}edit/?id={view.id}", {"name": "Gardens", "audience": "viewer"})

    assert (made.status_code, changed.status_code) == (403, 403)
    assert kept(app) == [("Gardens", f"q=garden&{USUAL}", "mine")]
    assert Page(as_viewer.get(NEW)).all("select") == []


@pytest.mark.parametrize("audience", ["viewer", "editor", "owner", "everyone"])
def test_an_editor_shares_with_a_role_or_everyone(audience: str, as_editor: Any, app: Flask) -> None:
    response = save_as(as_editor, "q=garden", audience=audience)

    assert (response.status_code, kept(app)) == (303, [("Gardens", f"q=garden&{USUAL}", audience)])


def test_an_audience_that_is_none_is_refused_at_its_field(as_editor: Any, app: Flask) -> None:
    page = Page(save_as(as_editor, "q=garden", audience="world"))

    assert (page.status, page.error_of("audience"), kept(app)) == (422, "Choose who sees the view.", [])


def test_who_may_share_no_more_takes_a_view_back(as_viewer: Any, viewer: Staff, make_view: Any, app: Flask) -> None:
    view = make_view(viewer, audience=Audience.EVERYONE)

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
    view = make_view(editor, audience=Audience.EVERYONE)
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
    view = make_view(editor, audience=Audience.VIEWERS)

    assert bar(as_viewer, f"{LIST}?q=boat&view={view.id}") == [
        "View Gardens, changed",
        "Save as new",
        "Discard changes to the view",
        "Whole list",
    ]  # fmt: skip -- a list


def test_a_view_of_the_staff_list_is_shown_to_owners_alone(
    as_viewer: Any, as_owner: Any, owner: Staff, make_view: Any
) -> None:
    view = make_view(owner, resource="staff", arguments="", audience=Audience.EVERYONE)

    statuses = [client.get(f"/admin/staff/?view={view.id}").status_code for client in (as_viewer, as_owner)]

    assert (statuses, menu(as_viewer), menu(as_owner)) == ([403, 303], [], ["Gardens", "All views…"])


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


# ---- the property


ARGUMENTS = st.one_of(
    st.tuples(st.just("q"), st.sampled_from(["garden", '"garden wall"', "é & +", "%", "a\0b"])),
    st.tuples(st.just("sort"), st.sampled_from(["id", "-id", "user", "-created_at"])),
    st.tuples(st.just("per_page"), st.sampled_from(["20", "50", "100"])),
    st.tuples(st.just("columns"), st.sampled_from(["id", "content,id", "user.email,id", "user,gone", ""])),
    st.sampled_from([("page", "2"), ("before", "end"), ("count", "exact"), ("view", "whole")]),
    st.tuples(st.just("content__contains"), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)),
    st.tuples(st.just("created_at__from"), st.dates().map(str)),
    st.tuples(st.just("user__empty"), st.sampled_from(["yes", "no"])),
)


def test_a_view_opened_is_exactly_the_selection_it_was_saved_from(app: Flask, viewer: Staff, editor: Staff) -> None:
    resource: Any = next(one for one in app.extensions["admin"][0]._views if getattr(one, "endpoint", "") == "post")
    with app.app_context():
        preferences.remember_look(db.session, editor, resource="post", columns=["content", "updated_at"], page_size=100)
        db.session.commit()

    with app.app_context():
        offer = resource.offer()

    def seen_by(staff: Staff, arguments: list[tuple[str, str]]) -> tuple[Selection, list[tuple[str, str]]]:
        """Return what this person's list shows, and what is kept of it as a view."""
        with app.test_request_context(), app.app_context():
            login_user(SignedIn(db.session.get_one(Staff, staff.id), ""))
            selection = resource.selection(arguments)
            shown = selection.changed(view=0, columns=resource.visible_columns(selection), offer=offer)
            return shown, resource.stored_arguments(selection)

    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(ARGUMENTS, max_size=6), st.sampled_from([viewer, editor]), st.sampled_from([viewer, editor]))
    def opens_as_it_was(arguments: list[tuple[str, str]], maker: Staff, reader: Staff) -> None:
        saved, printed = seen_by(maker, arguments)

        opened = seen_by(reader, parse_qsl(urlencode(printed), keep_blank_values=True))

        assert opened == (saved, printed)

    opens_as_it_was()
