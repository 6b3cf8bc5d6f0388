"""The history of every declared resource's records: what it tells, and what is undone and restored by it."""

from __future__ import annotations

from typing import Any

from admin_app.db.json_values import history_columns
from tests.page import Page
from tests.subject import Subject


def as_it_was(record: Any) -> dict[str, Any]:
    """Return what an undo gives back: all but the version, the last change's time, and what no history keeps."""
    kept = history_columns(type(record))
    given = {*type(record).__restored__, "version", "updated_at"}
    return {key: getattr(record, key) for key in kept if key not in given}


def press(client: Any, page: Page, action: str) -> Any:
    """Press the first button of the page whose form goes there."""
    form = next(one for one in page.all("form") if one.attributes.get("action", "").endswith(action))
    sent = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
    return client.post(form.attributes["action"], data=sent)


def test_history_tells_each_change_and_no_secret(subject: Subject, as_owner: Any, password: str) -> None:
    key = subject.add(1)
    address = subject.at("edit", key)
    as_owner.post(address, data=subject.typed(Page(as_owner.get(address)).values(), 8, password))

    response = as_owner.get(subject.at("history", key))

    page = Page(response)
    assert (page.status, len(page.all("li", class_="event"))) == (200, 2)
    assert [secret for secret in subject.secrets(key) if secret in response.text] == []


def test_a_save_is_undone_and_redone(subject: Subject, as_owner: Any, password: str) -> None:
    key = subject.add(1)
    first = as_it_was(subject.record(key))
    address = subject.at("edit", key)
    saved = as_owner.post(address, data=subject.typed(Page(as_owner.get(address)).values(), 8, password))
    second = as_it_was(subject.record(key))

    undone = press(as_owner, Page(as_owner.get(saved.location)), "/undo/")
    after_undo = as_it_was(subject.record(key))
    press(as_owner, Page(as_owner.get(undone.location)), "/undo/")

    assert (after_undo, as_it_was(subject.record(key))) == (first, second)
    assert first != second


def test_a_deletion_is_undone(subject: Subject, as_owner: Any) -> None:
    subject.add(1)
    key = subject.add(2)
    before = as_it_was(subject.record(key))
    address = subject.at("delete", key)
    page = Page(as_owner.get(address))
    fates = {one.attributes["name"]: one.attributes["value"] for one in page.all("input", type="radio")}
    deleted = as_owner.post(address, data={**page.values(""), **fates})

    press(as_owner, Page(as_owner.get(deleted.location)), "/undo/")

    assert as_it_was(subject.record(key)) == before


def test_a_version_is_restored(subject: Subject, as_owner: Any, password: str) -> None:
    key = subject.add(1)
    first = as_it_was(subject.record(key))
    address = subject.at("edit", key)
    as_owner.post(address, data=subject.typed(Page(as_owner.get(address)).values(), 8, password))
    as_owner.get("/admin/")

    history = Page(as_owner.get(subject.at("history", key)))
    way = next(one.attributes["href"] for one in history.all("a") if one.text.startswith("Restore"))
    response = press(as_owner, Page(as_owner.get(way)), "/restore/")

    assert (response.status_code, as_it_was(subject.record(key))) == (303, first)
