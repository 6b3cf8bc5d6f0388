"""Acts of the bulk bar and actions of a resource's own over every declared resource: done as one act, undone as one."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import pytest
from typing_extensions import override

from admin_app.db.keys import print_key
from admin_app.panel.row_action import RowAction
from tests.page import Page
from tests.subject import Subject


class Same(RowAction):
    """Gives every record the same value in one column."""

    label = "Make the same"

    def __init__(self, subject: Subject) -> None:
        columns = subject.mapper.columns
        plain = [name for name in subject.view.changeable() if name in columns]
        names = [name for name in plain if not columns[name].unique]
        self.writes = (names[0],) if names else ()  # type: ignore[misc]  # each resource has another column
        self._value = subject.value_for(names[0], 17) if names else None

    @override
    def change(self, record: Any, form: Any) -> Mapping[str, object]:
        return dict.fromkeys(self.writes, self._value)


def undo(client: Any, page: Page) -> None:
    (form,) = page.all("form", class_="undo")
    client.post_form("/admin/activity/undo/", {"id": form.all("input", name="id")[0].attributes["value"]})


def is_closed(subject: Subject, client: Any, address: str) -> bool:
    """Whether each of these records is judged by itself; then there are no acts on many."""
    if subject.view.is_open_to_bulk:
        return False
    assert client.get(address).status_code == HTTPStatus.FORBIDDEN
    return True


def test_many_are_deleted_as_one_act_and_come_back_as_one(subject: Subject, as_owner: Any) -> None:
    address = f"{subject.root}delete-many/"
    if is_closed(subject, as_owner, address):
        return
    for number in (1, 2, 3):
        subject.add(number)
    keys = subject.ids()
    chosen = f"id__in={print_key(keys[0])},{print_key(keys[2])}"

    asked = Page(as_owner.get(f"{address}?{chosen}"))
    plan = as_owner.post_form(f"{address}?{chosen}").location
    page = Page(as_owner.get(plan))
    as_owner.post_form(plan)
    left = subject.ids()
    undo(as_owner, Page(as_owner.get(plan)))

    assert asked.heading == f"Delete {subject.view.nouns}"
    assert page.heading == f"Delete 2 {subject.view.nouns}?"
    assert (left, subject.ids()) == ([keys[1]], keys)


def test_an_action_of_its_own_is_done_with_many_and_undone_as_one(
    subject: Subject, as_owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = Same(subject)
    address = f"{subject.root}act/same/"
    monkeypatch.setattr(type(subject.view), "row_actions", (action,))
    if is_closed(subject, as_owner, address):
        return
    for number in (1, 2, 3):
        subject.add(number)
    (name,) = action.writes
    before = [getattr(subject.record(key), name) for key in subject.ids()]

    plan = as_owner.post_form(address).location
    as_owner.post_form(plan)
    after = [getattr(subject.record(key), name) for key in subject.ids()]
    undo(as_owner, Page(as_owner.get(plan)))

    assert after == [subject.value_for(name, 17)] * 3
    assert [getattr(subject.record(key), name) for key in subject.ids()] == before


def test_an_action_of_its_own_is_offered_in_the_row_and_on_the_records_page(
    subject: Subject, as_owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(subject.view), "row_actions", (Same(subject),))
    if is_closed(subject, as_owner, f"{subject.root}act/same/"):
        return
    key = subject.add(1)

    list_ = Page(as_owner.get(subject.root))
    pages = [Page(as_owner.get(subject.at(view, key))) for view in ("edit", "details")]
    response = as_owner.post_form(pages[0].link("Make the same"))

    assert [words.startswith("Make the same ") for words in list_.texts("a", within="main")].count(True) >= 1
    assert ["Make the same" in page.texts("a", class_="button") for page in pages] == [True, True]
    assert response.status_code == 303
