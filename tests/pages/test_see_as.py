"""Seeing the dashboard as someone else: their pages, nothing changed or taken away, and every way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.presence import Presence
from admin_app.models.role import EDITOR, OWNER
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.page import Page
from tests.pages.sessions import change
from tests.routes import ROUTES, everything

STOP = "/admin/see-as/"
# What is about the session of who is signed in.
OF_SESSION = {STOP, "/sign-out", "/admin/account/session/"}
# What is refused though it changes nothing: files, and the pages of an account.
WITHHELD = {
    *(rule for rule in ROUTES if rule.startswith("/admin/account/") and rule != "/admin/account/session/"),
    *(
        rule
        for rule in ROUTES
        if "/export/<" in rule or rule.endswith(("/plan/lines.csv", "/import/wrong/", "/summary.csv"))
    ),
    *(rule for rule in ROUTES if "/template." in rule or rule.startswith("/admin/inbox/")),
    *("/admin/jobs/file/", "/admin/jobs/problems/", "/admin/activity/activity.csv"),
}


@pytest.fixture
def see_as(as_owner: Any) -> Callable[[Staff], Any]:
    """Let the owner see as somebody; return the owner's client."""

    def begin(staff: Staff) -> Any:
        as_owner.post_form(f"/admin/staff/see-as/?id={staff.id}")
        return as_owner

    return begin


def body_of(response: Any) -> str:
    """Return what a page shows, without what every request makes anew and the bar above it; a picture as it is."""
    if response.mimetype.startswith("image/"):
        return repr(response.data)
    text = re.sub(r'<form class="seen-as".*?</form>', "", response.text, flags=re.DOTALL).replace(" frame--seen-as", "")
    # In a page, and in a part of one that is written as JSON.
    text = re.sub(r'name=\\?"(csrf_token|_once)\\?"[^>]*>', "", text)
    # An error page names its own request.
    text = re.sub(r"Request <code>[0-9a-f]{16}</code>", "", text)
    # How long ago something was goes on while the two are asked.
    text = re.sub(r"<time[^>]*>[^<]*</time>", "", text)
    text = re.sub(r'data-idle="\d+"', "", text)
    return " ".join(text.split())


def acts(app: Flask) -> list[tuple[str, str]]:
    """Return what the history says was done last, and by whom."""
    with app.app_context():
        found = db.session.execute(select(ChangeSet.actor, ChangeSet.summary).order_by(ChangeSet.id.desc()).limit(2))
        return [(one.actor, one.summary) for one in found]


# ---- what is seen


@pytest.mark.parametrize("by", ["viewer", "editor"])
def test_every_page_is_the_one_that_the_person_has(
    by: str, see_as: Any, address_of: Any, request: pytest.FixtureRequest
) -> None:
    theirs, person = request.getfixturevalue(f"as_{by}"), request.getfixturevalue(by)
    mine = see_as(person)
    rules = [rule for rule, route in ROUTES.items() if route.get and rule not in WITHHELD | OF_SESSION]

    for rule in rules:
        expected, found = theirs.get(address_of(rule)), mine.get(address_of(rule))

        assert (rule, found.status_code, found.location) == (rule, expected.status_code, expected.location)
        if found.status_code == 403:
            assert (rule, Page(found).heading) == (rule, f"{person.name} may not do this")
        else:
            assert body_of(found) == body_of(expected), rule
        assert "attachment" not in found.headers.get("Content-Disposition", ""), rule


def test_files_and_the_pages_of_an_account_are_refused(see_as: Any, editor: Staff, address_of: Any) -> None:
    mine = see_as(editor)

    answers = {rule: mine.get(address_of(rule)) for rule in WITHHELD if ROUTES[rule].get}

    assert {rule for rule, one in answers.items() if one.status_code != 403} == set()
    assert {Page(one).heading for one in answers.values()} == {"You can only look"}


def test_the_bar_says_as_whom_on_every_page(see_as: Any, editor: Staff) -> None:
    mine = see_as(editor)

    said = [Page(mine.get(url)).texts("p", within="main")[0] for url in ("/admin/", "/admin/post/", "/admin/none/")]

    assert said == ["You see what Edgar sees. You cannot change anything."] * 3


def test_what_somebody_typed_and_did_not_save_stays_theirs(
    as_editor: Any, see_as: Any, editor: Staff, make_user: Any, app: Flask
) -> None:
    url = f"/admin/user/edit/?id={make_user().id}"
    typed = {"csrf_token": as_editor.token_of(url), "name": "Typed", "email": "typed@example.com"}
    change(app, expires_at=utc_now() - timedelta(hours=1))
    as_editor.post(url, data=typed)
    change(app, expires_at=utc_now() + timedelta(hours=1))

    pages = [client.get(url).text for client in (as_editor, see_as(editor))]

    assert ["draft=" in page for page in pages] == [True, False]


# ---- what is not done


def test_no_route_does_anything(see_as: Any, make_staff: Any, app: Flask, address_of: Any) -> None:
    mine = see_as(make_staff("Otto", OWNER))
    token, before = mine.token_of("/admin/"), everything(app)

    rules = [rule for rule, route in ROUTES.items() if route.post and rule not in OF_SESSION]
    answers = {rule: mine.post(address_of(rule), data={"csrf_token": token, "name": "Changed"}) for rule in rules}

    assert {rule: one.status_code for rule, one in answers.items() if one.status_code != 403} == {}
    assert everything(app) == before


def test_looking_at_a_form_leaves_no_trace_of_the_person(
    see_as: Any, editor: Staff, make_user: Any, app: Flask
) -> None:
    mine = see_as(editor)

    mine.get(f"/admin/user/edit/?id={make_user().id}")

    with app.app_context():
        assert db.session.scalars(select(Presence)).all() == []


def test_a_form_that_was_drawn_as_somebody_else_is_good_for_nothing_afterwards(
    see_as: Any, editor: Staff, make_user: Any, app: Flask
) -> None:
    user, mine = make_user(name="Ann"), see_as(editor)
    url = f"/admin/user/edit/?id={user.id}"
    form = {"csrf_token": mine.token_of(url), "name": "Changed", "email": user.email, "version": "1"}
    mine.post(STOP, data={"csrf_token": form["csrf_token"]})

    page = Page(mine.post(url, data=form))

    assert (page.status, name_of(app, user)) == (400, "Ann")


def test_ones_own_form_is_good_again_afterwards(see_as: Any, as_owner: Any, editor: Staff) -> None:
    token = as_owner.token_of("/admin/user/new/")
    see_as(editor).post_form(STOP, page="/admin/")

    answer = as_owner.post("/admin/user/new/", data={"csrf_token": token, "name": "Ann", "email": "ann@example.com"})

    assert answer.status_code == 303


# ---- how it ends


def test_stop_leads_back_to_the_person(see_as: Any, editor: Staff, app: Flask) -> None:
    mine = see_as(editor)

    answer = mine.post_form(STOP, page="/admin/")

    assert answer.location == f"/admin/staff/edit/?id={editor.id}"
    assert Page(mine.get(answer.location)).notice == "Success You see the dashboard as yourself again."
    assert acts(app) == [
        ("Olivia (olivia@example.com)", "Stopped seeing the dashboard as colleague “Edgar”"),
        ("Olivia (olivia@example.com)", "Began to see the dashboard as colleague “Edgar”"),
    ]


def test_signing_out_ends_it(see_as: Any, editor: Staff, app: Flask) -> None:
    see_as(editor).post_form("/sign-out", page="/admin/")

    assert [words for _, words in acts(app)] == ["Signed out", "Stopped seeing the dashboard as colleague “Edgar”"]


@pytest.fixture
def lea(client_with: Any, make_staff: Any) -> tuple[Any, Staff]:
    """Let Liam, who may do all but say whose a post is, see as Lea, who has the same role; return his client and her."""
    client = client_with("*:*", fields=["post.user:read_only"])
    staff = make_staff("Lea", "liam")
    client.post_form(f"/admin/staff/see-as/?id={staff.id}")
    return client, staff


def passes(app: Flask, _staff: Staff) -> None:
    change(app, seen_as_since=utc_now() - timedelta(minutes=31))


def grows(app: Flask, staff: Staff) -> None:
    with app.app_context():
        db.session.get_one(Staff, staff.id).roles = StringSet([EDITOR])
        db.session.commit()


@pytest.mark.parametrize("happens", [passes, grows])
def test_it_ends_by_itself_and_what_is_sent_then_is_not_done(
    happens: Any, lea: tuple[Any, Staff], make_user: Any, app: Flask
) -> None:
    client, staff = lea
    user = make_user(name="Ann")
    token = client.token_of("/admin/")
    happens(app, staff)

    refused = client.post(f"/admin/user/delete/?id={user.id}", data={"csrf_token": token})

    assert (refused.status_code, acts(app)[0][1]) == (403, "Stopped seeing the dashboard as colleague “Lea”")
    assert (name_of(app, user), "seen-as" in client.get("/admin/").text) == ("Ann", False)


# ---- who may


def test_it_is_offered_where_it_is_allowed(as_owner: Any, owner: Staff, editor: Staff) -> None:
    pages = [
        Page(as_owner.get(f"/admin/staff/{page}/?id={one.id}")).has_link("See as this person")
        for one in (editor, owner)
        for page in ("details", "permissions")
    ]

    assert pages == [True, True, False, False]


def test_nobody_sees_as_somebody_with_more_rights(client_with: Any, owner: Staff, editor: Staff) -> None:
    client = client_with("staff:*", "*:list", "*:view")

    answers = [client.get(f"/admin/staff/see-as/?id={one.id}").status_code for one in (owner, editor)]

    assert answers == [403, 403]


def name_of(app: Flask, user: User) -> str:
    with app.app_context():
        return db.session.get_one(User, user.id).name
