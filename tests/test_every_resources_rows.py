"""Which rows every declared resource's list shows: searched, filtered, ordered, kept as a view, and taken away as a file."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from admin_app.db.keys import Key, key_names, key_values, print_key
from admin_app.extensions import db
from admin_app.kinds import kind_of_value
from admin_app.panel.access.access import access_to
from admin_app.panel.list.selections import schema_for
from admin_app.selection.paging.pages import fetch
from admin_app.selection.selection import Selection
from tests.page import Page
from tests.subject import Subject, meaning_something


# A view keeps an address; what the address finds is asked of both stores elsewhere.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_view_of_all_declared_filters_opens_the_list_it_was_saved_from(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)
    subject.add(2)
    with subject.app.app_context():
        sort = list(schema_for(access_to(subject.view)).sorts)[-1]
    filters = [(slug, meaning_something(subject.app, one, key)) for slug, one in subject.view.filters.items()]
    # As many as an address takes.
    for begin in range(0, len(filters), 10):
        some = filters[begin : begin + 10]
        query = {**dict(some), "sort": f"-{sort}"}
        before = Page(as_owner.get(subject.root, query_string=query))

        saved = as_owner.post_form(f"{subject.root}views/new/?{urlencode(query)}", {"name": f"From {begin}"})

        page = Page(as_owner.get(saved.location, follow_redirects=True))
        assert (page.status, len(page.chips)) == (200, len(some)), some
        assert (page.rows(), page.chips) == (before.rows(), before.chips), some


def test_search_finds_by_each_declared_column(subject: Subject, as_owner: Any) -> None:
    keys = {number: subject.add(number) for number in (101, 202)}
    plain = [name for name in subject.view.column_searchable_list or () if "." not in name]
    words = {name: str(getattr(subject.record(keys[202]), name)) for name in plain}

    found = {
        name: Page(as_owner.get(subject.root, query_string={"q": f'"{word}"'})).printed()
        for name, word in words.items()
    }

    assert found == {name: [print_key(keys[202])] for name in plain}


def test_each_declared_filter_is_understood_and_means_the_same_by_itself_and_in_a_group(
    subject: Subject, as_owner: Any
) -> None:
    key = subject.add(1)
    subject.add(2)
    for slug, operator in subject.view.filters.items():
        text = meaning_something(subject.app, operator, key)
        name, _, word = slug.rpartition("__")

        alone = Page(as_owner.get(subject.root, query_string={slug: text}))
        # Its page would be as the other's, and take ten times as long as its rows.
        both = rows_of_group(subject, f'{name} {word} "{text}" or {name} {word} "{text}"')

        assert (alone.status, len(alone.chips), alone.all(class_="chip--problem")) == (200, 1, []), slug
        assert both == alone.printed(), slug


def rows_of_group(subject: Subject, where: str) -> list[str]:
    """Return the keys of the rows that a group of filters finds, as they are printed."""
    with subject.app.app_context():
        schema = schema_for(access_to(subject.view))
        segments = Selection.parse(schema, [("where", where)]).segments()
        return [print_key(row.id) for row in fetch(db.session, segments, limit=10)]


def test_a_group_with_a_filter_that_is_none_is_refused(subject: Subject, as_owner: Any) -> None:
    slug, operator = next(iter(subject.view.filters.items()))
    text = meaning_something(subject.app, operator, subject.add(1))
    name, _, word = slug.rpartition("__")

    answer = as_owner.get(subject.root, query_string={"where": f'{name} {word} "{text}" or id_never {word} x'})

    assert answer.status_code == 400


def test_each_declared_order_turns_round_and_loses_nobody(subject: Subject, as_owner: Any) -> None:
    for number in (3, 1, 2):
        subject.add(number)
    with subject.app.app_context():
        sorts = list(schema_for(access_to(subject.view)).sorts)

    orders = {
        name: [Page(as_owner.get(f"{subject.root}?sort={sign}{name}")).printed() for sign in ("", "-")]
        for name in sorts
    }

    for name, (up, down) in orders.items():
        assert (up, sorted(up)) == (down[::-1], sorted(subject.printed())), name


# ---- as a file


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_ticked_rows_of_every_list_and_no_others_leave_as_a_file(subject: Subject, as_owner: Any) -> None:
    ticked = [subject.add(number) for number in (1, 2, 3)][:2]

    printed = [print_key(key) for key in ticked]
    sent = {"shown": printed, "tick": printed, "act": "export_page"}
    led = as_owner.post_form(f"{subject.root}ticks/", sent, page=subject.root)
    file = as_owner.post_form(led.location, {"format": "csv", "column": key_names(subject.view.model)})

    assert sorted(list(csv.reader(io.StringIO(file.text)))[1:]) == sorted(map(_as_cells, ticked))


def _as_cells(key: Key) -> list[str]:
    return [str(kind_of_value(type(one)).to_csv(one)) for one in key_values(key)]


def test_export_has_a_line_for_every_record_and_no_secret(subject: Subject, as_owner: Any) -> None:
    keys = [subject.add(number) for number in (1, 2, 3)]

    response = as_owner.get(f"{subject.root}export/csv/")

    lines = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert (response.status_code, len(lines)) == (200, 1 + len(subject.ids()))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert [secret for key in keys for secret in subject.secrets(key) if secret in response.text] == []


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json"])
def test_every_column_that_may_be_exported_is_in_every_format(subject: Subject, as_owner: Any, kind: str) -> None:
    keys = [subject.add(number) for number in (1, 2, 3)]
    address = f"{subject.root}export/"
    offered = [box.attributes["value"] for box in Page(as_owner.get(address)).all("input", name="column")]

    response = as_owner.post_form(address, {"format": kind, "column": offered})

    read = {
        "csv": lambda: [len(row) for row in csv.reader(io.StringIO(response.text))][1:],
        "jsonl": lambda: [len(json.loads(line)) for line in response.text.splitlines()],
        "json": lambda: [len(row) for row in json.loads(response.text)],
    }
    assert (response.status_code, read[kind]()) == (200, [len(offered)] * len(subject.ids()))
    assert [secret for key in keys for secret in subject.secrets(key) if secret in response.text] == []
