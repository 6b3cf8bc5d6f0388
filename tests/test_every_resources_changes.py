"""“Change…” and “Find and replace…” over every declared resource: each field of its form can be given to many, or is said not to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from tests.page import Page
from tests.subject import Subject

Statements = Callable[[], Any]


def done(client: Any, address: str, fields: dict[str, str]) -> None:
    """Make a plan and agree to it."""
    response = client.post(address, data={**Page(client.get(address)).values(), **fields})
    assert response.status_code == HTTPStatus.SEE_OTHER, Page(response).texts("p", class_="error")
    client.post_form(response.location)


def fields_of(subject: Subject, client: Any) -> Iterator[str]:
    """Name the fields that the page offers."""
    page = Page(client.get(f"{subject.root}edit-many/"))
    yield from (one.attributes["value"] for one in page.all("input", name="change"))


def is_unique(subject: Subject, name: str) -> bool:
    return name in subject.mapper.columns and bool(subject.mapper.columns[name].unique)


def test_each_field_of_the_form_is_offered_or_the_page_is_not_there(subject: Subject, as_owner: Any) -> None:
    subject.add(1)

    statuses = [as_owner.get(f"{subject.root}{page}/").status_code for page in ("edit-many", "replace")]

    if subject.view.is_open_to_bulk:
        assert statuses == [HTTPStatus.OK, HTTPStatus.OK if subject.view.texts() else HTTPStatus.FORBIDDEN]
        assert list(fields_of(subject, as_owner)) == subject.view.changeable()
    else:
        assert statuses == [HTTPStatus.FORBIDDEN] * 2


def test_each_field_can_be_set_for_many_but_for_one_that_has_to_be_different(
    subject: Subject, as_owner: Any, password: str
) -> None:
    keys = [subject.add(number) for number in (1, 2)]
    names = list(fields_of(subject, as_owner)) if subject.view.is_open_to_bulk else []
    plain = [name for name in names if not is_unique(subject, name)]
    typed = subject.typed(dict.fromkeys(plain, ""), 9, password)

    for name in plain:
        done(as_owner, f"{subject.root}edit-many/", {"change": name, f"value.{name}": typed[name]})

    columns = [name for name in plain if name in subject.mapper.columns]
    expected = {name: subject.value_for(name, 9) for name in columns}
    assert [{name: getattr(subject.record(key), name) for name in columns} for key in keys] == [expected] * 2


def test_each_text_is_replaced_in_many(subject: Subject, as_owner: Any) -> None:
    keys = [subject.add(number) for number in (1, 2)]
    names = subject.view.texts() if subject.view.is_open_to_bulk else []

    for name in names:
        found = {"find": r"^[a-z]+(.*)$", "with": rf"new{name}\1", "expression": "1", "in": name}
        done(as_owner, f"{subject.root}replace/", found)

    after = [[getattr(subject.record(key), name) for name in names] for key in keys]
    assert [[text.startswith(f"new{name}") for name, text in zip(names, texts, strict=True)] for texts in after] == [
        [True] * len(names)
    ] * 2


def test_the_page_costs_as_many_statements_for_three_records_as_for_one(
    subject: Subject, as_owner: Any, statements: Statements
) -> None:
    counts = {}
    for number in (1, 2, 3):
        subject.add(number)
        as_owner.get(f"{subject.root}edit-many/")
        with statements() as sent:
            as_owner.get(f"{subject.root}edit-many/")
        counts[number] = len(sent)

    assert set(counts.values()) == {counts[1]}
