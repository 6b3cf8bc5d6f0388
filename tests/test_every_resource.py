"""Every capability over every declared resource, by made-up records of its model: a new resource is tested by being there."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import Float, Numeric
from werkzeug.test import TestResponse

from admin_app.panel.access.access import access_to
from admin_app.panel.list.columns import Columns
from admin_app.panel.list.selections import schema_for
from admin_app.selection.list_schema import SortKey
from admin_app.selection.paging import planner
from tests.page import Page
from tests.subject import Subject, meaning_something


def test_list_shows_every_record_under_every_declared_column(subject: Subject, as_owner: Any) -> None:
    for number in (1, 2, 3):
        subject.add(number)

    page = Page(as_owner.get(subject.root))

    assert (page.status, sorted(page.printed())) == (200, sorted(subject.printed()))
    assert {len(row) for row in page.rows()} == {len(subject.view.column_list)}


def test_each_column_that_can_be_chosen_is_shown_and_written(subject: Subject, as_owner: Any) -> None:
    for number in (1, 2):
        subject.add(number)
    names = list(Columns(access_to(subject.view)).choosable())
    address = f"{subject.root}columns/"
    places = {f"place.{name}": str(place) for place, name in enumerate(names[:1] + names[:0:-1])}

    as_owner.post_form(address, {"column": names, **places})

    page = Page(as_owner.get(subject.root))
    heads = [one.rstrip("↑↓") for one in page.heads() if one != "Actions"]
    assert heads == [subject.view.label(name) for name in names[:1] + names[:0:-1]]
    file = list(csv.reader(io.StringIO(as_owner.get(f"{subject.root}export/csv/").text)))
    assert set(heads) <= set(file[0])
    assert len(file) == 1 + len(subject.ids())


def test_a_list_of_three_with_every_column_costs_the_statements_of_one(
    subject: Subject, as_owner: Any, statements: Callable[[], Any]
) -> None:
    columns = ",".join(Columns(access_to(subject.view)).choosable())
    counts = {}
    for number in (1, 2, 3):
        subject.add(number)
        as_owner.get(subject.root)
        with statements() as sent:
            as_owner.get(f"{subject.root}?columns={columns}")
        counts[number] = len(sent)

    assert set(counts.values()) == {counts[1]}


def test_a_list_costs_nine_statements_at_most_whatever_is_asked_of_it(
    subject: Subject, store: str, as_owner: Any, statements: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [subject.add(number) for number in range(1, 6)]
    # As in a long table, so that nothing is known sooner; and pages that are soon drawn.
    monkeypatch.setattr(subject.view, "list_schema", replace(subject.view.list_schema, page_sizes=(2,)))
    for name, value in (("FEW", 1), ("MANY", 1), ("WALKED_COUNT", 2), ("LIST_COUNT_LIMIT", 3)):
        monkeypatch.setattr(planner, name, value)
    with subject.app.app_context():
        sorts = schema_for(access_to(subject.view)).sorts
        filters = {
            slug: meaning_something(subject.app, operator, keys[0]) for slug, operator in subject.view.filters.items()
        }
    sent = {}

    def open_list(query: dict[str, str]) -> TestResponse:
        with statements() as one:
            answer: TestResponse = as_owner.get(subject.root, query_string=query)
        sent[urlencode(query)] = (answer.status_code, len(one))
        return answer

    every = {"columns": ",".join(Columns(access_to(subject.view)).choosable())}
    name = next((name for name in subject.view.column_searchable_list or () if "." not in name), "id")
    common, rare = {"q": name}, {"q": f'"{subject.value_for(name, 3)}"'}
    asked = [
        every,
        every | common,
        every | rare,
        every | {"page": "2"},
        every | {"page": "99"},
        every | {"before": "end"},
    ]
    asked += [every | {slug: text} for slug, text in filters.items()]
    for sort in sorts:
        page = Page(open_list(every | {"sort": sort}))
        following = dict(parse_qsl(urlsplit(page.link("Next")).query))
        asked += [every | following, every | common | following, every | rare | following]
        asked += [every | common | {"sort": sort, "before": "end"}]
    for query in asked:
        open_list(query)

    # One of them asks for the person's ticks, one how much is unread; an order by how many there are, or by decimals, which are read
    # rounded from SQLite, asks for the numbers of the rows at a page's ends.
    most = {query: 9 + _is_by_number(query, sorts, store) for query in sent}
    assert {query: found for query, found in sent.items() if found[0] != HTTPStatus.OK or found[1] > most[query]} == {}


def _is_by_number(query: str, sorts: Mapping[str, SortKey], store: str) -> bool:
    sort = sorts.get(dict(parse_qsl(query)).get("sort", ""))
    if sort is None or sort.is_count:
        return sort is not None
    return store == "sqlite" and isinstance(sort.column.type, Numeric) and not isinstance(sort.column.type, Float)


def test_form_makes_a_record(subject: Subject, as_owner: Any, password: str) -> None:
    address = f"{subject.root}new/"
    controls = Page(as_owner.get(address)).values()
    typed = subject.typed(controls, 7, password)
    before = subject.ids()

    response = as_owner.post(address, data=typed)

    assert (response.status_code, response.location) == (303, subject.root)
    (made,) = set(subject.ids()) - {*before}
    record = subject.record(made)
    plain = [name for name in controls if name in subject.mapper.columns]
    assert {name: getattr(record, name) for name in plain} == {name: subject.value_for(name, 7) for name in plain}


def test_form_saved_as_shown_changes_nothing_and_hides_secrets(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)
    address = subject.at("edit", key)

    shown = as_owner.get(address)
    response = as_owner.post(address, data=Page(shown).values())

    assert (response.status_code, subject.version(key)) == (303, 1)
    assert [secret for secret in subject.secrets(key) if secret in shown.text] == []


def test_form_changes_a_record(subject: Subject, as_owner: Any, password: str) -> None:
    key = subject.add(1)
    address = subject.at("edit", key)

    response = as_owner.post(address, data=subject.typed(Page(as_owner.get(address)).values(), 8, password))

    assert (response.status_code, subject.version(key)) == (303, 2)


def test_empty_form_is_refused_at_its_required_fields_or_saved(subject: Subject, as_owner: Any) -> None:
    address = f"{subject.root}new/"
    form = Page(as_owner.get(address))
    required = [one.attributes["name"] for one in form.form() if "required" in one.attributes and one.tag != "select"]

    page = Page(as_owner.post_form(address, dict.fromkeys(required, "")))

    assert [bool(page.error_of(name)) for name in required] == [True] * len(required)
    assert (page.status == 422) >= bool(required)


def test_details_name_the_record_and_hide_its_secrets(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)

    response = as_owner.get(subject.at("details", key))

    page = Page(response)
    assert (page.status, page.heading) == (200, str(subject.record(key)))
    assert [secret for secret in subject.secrets(key) if secret in response.text] == []
    assert len(page.all("dt")) == len(page.all("dd")) > 0


def test_delete_asks_and_then_deletes(subject: Subject, as_owner: Any) -> None:
    kept, key = subject.add(1), subject.add(2)
    address = subject.at("delete", key)
    page = Page(as_owner.get(address))
    fates = {one.attributes["name"]: one.attributes["value"] for one in page.all("input", type="radio")}

    response = as_owner.post(address, data={**page.values(""), **fates})

    assert (response.status_code, response.location) == (303, subject.root)
    assert (subject.record(kept) is None, subject.record(key) is None) == (False, True)


def test_lookup_answers_for_each_relation_to_one(subject: Subject, as_owner: Any) -> None:
    subject.add(1)
    names = [one.key for one in subject.mapper.relationships if not one.uselist]

    answers = {name: as_owner.get(f"{subject.root}lookup/?name={name}").json for name in names}

    assert {name: len(answer["results"]) for name, answer in answers.items()} == dict.fromkeys(names, 1)


def test_viewer_sees_what_is_not_for_owners_and_changes_nothing(subject: Subject, as_viewer: Any) -> None:
    key = subject.add(1)
    looking = [f"{subject.root}{page}" for page in ("", "columns/", "views/", "views/new/", "export/csv/", "export/")]
    looking += [subject.at("details", key), subject.at("history", key)]
    changing = [f"{subject.root}new/", subject.at("edit", key), subject.at("delete", key)]

    statuses = [as_viewer.get(address).status_code for address in (*looking, *changing)]

    assert statuses == [403 if subject.view.is_guarded else 200] * 8 + [403] * 3
