"""Relations that share a column, such as a tenant's: changing one of them must never silently change another."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select, true

from admin_app.db.attributes import stored_columns
from admin_app.db.record import Record
from admin_app.domain.naming import names_of
from admin_app.domain.records.rules import problem_with_untold
from admin_app.extensions import AnySession, Values
from admin_app.formatting import in_sentence, label
from admin_app.relations import Relation, ToOne, relations_of, to_one

# The record that each relation will refer to, by the relation's name.
Chosen = Mapping[str, Record | None]


def problems_with_shared(
    record: Record | None, model: type[Record], chosen: Chosen, given: Values | None = None
) -> dict[str, str]:
    """Return the problems, by relation, with chosen records that contradict each other or would change another relation of the record (None: a new one).

    `given` are values that columns get besides: a relation whose columns are all set is changed on purpose.
    """
    problems: dict[str, str] = {}
    values: Values = {}
    # If two relations contradict each other, the one with more columns gets the problem.
    for name in sorted(chosen, key=lambda one: len(to_one(getattr(model, one)).own_names)):
        new = to_one(getattr(model, name)).values_for(chosen[name])
        if clashing := [key for key, value in new.items() if key in values and values[key] != value]:
            problems[name] = _words(model, name, clashing[0])
        values = {**new, **values}
    for tie in _also_changed(model, chosen, values, given or {}) if record is not None else ():
        if _reference(tie, record, given or {}) != _reference(tie, record, {**(given or {}), **values}):
            (name, key) = _cause(model, chosen, tie)
            is_own = to_one(getattr(model, name)).own_name == key
            problems.setdefault(name, does_not_fit(tie.key) if is_own else _words(model, name, key))
    return problems


def rows_that_fit(
    model: type[Record], chosen: Chosen, given: Values | None = None
) -> list[tuple[str, ColumnElement[bool]]]:
    """Return, for each other relation that shares a column with the chosen ones, its name and the condition on records in which it would not change."""
    values: Values = {}
    for name, other in chosen.items():
        values |= to_one(getattr(model, name)).values_for(other)
    return [(tie.key, _stays(tie, values)) for tie in _also_changed(model, chosen, values, given or {})]


def problem_with_heir(
    session: AnySession, relation: Relation, dependents: ColumnElement[bool], heir: Record
) -> str | None:
    """Say why dependents cannot be given to another record: it lacks a value that they would refer to, or another relation of theirs would change."""
    model, columns = relation.target, {*relation.other_columns}

    def has(which: ColumnElement[bool]) -> bool:
        return session.scalar(select(literal(1)).select_from(model).where(dependents, which).limit(1)) is not None

    if (untold := problem_with_untold(heir, relation.own_names)) and has(true()):
        return untold
    values = {name: getattr(heir, own) for own, name in zip(relation.own_names, relation.other_names, strict=True)}
    same = {key for key, one in relations_of(model).items() if not one.is_many and {*one.own_columns} == columns}
    others = _also_changed(model, same, values, {})
    changed = [tie.key for tie in others if has(~func.coalesce(_stays(tie, values), false()))]
    return f"The {in_sentence(label(changed[0]))} of some {names_of(model)[1]} would change too." if changed else None


def does_not_fit(name: str) -> str:
    """Say that another relation of the record would change, so that the record is skipped."""
    return f"Its {in_sentence(label(name))} would change too."


def _also_changed(model: type[Record], chosen: Collection[str], values: Values, given: Values) -> list[ToOne]:
    """Return the relations that use one of these columns, and are neither chosen nor set by `given`."""
    others = (one for name, one in relations_of(model).items() if name not in chosen)
    ties = (one for one in others if isinstance(one, ToOne) and not one.is_view)
    said = {key for key, value in given.items() if values.get(key, value) == value}
    sharing = (one for one in ties if values.keys() & {*one.own_names})
    return [one for one in sharing if said.isdisjoint(one.own_names) or not {*one.own_names} <= said | values.keys()]


def _reference(tie: ToOne, record: Record | None, values: Values) -> object:
    return tie.reference_in({name: values.get(name, getattr(record, name)) for name in tie.own_names})


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
