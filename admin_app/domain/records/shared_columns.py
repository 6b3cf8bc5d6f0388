"""Relations of a record that share a column, a tenant's for instance: pointing one elsewhere never turns another one aside."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, false, or_

from admin_app.db.attributes import stored_columns
from admin_app.db.record import Record
from admin_app.extensions import Values
from admin_app.formatting import in_sentence, label
from admin_app.relations import ToOne, relations_of, to_one

# What a record is to point at from now on, by the relations' names.
Chosen = Mapping[str, Record | None]


def problems_with_shared(record: Record | None, model: type[Record], chosen: Chosen) -> dict[str, str]:
    """Say at which of these relations a record (None: a new one) is chosen that does not go with another of its relations."""
    problems: dict[str, str] = {}
    values: Values = {}
    for name, other in chosen.items():
        new = to_one(getattr(model, name)).values_for(other)
        if clashing := [key for key, value in new.items() if key in values and values[key] != value]:
            problems[name] = _words(model, name, clashing[0])
        values = {**new, **values}
    for tie in _turned(model, chosen, values) if record is not None else ():
        if _told(tie, record, {}) != _told(tie, record, values):
            (name, key) = _cause(model, chosen, tie)
            problems.setdefault(name, _words(model, name, key))
    return problems


def rows_that_fit(model: type[Record], chosen: Chosen) -> list[tuple[str, ColumnElement[bool]]]:
    """Return, for each further relation that shares a column with these, its name and the condition on the records in which it stays."""
    values: Values = {}
    for name, other in chosen.items():
        values |= to_one(getattr(model, name)).values_for(other)
    return [(tie.key, _stays(tie, values)) for tie in _turned(model, chosen, values)]


def does_not_fit(name: str) -> str:
    """Say why a record is left alone in which another relation would be turned aside."""
    return f"Its {in_sentence(label(name))} would change too."


def _turned(model: type[Record], chosen: Chosen, values: Values) -> list[ToOne]:
    """Return the other relations that go by one of these columns."""
    others = (one for name, one in relations_of(model).items() if name not in chosen)
    return [one for one in others if isinstance(one, ToOne) and not one.is_view and values.keys() & {*one.own_names}]


def _told(tie: ToOne, record: Record | None, values: Values) -> object:
    return tie.told_by({name: values.get(name, getattr(record, name)) for name in tie.own_names})


def _cause(model: type[Record], chosen: Chosen, tie: ToOne) -> tuple[str, str]:
    """Return the chosen relation that shares a column with another one, and the column."""
    shared = ((name, key) for name in chosen for key in to_one(getattr(model, name)).own_names if key in tie.own_names)
    return next(shared)


def _stays(tie: ToOne, values: Values) -> ColumnElement[bool]:
    columns = stored_columns(tie.model)
    same = and_(*(columns[key].is_not_distinct_from(values[key]) for key in tie.own_names if key in values))
    left = [columns[key].is_(None) for key in tie.own_names if key not in values]
    is_none_after = any(values[key] is None for key in tie.own_names if key in values)
    was_none = or_(*(columns[key].is_(None) for key in tie.own_names))
    return or_(same, was_none if is_none_after else or_(false(), *left))


def _words(model: type[Record], name: str, key: str) -> str:
    alone = (one.key for one in relations_of(model).values() if not one.is_many and one.own_name == key)
    said, shared = in_sentence(label(name)), in_sentence(label(next(alone, key)))
    return f"This {said} is of another {shared}. Choose one that goes with the others, or change those as well."
