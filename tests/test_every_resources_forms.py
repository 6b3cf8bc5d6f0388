"""Every declared resource's form while it is open: somebody else changes the record, the session ends, it is sent twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from admin_app.extensions import db
from admin_app.models.role import OWNER
from admin_app.models.staff import StaffSession
from tests.page import Page
from tests.subject import Subject


def shown_in(page: Page) -> dict[str, Any]:
    """Return what stands in a form's fields; the levels of a role say again what its single permissions do."""
    shown = {name: value for name, value in page.values().items() if not name.startswith("_")}
    if "permissions" in shown:
        (shown["permissions"],) = [one for one in shown["permissions"] if "=" not in one]
    return shown


def test_a_change_by_somebody_else_is_never_overwritten_unseen(
    subject: Subject, as_owner: Any, client_of: Any, make_staff: Any, password: str
) -> None:
    key = subject.add(1)
    address = subject.at("edit", key)
    other = client_of(make_staff("Otto", OWNER))
    mine = subject.typed(Page(as_owner.get(address)).values(), 9, password)
    theirs = subject.typed(Page(other.get(address)).values(), 8, password)
    saved = other.post(address, data=theirs)

    page = Page(as_owner.post(address, data=mine))

    assert (saved.status_code, page.status, subject.version(key)) == (303, 409, 2)
    kept = {name: value for name, value in shown_in(page).items() if name in mine}
    secret = {one.attributes["name"] for one in page.form() if one.attributes.get("type") == "password"}
    # What two people linked is linked both.
    linked = {
        one.key: [theirs[one.key], mine[one.key]]
        for one in subject.mapper.relationships
        if one.key in mine and one.uselist
    }
    expected = {**mine, **dict.fromkeys(secret, ""), **linked, "csrf_token": kept["csrf_token"]}
    assert kept == {name: expected[name] for name in kept}
    takes = {one.attributes["name"]: "yours" for one in page.all("input", type="radio")}
    assert len(takes) > 0

    again = as_owner.post(address, data={**page.values(), **takes})

    assert (again.status_code, subject.version(key)) == (303, 3)


def test_what_is_typed_into_an_ended_session_stands_in_the_form_again(
    subject: Subject, as_owner: Any, owner: Any, password: str
) -> None:
    key = subject.add(1)
    for number, address in enumerate((f"{subject.root}new/", subject.at("edit", key)), 8):
        typed = subject.typed(Page(as_owner.get(address)).values(), number, password)
        with subject.app.app_context():
            db.session.execute(update(StaffSession).values(expires_at=datetime(2026, 1, 1, tzinfo=UTC)))
            db.session.commit()
        before = subject.ids()

        sent = as_owner.post(address, data=typed)
        form = Page(as_owner.get(sent.location))
        onward = form.all("input", name="next")[0].attributes["value"]
        signing_in = {"email": owner.email, "password": password, "next": onward}
        signed_in = as_owner.post_form(sent.location, signing_in, page=sent.location)
        page = Page(as_owner.get(signed_in.location))

        secret = {one.attributes["name"] for one in page.form() if one.attributes.get("type") == "password"}
        shown = shown_in(page)
        expected = {**typed, **dict.fromkeys(secret, ""), "csrf_token": shown["csrf_token"]}
        assert (page.status, shown) == (200, {name: expected[name] for name in shown})
        assert (subject.ids(), subject.version(key)) == (before, 1)


def test_a_form_sent_twice_makes_one_record(subject: Subject, as_owner: Any, password: str) -> None:
    address = f"{subject.root}new/"
    typed = subject.typed(Page(as_owner.get(address)).values(), 7, password)
    before = len(subject.ids())

    answers = [as_owner.post(address, data=typed) for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, subject.root)] * 2
    assert len(subject.ids()) == before + 1


def test_a_form_says_who_else_has_it_open(subject: Subject, as_owner: Any, client_of: Any, make_staff: Any) -> None:
    address = subject.at("edit", subject.add(1))
    other = client_of(make_staff("Otto", OWNER))
    other.get(address)

    page = Page(as_owner.get(address))

    assert page.texts("p", class_="note")[0].startswith("Otto has been editing this since ")


def test_a_record_deleted_while_its_form_was_open_can_be_made_again(
    subject: Subject, as_owner: Any, password: str
) -> None:
    key = subject.add(1)
    typed = subject.typed(Page(as_owner.get(subject.at("edit", key))).values(), 9, password)
    page = Page(as_owner.get(subject.at("delete", key)))
    fates = {one.attributes["name"]: one.attributes["value"] for one in page.all("input", type="radio")}
    as_owner.post(subject.at("delete", key), data={**page.values(""), **fates})

    left = len(subject.ids())
    offered = Page(as_owner.post(subject.at("edit", key), data=typed))
    secret = {one.attributes["name"]: password for one in offered.form() if one.attributes.get("type") == "password"}
    made = as_owner.post(offered.form().attributes["action"], data={**offered.values(), **secret})

    assert (offered.status, made.status_code) == (409, 303)
    assert len(subject.ids()) == left + 1
