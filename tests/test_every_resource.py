"""Every capability over every declared resource, by made-up records of its model: a new resource is tested by being there."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy import select, update

from admin_app import resources
from admin_app.domain.rights import Act
from admin_app.extensions import db
from admin_app.models.base import UtcDateTime
from admin_app.models.role import OWNER
from admin_app.models.staff import StaffSession
from admin_app.models.stored import kept_columns
from admin_app.models.words import Words, WordsType
from admin_app.panel.resource import ResourceView
from admin_app.selection import counting, strategy
from tests.page import Page


def day_of(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


# Made-up values by type, another one for each number; tried in this order, everything else is text.
VALUES: tuple[tuple[type[Any], Callable[[Any, int], Any]], ...] = (
    (sa.Enum, lambda kind, _: next(iter(kind.enum_class or kind.enums))),
    (sa.Boolean, lambda _, __: True),
    (UtcDateTime, lambda _, number: datetime.combine(day_of(number), time(12), UTC)),
    (sa.Date, lambda _, number: day_of(number)),
    (sa.Time, lambda _, number: time(number % 24)),
    (sa.Uuid, lambda _, number: uuid.UUID(int=number)),
    (sa.Integer, lambda _, number: number),
    (sa.Float, lambda _, number: float(number)),
    (sa.Numeric, lambda _, number: Decimal(number)),
)


# Words have to be such as there are.
ACTS = [act.value for act in Act if act not in {Act.IMPORT, Act.BULK}]
WORDS: dict[str, Callable[[int], list[str]]] = {
    "roles": lambda _: ["viewer"],
    "permissions": lambda number: [f"post:{ACTS[number % len(ACTS)]}"],
    "rows": lambda _: [],
    "fields": lambda _: ["user.name:hidden"],
}


def value_for(column: sa.Column[Any], number: int) -> Any:
    """Make up a value that fits a column."""
    if isinstance(column.type, WordsType):
        return Words(WORDS[column.key](number))
    for kind, make in VALUES:
        if isinstance(column.type, kind):
            return make(column.type, number)
    return f"{column.key}{number}@example.com" if column.info.get("format") == "email" else f"{column.key} {number}"


@dataclass
class Subject:
    """A resource with its records."""

    app: Flask
    view: ResourceView
    mapper: Any

    @property
    def root(self) -> str:
        return f"/admin/{self.view.endpoint}/"

    def at(self, view: str, key: int) -> str:
        return f"{self.root}{view}/?id={key}"

    def add(self, number: int) -> int:
        """Store a made-up record, and those it points at; return its id."""
        with self.app.app_context():
            record = self._made(self.mapper, number)
            db.session.add(record)
            db.session.commit()
            key: int = record.id
            return key

    def _made(self, mapper: Any, number: int) -> Any:
        given = {"id", "version", "updated_at"}
        columns = [one for one in mapper.columns if one.key not in given and not one.foreign_keys]
        values = {column.key: value_for(column, number) for column in columns}
        for relation in mapper.relationships:
            if relation.direction is sa.orm.RelationshipDirection.MANYTOONE:
                values[relation.key] = self._made(relation.mapper, number)
        return mapper.class_(**values)

    def ids(self) -> list[int]:
        with self.app.app_context():
            return list(db.session.scalars(select(self.mapper.class_.id).order_by(self.mapper.class_.id)))

    def record(self, key: int) -> Any:
        with self.app.app_context():
            return db.session.get(self.mapper.class_, key)

    def typed(self, controls: dict[str, str], number: int, password: str) -> dict[str, str]:
        """Return what a person types into a form for a new record."""
        typed = {}
        for name in controls:
            if name in self.mapper.columns:
                value = value_for(self.mapper.columns[name], number)
                typed[name] = {True: "y"}.get(value) or str(getattr(value, "value", value))
            elif name in self.mapper.relationships:
                with self.app.app_context():
                    other = self._made(self.mapper.relationships[name].mapper, number)
                    db.session.add(other)
                    db.session.commit()
                    typed[name] = str(other.id)
            elif name != "csrf_token" and not name.startswith("_"):
                typed[name] = password
        return {**controls, **typed}

    def secrets(self, key: int) -> list[str]:
        record = self.record(key)
        return [getattr(record, column.key) for column in self.mapper.columns if column.info.get("secret")]


@pytest.fixture(params=resources.declared(), ids=lambda resource: resource.record.__name__)
def subject(request: pytest.FixtureRequest, app: Flask) -> Subject:
    """Test each resource in turn."""
    view = next(view for view in app.extensions["admin"][0]._views if type(view) is request.param)
    return Subject(app, view, inspect_mapper(request.param.record))


def test_list_shows_every_record_under_every_declared_column(subject: Subject, as_owner: Any) -> None:
    for number in (1, 2, 3):
        subject.add(number)

    page = Page(as_owner.get(subject.root))

    assert (page.status, sorted(page.ids())) == (200, subject.ids())
    assert {len(row) for row in page.rows()} == {len(subject.view.column_list)}


def test_each_column_that_can_be_chosen_is_shown_and_written(subject: Subject, as_owner: Any) -> None:
    for number in (1, 2):
        subject.add(number)
    names = list(subject.view.choosable_columns())
    address = f"{subject.root}columns/"
    places = {f"place.{name}": str(place) for place, name in enumerate(names[:1] + names[:0:-1])}

    as_owner.post_form(address, {"column": names, **places})

    page = Page(as_owner.get(subject.root))
    heads = [one.rstrip("↑↓") for one in page.heads() if one != "Actions"]
    assert heads == [subject.view.get_column_name(name) for name in names[:1] + names[:0:-1]]
    file = list(csv.reader(io.StringIO(as_owner.get(f"{subject.root}export/csv/").text)))
    assert set(heads) <= set(file[0])
    assert len(file) == 1 + len(subject.ids())


def test_a_list_of_three_with_every_column_costs_the_statements_of_one(
    subject: Subject, as_owner: Any, statements: Callable[[], Any]
) -> None:
    columns = ",".join(subject.view.choosable_columns())
    counts = {}
    for number in (1, 2, 3):
        subject.add(number)
        as_owner.get(subject.root)
        with statements() as sent:
            as_owner.get(f"{subject.root}?columns={columns}")
        counts[number] = len(sent)

    assert set(counts.values()) == {counts[1]}


def test_a_list_costs_five_statements_at_most_whatever_is_asked_of_it(
    subject: Subject, as_owner: Any, statements: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [subject.add(number) for number in range(1, 31)]
    # As in a long table, so that nothing is known sooner.
    for module, name, value in ((strategy, "FEW", 1), (strategy, "MANY", 1), (strategy, "WALKED_COUNT", 2)):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(counting, "COUNT_LIMIT", 3)
    with subject.app.app_context():
        sorts = list(subject.view.offer().sorts)
        filters = {
            slug: meaning_something(subject.app, operator, keys[0])
            for slug, operator in subject.view.filters_by_key.items()
        }
    every = {"columns": ",".join(subject.view.choosable_columns())}
    name = next((name for name in subject.view.column_searchable_list or () if "." not in name), "id")
    common, rare = {"q": name}, {"q": f'"{value_for(subject.mapper.columns[name], 17)}"'}
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
        first = as_owner.get(subject.root, query_string=every | {"sort": sort})
        following = dict(parse_qsl(urlsplit(Page(first).link("Next")).query))
        asked += [every | {"sort": sort}, every | following, every | common | following, every | rare | following]
        asked += [every | common | {"sort": sort, "before": "end"}]

    sent = {}
    for query in asked:
        with statements() as one:
            status = as_owner.get(subject.root, query_string=query).status_code
        sent[urlencode(query)] = (status, len(one))

    assert {query: found for query, found in sent.items() if found[0] != HTTPStatus.OK or found[1] > 5} == {}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_ticked_rows_of_every_list_and_no_others_leave_as_a_file(subject: Subject, as_owner: Any) -> None:
    ticked = [subject.add(number) for number in (1, 2, 3)][:2]

    led = as_owner.get(
        f"{subject.root}ticked/", query_string=[("act", "export_page"), *(("tick", key) for key in ticked)]
    )
    file = as_owner.post_form(led.location, {"format": "csv", "column": ["id"]})

    assert sorted(int(row[0]) for row in list(csv.reader(io.StringIO(file.text)))[1:]) == ticked


# A view keeps an address; what the address finds is asked of both stores elsewhere.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_view_of_each_declared_filter_opens_the_list_it_was_saved_from(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)
    subject.add(2)
    with subject.app.app_context():
        sort = list(subject.view.offer().sorts)[-1]
    for slug, operator in subject.view.filters_by_key.items():
        query = {slug: meaning_something(subject.app, operator, key), "sort": f"-{sort}"}
        before = Page(as_owner.get(subject.root, query_string=query))

        address = f"{subject.root}views/new/?{urlencode(query)}"
        saved = as_owner.post_form(address, {"name": slug[:60]})

        page = Page(as_owner.get(saved.location, follow_redirects=True))
        assert (page.status, page.rows(), page.chips) == (200, before.rows(), before.chips), slug


def test_search_finds_by_each_declared_column(subject: Subject, as_owner: Any) -> None:
    keys = {number: subject.add(number) for number in (101, 202)}
    plain = [name for name in subject.view.column_searchable_list or () if "." not in name]
    words = {name: str(value_for(subject.mapper.columns[name], 202)) for name in plain}

    found = {
        name: Page(as_owner.get(subject.root, query_string={"q": f'"{word}"'})).ids() for name, word in words.items()
    }

    assert found == {name: [keys[202]] for name in plain}


def test_each_declared_filter_is_understood(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)
    for slug, operator in subject.view.filters_by_key.items():
        text = meaning_something(subject.app, operator, key)

        page = Page(as_owner.get(subject.root, query_string={slug: text}))

        assert (page.status, len(page.chips)) == (200, 1), slug
        assert page.all(class_="chip--problem") == [], slug


def test_each_declared_filter_means_the_same_by_itself_and_in_a_group(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)
    subject.add(2)
    for slug, operator in subject.view.filters_by_key.items():
        text = meaning_something(subject.app, operator, key)
        name, _, word = slug.rpartition("__")

        alone = Page(as_owner.get(subject.root, query_string={slug: text}))
        in_group = Page(
            as_owner.get(subject.root, query_string={"where": f'{name} {word} "{text}" or id_never {word} x'})
        )
        both = Page(
            as_owner.get(subject.root, query_string={"where": f'{name} {word} "{text}" or {name} {word} "{text}"'})
        )

        assert (in_group.status, both.status, both.ids()) == (400, 200, alone.ids()), slug


SAMPLES = ("2026-01-01 to 2026-02-01", "2026-01-01", "12:00", "yes")


def meaning_something(app: Flask, operator: Any, key: int) -> str:
    """Find what one can type for an operator."""
    chosen = [value for value, _ in operator.choices()] + list(
        getattr(getattr(operator.column, "type", None), "enums", [])
    )
    periods = [value for value, _ in operator.suggestions]
    samples = [*chosen, *periods, str(uuid.UUID(int=1)), "1 to 2", *SAMPLES, str(key), "a"]
    with app.app_context():
        for text in samples:
            try:
                operator.parse(text)
            except ValueError:
                continue
            return text
    message = f"{operator.name} {operator.words}: nothing is understood"
    raise AssertionError(message)


def test_each_declared_order_turns_round_and_loses_nobody(subject: Subject, as_owner: Any) -> None:
    for number in (3, 1, 2):
        subject.add(number)
    with subject.app.app_context():
        sorts = list(subject.view.offer().sorts)

    orders = {
        name: [Page(as_owner.get(f"{subject.root}?sort={sign}{name}")).ids() for sign in ("", "-")] for name in sorts
    }

    for name, (up, down) in orders.items():
        assert (up, sorted(up)) == (down[::-1], subject.ids()), name


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


def test_form_makes_a_record(subject: Subject, as_owner: Any, password: str) -> None:
    address = f"{subject.root}new/"
    controls = Page(as_owner.get(address)).values()
    typed = subject.typed(controls, 7, password)

    response = as_owner.post(address, data=typed)

    assert (response.status_code, response.location) == (303, subject.root)
    record = subject.record(subject.ids()[-1])
    plain = [name for name in controls if name in subject.mapper.columns]
    assert {name: getattr(record, name) for name in plain} == {
        name: value_for(subject.mapper.columns[name], 7) for name in plain
    }


def test_form_saved_as_shown_changes_nothing_and_hides_secrets(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)
    address = subject.at("edit", key)

    shown = as_owner.get(address)
    response = as_owner.post(address, data=Page(shown).values())

    assert (response.status_code, subject.record(key).version) == (303, 1)
    assert [secret for secret in subject.secrets(key) if secret in shown.text] == []


def test_form_changes_a_record(subject: Subject, as_owner: Any, password: str) -> None:
    key = subject.add(1)
    address = subject.at("edit", key)

    response = as_owner.post(address, data=subject.typed(Page(as_owner.get(address)).values(), 8, password))

    assert (response.status_code, subject.record(key).version) == (303, 2)


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


def as_it_was(record: Any) -> dict[str, Any]:
    """Return what an undo gives back: all but the version, the last change's time, and what no history keeps."""
    kept = kept_columns(type(record))
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

    response = press(as_owner, Page(as_owner.get(subject.at("history", key))), "/restore/")

    assert (response.status_code, as_it_was(subject.record(key))) == (303, first)


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

    assert (saved.status_code, page.status, subject.record(key).version) == (303, 409, 2)
    kept = {name: value for name, value in page.values().items() if name in mine and not name.startswith("_")}
    secret = {one.attributes["name"] for one in page.form() if one.attributes.get("type") == "password"}
    expected = {**mine, **dict.fromkeys(secret, ""), "csrf_token": kept["csrf_token"]}
    assert kept == {name: expected[name] for name in kept}
    takes = {one.attributes["name"]: "yours" for one in page.all("input", type="radio")}
    assert len(takes) > 0

    again = as_owner.post(address, data={**page.values(), **takes})

    assert (again.status_code, subject.record(key).version) == (303, 3)


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
        shown = {name: value for name, value in page.values().items() if not name.startswith("_")}
        expected = {**typed, **dict.fromkeys(secret, ""), "csrf_token": shown["csrf_token"]}
        assert (page.status, shown) == (200, {name: expected[name] for name in shown})
        assert (subject.ids(), subject.record(key).version) == (before, 1)


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

    offered = Page(as_owner.post(subject.at("edit", key), data=typed))
    secret = {one.attributes["name"]: password for one in offered.form() if one.attributes.get("type") == "password"}
    made = as_owner.post(offered.form().attributes["action"], data={**offered.values(), **secret})

    assert (offered.status, made.status_code) == (409, 303)
    assert subject.ids()[-1] > key
