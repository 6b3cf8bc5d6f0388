"""Each declared resource in turn, with made-up records of its model; a plugin of conftest.py."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy import select

from admin_app import resources
from admin_app.db.attributes import stored_columns
from admin_app.db.keys import print_key
from admin_app.db.list_of import ListOf
from admin_app.db.string_set import StringSet, StringSetType
from admin_app.db.types import UtcDateTime, utc_now
from admin_app.db.versions import has_counter
from admin_app.domain.permissions.rights import Action
from admin_app.extensions import db, table_of
from admin_app.kinds import name_of_kind
from admin_app.kinds.choice import ChoiceKind
from admin_app.kinds.country import countries
from admin_app.kinds.money import CURRENCIES
from admin_app.kinds.time import TimeKind
from admin_app.models.change_set import Change, Did
from admin_app.models.stored_file import StoredFile
from admin_app.panel.operators.relation import RelationInList, RelationIs
from admin_app.panel.resource import Resource
from admin_app.relations import relation_of


def day_of(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


def offset_of(kind: sa.Time) -> timezone | None:
    """Return the offset of a time of day, where the database keeps one."""
    return timezone(timedelta(hours=2)) if TimeKind(sa.Column("at", kind)).has_offset else None


# Made-up values by type, another one for each number; tried in this order, everything else is text.
VALUES: tuple[tuple[type[Any], Callable[[Any, int], Any]], ...] = (
    (ListOf, lambda kind, number: [value_for(sa.Column("item", kind.item), number)]),
    (sa.Enum, lambda kind, _: next(iter(kind.enum_class or kind.enums))),
    (sa.Boolean, lambda _, __: True),
    (UtcDateTime, lambda _, number: datetime.combine(day_of(number), time(12), UTC)),
    (sa.DateTime, lambda _, number: datetime.combine(day_of(number), time(12))),
    (sa.Date, lambda _, number: day_of(number)),
    (sa.Time, lambda kind, number: time(number % 24, tzinfo=offset_of(kind))),
    (sa.Interval, lambda _, number: timedelta(hours=number)),
    (sa.JSON, lambda _, number: {"number": number}),
    (sa.LargeBinary, lambda _, number: bytes([number % 256])),
    (sa.Uuid, lambda _, number: uuid.UUID(int=number)),
    (sa.Integer, lambda _, number: number),
    (sa.Float, lambda _, number: float(number)),
    (sa.Numeric, lambda _, number: Decimal(number)),
)


# The same by the kind that a column names.
OF_KINDS: dict[str, Callable[[int], Any]] = {
    "url": lambda number: f"https://example.com/{number}",
    "phone": lambda number: f"+49301230{number:03d}",
    "colour": lambda number: f"#{number:06x}",
    "country": lambda number: list(countries())[number],
    "ip": lambda number: f"192.0.2.{number}",
    "network": lambda number: f"10.{number}.0.0/16",
    "currency": lambda number: sorted(CURRENCIES)[number % 150],
    "image": lambda number: f"{number:064x}/{number}/{number}.png",
    "file": lambda number: f"f{number:063x}/{number}/{number}.pdf",
}
# So many files are made up for a resource whose records hold some.
MOST_FILES = 40
# Words have to be such as there are.
ACTS = [act.value for act in Action if act is not Action.BULK]
WORDS: dict[str, Callable[[int], list[str]]] = {
    "roles": lambda _: ["viewer"],
    "permissions": lambda number: [f"post:{ACTS[number % len(ACTS)]}"],
    "rows": lambda _: [],
    "fields": lambda _: ["user.name:hidden"],
}


def value_for(column: sa.Column[Any], number: int) -> Any:
    """Make up a value that fits a column of the store, which an application's context knows."""
    if isinstance(column.type, StringSetType):
        return StringSet(WORDS[column.key](number))
    if (named := name_of_kind(column)) in OF_KINDS:
        return OF_KINDS[named](number)
    for kind, make in VALUES:
        if isinstance(column.type, kind):
            return make(column.type, number)
    if column.primary_key:
        # What an address, a list of keys, a cursor and a form field's name could take for something of theirs.
        return f"{number}/{column.key}: ~a.b-c_d, 5% “é”"
    return f"{column.key}{number}@example.com" if named == "email" else f"{column.key} {number}"


def typed_as(value: Any) -> str:
    """Return what a person types for a value."""
    if isinstance(value, list):
        return "\n".join(map(typed_as, value))
    if isinstance(value, dict):
        return json.dumps(value)
    return "y" if value is True else ChoiceKind.text_of(value)


def _stored(mapper: Any) -> list[sa.Column[Any]]:
    return [one for one in mapper.columns if isinstance(one, sa.Column)]


def _is_given(column: sa.Column[Any]) -> bool:
    """Whether a made-up record needs a value: a text that is a key does, a number that is one does not."""
    is_numbered = isinstance(column.type, sa.Integer) and len(column.table.primary_key) == 1
    is_made = column.primary_key and (is_numbered or column.default is not None)
    return not is_made and not column.foreign_keys and column.computed is None


@dataclass
class Subject:
    """A resource with its records."""

    app: Flask
    view: Resource
    mapper: Any

    @property
    def root(self) -> str:
        return f"/admin/{self.view.endpoint}/"

    def at(self, view: str, key: Any) -> str:
        return f"{self.root}{view}/?id={print_key(key)}"

    @property
    def columns(self) -> list[sa.Column[Any]]:
        """The columns of its table; what is computed has none."""
        return _stored(self.mapper)

    def add(self, number: int) -> Any:
        """Store a made-up record, and those it points at; return its id."""
        with self.app.app_context():
            record = self._made(self.mapper, number)
            db.session.add(record)
            db.session.commit()
            return record.id

    def _made(self, mapper: Any, number: int) -> Any:
        given = {"version", "updated_at", mapper.class_.__archived_at__}
        columns = {name: one for name, one in stored_columns(mapper.class_).items() if name not in given}
        # Of which class a record is the class says.
        told = {name: one for name, one in columns.items() if _is_given(one) and one is not mapper.polymorphic_on}
        values = {name: value_for(one, number) for name, one in told.items()}
        for relation in mapper.relationships:
            # One of its own kind would have one in turn.
            if relation.direction is sa.orm.RelationshipDirection.MANYTOONE and relation.mapper is not mapper:
                values[relation.key] = self._made(relation.mapper, number)
        return mapper.class_(**values)

    def value_for(self, name: str, number: int) -> Any:
        """Make up a value that fits one of its columns."""
        with self.app.app_context():
            return value_for(self.mapper.columns[name], number)

    def ids(self) -> list[Any]:
        with self.app.app_context():
            return list(db.session.scalars(select(self.mapper.class_.id).order_by(self.mapper.class_.id)))

    def printed(self) -> list[str]:
        return [print_key(key) for key in self.ids()]

    def record(self, key: Any) -> Any:
        with self.app.app_context():
            return db.session.get(self.mapper.class_, key)

    def version(self, key: Any) -> int:
        """Return which version of a record there is: counted by its history where its table does not."""
        if has_counter(table_of(self.mapper.class_)):
            return int(self.record(key).version)
        its = (Change.model == table_of(self.mapper.class_).name, Change.record_id == key, Change.act == Did.UPDATE)
        with self.app.app_context():
            return 1 + (db.session.scalar(select(sa.func.count()).where(*its)) or 0)

    def typed(self, controls: dict[str, str], number: int, password: str) -> dict[str, str]:
        """Return what a person types into a form for a new record."""
        typed = {}
        for name in controls:
            if name in self.mapper.columns:
                typed[name] = typed_as(self.value_for(name, number))
            elif name in self.mapper.relationships:
                with self.app.app_context():
                    other = self._made(self.mapper.relationships[name].mapper, number)
                    db.session.add(other)
                    db.session.commit()
                    typed[name] = print_key(other.id)
            # Of a moment's zone the page alone says which it is.
            elif name != "csrf_token" and not name.startswith("_") and not name.endswith(".zone"):
                typed[name] = password
        return {**controls, **typed}

    def secrets(self, key: Any) -> list[str]:
        record = self.record(key)
        columns = stored_columns(self.mapper.class_)
        return [getattr(record, name) for name, column in columns.items() if column.info.get("secret")]


# Of these PostgreSQL is asked nothing that it is not asked of posts and staff, whose columns have all of their types; the other
# side of a relation is asked in tests/relations and tests/selection.
ON_SQLITE_ALONE = ("User", "Role")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what one store answers for both."""
    items[:] = [item for item in items if not _is_answered_by_another(item)]


def _is_answered_by_another(item: pytest.Item) -> bool:
    asked = getattr(item, "callspec", None)
    resource = asked.params.get("subject") if asked else None
    is_one = resource is not None and resource.model.__name__ in ON_SQLITE_ALONE
    return is_one and asked is not None and asked.params.get("store") == "postgres"


@pytest.fixture(
    params=[one for one in resources.declared() if not one.model.__read_only__],
    ids=lambda resource: resource.model.__name__,
)
def subject(request: pytest.FixtureRequest, app: Flask) -> Subject:
    """Test each resource in turn."""
    view = next(one for one in app.extensions["resources"].values() if type(one) is request.param)
    if view.file_columns:
        with app.app_context():
            db.session.add_all(_files())
            db.session.commit()
    return Subject(app, view, inspect_mapper(request.param.model))


def _files() -> list[StoredFile]:
    """Make up files of which only their rows are there."""
    types = {"image": "image/png", "file": "application/pdf"}
    digests = {kind: [OF_KINDS[kind](number).partition("/")[0] for number in range(MOST_FILES)] for kind in types}
    return [
        StoredFile(sha256=digest, size=number, content_type=types[kind], look_at=utc_now())
        for kind, found in digests.items()
        for number, digest in enumerate(found)
    ]


SAMPLES = ("1", "2026-01-01 to 2026-02-01", "2026-01-01", "12:00", "12:00+02:00", "yes")


def meaning_something(app: Flask, operator: Any, key: Any) -> str:
    """Find what one can type for an operator."""
    chosen = [value for value, _ in operator.choices()] + list(
        getattr(getattr(operator.column, "type", None), "enums", [])
    )
    periods = [value for value, _ in operator.suggestions]
    samples = [*chosen, *periods, str(uuid.UUID(int=1)), "1 to 2", *SAMPLES, print_key(key), "a"]
    with app.app_context():
        if isinstance(operator, RelationIs | RelationInList):
            # Of a record that there is, as a text that is no key may be a name that is not found.
            target = relation_of(operator.column).target
            samples = [print_key(one) for one in db.session.scalars(select(target.id))] + samples
        for text in samples:
            try:
                operator.parse(text)
            except ValueError:
                continue
            return text
    message = f"{operator.name} {operator.words}: nothing is understood"
    raise AssertionError(message)
