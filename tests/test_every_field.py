"""Every field of every declared resource, hidden and read-only: no page tells the one, and no request changes the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy import select
from sqlalchemy.orm.interfaces import RelationshipDirection

from admin_app import resources
from admin_app.db.keys import key_names, print_key
from admin_app.db.string_set import StringSetType
from admin_app.extensions import db, table_of
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.staff import Staff
from admin_app.panel.resource import Resource
from tests.client import Client
from tests.page import Page
from tests.subject import Subject, value_for

# Rights are the same on both stores; what they become in SQL is asked of both elsewhere.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

# Makes values that occur nowhere else, by their day, their number or their text.
SENTINEL = 4321


@pytest.fixture(params=resources.declared(), ids=lambda resource: resource.model.__name__)
def subject(request: pytest.FixtureRequest, app: Flask) -> Subject:
    """Test each resource in turn."""
    view = next(one for one in app.extensions["resources"].values() if type(one) is request.param)
    return Subject(app, view, inspect_mapper(request.param.model))


def views_of(app: Flask) -> list[Resource]:
    return list(app.extensions["resources"].values())


def told_columns(subject: Subject) -> list[str]:
    """Name the columns whose values can be told from all others; keys and versions are in every form, secrets nowhere."""
    few = sa.Boolean | sa.Enum | StringSetType
    columns = {one.key: one.columns[0] for one in subject.mapper.column_attrs if one.key != "version"}
    return [
        name
        for name, column in columns.items()
        if not (column.primary_key or isinstance(column.type, few) or column.foreign_keys or column.info.get("secret"))
    ]


def form_columns(subject: Subject) -> list[str]:
    own = key_names(subject.view.model)
    return [name for name in subject.view.form_columns if name in subject.mapper.attrs and name not in own]


def add_with_children(subject: Subject) -> set[str]:
    """Store a record with values of its own, and one of each kind that depends on it; return the values in words."""
    names = told_columns(subject)
    with subject.app.app_context():
        record = subject._made(subject.mapper, 1)
        for number, name in enumerate(names, SENTINEL):
            setattr(record, name, value_for(subject.mapper.columns[name], number))
        db.session.add(record)
        for relation in subject.mapper.relationships:
            if relation.direction is RelationshipDirection.ONETOMANY and not relation.viewonly:
                child = subject._made(relation.mapper, 2)
                setattr(child, relation.back_populates, record)
                db.session.add(child)
        db.session.commit()
        values = [getattr(record, name) for name in names]
    return {f"{value:%Y-%m-%d}" if hasattr(value, "year") else str(value) for value in values}


def pages_of(subject: Subject) -> list[str]:
    """Return the pages that show records: by every record of its own resource, and of every other by the newest, which depends on one if any does."""
    pages = ["/admin/"]
    with subject.app.app_context():
        pages += [f"/admin/activity/set/?id={key}" for key in db.session.scalars(select(ChangeSet.id))]
        for view in views_of(subject.app):
            keys = list(db.session.scalars(select(view.model.id).order_by(view.model.id)))
            names = ",".join([*view.column_list, *view.column_further_list])
            lists = ("", f"?columns={names}", "columns/", "export/", "export/csv/")
            records = [
                f"{page}/?id={print_key(key)}"
                for key in (keys if view is subject.view else keys[-1:])
                for page in ("details", "edit", "delete", "history")
            ]
            # Who gives roles reads what they are called.
            records = [one for one in records if view.model is not Staff or not one.startswith("edit")]
            to_one = [one.key for one in inspect_mapper(view.model).relationships if not one.uselist]
            lookups = [f"lookup/?name={name}&query=" for name in to_one]
            pages += [f"/admin/{view.endpoint}/{page}" for page in (*lists, *records, *lookups)]
    return pages


def rights(subject: Subject, names: Iterable[str], right: str) -> list[str]:
    return [f"{subject.view.endpoint}.{name}:{right}" for name in names]


def values_of(subject: Subject, key: Any) -> dict[str, Any]:
    """Return what a record holds in the fields of its form; of a relation the other's key."""
    with subject.app.app_context():
        record = db.session.get_one(subject.mapper.class_, key)
        values = {name: getattr(record, name) for name in form_columns(subject)}
        return {name: getattr(value, "id", value) for name, value in values.items()}


def test_hidden_fields_are_told_by_no_page(
    subject: Subject, as_owner: Client, client_with: Callable[..., Client]
) -> None:
    sentinels = add_with_children(subject)
    client = client_with("*:*", fields=rights(subject, told_columns(subject), "hidden"))
    pages = pages_of(subject)

    texts = {page: client.get(page).text for page in pages}
    told = {(page, one) for page, text in texts.items() for one in sentinels if one in text}
    shown = "".join(as_owner.get(page).text for page in pages if page.startswith(f"{subject.root}details/"))

    assert told == set()
    assert {one for one in sentinels if one not in shown} == set()


def test_hidden_fields_cannot_be_asked_for(subject: Subject, client_with: Callable[..., Client]) -> None:
    sentinels, hidden = add_with_children(subject), told_columns(subject)
    client = client_with("*:*", fields=rights(subject, hidden, "hidden"))

    answers, found = {}, {}
    for view in views_of(subject.app):
        with subject.app.app_context():
            schema = view.list_schema
            relations = [one.key for one in inspect_mapper(view.model).relationships if one.mapper is subject.mapper]
        prefixes = [""] if view is subject.view else [f"{one}." for one in relations]
        paths = {f"{prefix}{name}" for prefix in prefixes for name in hidden}
        asked = [key for key in schema.filters if key.rpartition("__")[0] in paths]
        sorts = [
            key
            for key, one in schema.sorts.items()
            if one.column.class_ is subject.view.model and one.column.key in hidden
        ]
        queries = [{key: "1"} for key in asked] + [{"where": f"{key.replace('__', ' ')} 1"} for key in asked]
        for query in [*queries, *({"sort": key} for key in sorts)]:
            answers[str(query)] = client.get(f"/admin/{view.endpoint}/", query_string=query).status_code
        for one in sentinels if view.column_searchable_list else ():
            found[one] = Page(client.get(f"/admin/{view.endpoint}/", query_string={"q": f'"{one}"'})).rows()

    assert set(answers.values()) == {400}
    assert [rows for rows in found.values() if rows] == []


@pytest.mark.parametrize("how_many", [1, None], ids=["first", "all"])
def test_fields_to_read_only_are_changed_by_no_request(
    how_many: int | None, subject: Subject, as_owner: Client, client_with: Callable[..., Client], password: str
) -> None:
    fixed = form_columns(subject)[:how_many]
    key = subject.add(1)
    with subject.app.app_context():
        record = db.session.get_one(subject.view.model, key)
        for column in subject.mapper.columns:
            if column.key in form_columns(subject):
                setattr(record, column.key, value_for(column, 2))
        db.session.commit()
        of_it = select(Change).where(Change.model == table_of(subject.mapper.class_).name, Change.record_id == key)
        first, last = db.session.scalars(of_it.order_by(Change.id)).all()
    present = values_of(subject, key)
    client = client_with("*:*", fields=rights(subject, fixed, "read_only"))
    page = Page(client.get(subject.at("edit", key)))
    typed = subject.typed(Page(as_owner.get(subject.at("edit", key))).values(), 3, password)

    client.post(subject.at("edit", key), data={**typed, "csrf_token": page.values()["csrf_token"]})
    answers = [
        client.post_form(f"{subject.root}restore/", {"change": str(first.id)}),
        client.post_form("/admin/activity/undo/", {"id": str(last.change_set_id), "insist": str(last.id)}),
    ]

    assert [name for name in fixed if name in page.values()] == []
    assert {name: values_of(subject, key)[name] for name in fixed} == {name: present[name] for name in fixed}
    assert answers[1].status_code == 403
