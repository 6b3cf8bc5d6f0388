"""What a person's row rules mean for a new record: the values that it has to get, or the reason why none can be created."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select

from admin_app.db.attributes import stored_columns
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.rules import problem_with_uniqueness
from admin_app.extensions import Values, db
from admin_app.formatting import in_sentence
from admin_app.panel.access.access import Access
from admin_app.relations import ToOne
from admin_app.selection.conditions import Condition, field_of, first_field_of

_GONE = "one of the limits is not there any more"


@dataclass(frozen=True)
class NewRecord:
    """The values that a new record has to get, `given` by field (a record for a relation), or the `problem`: a clause that says why none can be created."""

    given: Values = field(default_factory=dict)
    problem: str = ""

    def columns(self, access: Access) -> Values:
        """Return the given values by column."""
        found: Values = {}
        for name, value in self.given.items():
            relation = access.resource.relation(name)
            found |= relation.values_for(value) if isinstance(relation, ToOne) else {name: value}
        return found


def may_add(access: Access) -> bool:
    """Whether the person may create a record: they have the right, and a new record can meet their row rules."""
    return access.may(Action.CREATE) and not new_record(access).problem


def new_record(access: Access) -> NewRecord:
    """Return the values that a new record has to get, as far as the row rules leave only one."""
    return access.once("new record", lambda: _read(access))


def why_none(access: Access) -> str:
    """Say why the person can create no record."""
    words = f"You can create only {access.rules_told(Action.CREATE)}, and {new_record(access).problem}."
    return f"{words} Ask an owner."


def _read(access: Access) -> NewRecord:
    asked = access.asked_of_all(Action.CREATE)
    if asked is None:
        return NewRecord(problem=_GONE)
    given = {**dict(_columns(access, asked)), **dict(_related(access, asked))}
    problem = next(_problems(access, asked, given), "")
    return NewRecord(problem=problem) if problem else NewRecord(given)


def _problems(access: Access, asked: Sequence[Condition], given: Mapping[str, object]) -> Iterator[str]:
    """Say why a new record could not meet the row rules."""
    yield from (f"there is no such {_label(access, first_field_of(one.key))}" for one in asked if one.problem)
    for name, value in given.items():
        if access.resource.relation(name) is None:
            yield from _taken(access, name, value)
        elif value is None:
            yield f"there is no such {_label(access, name)}"
    for name in {first_field_of(one.key): None for one in asked if _beyond(one) is not None}:
        # The resource's own code may fill in a field that is in no form.
        if name not in given and name in access.resource.form_columns and not access.may_write(name, Action.CREATE):
            yield f"the {_label(access, name)} cannot be chosen"


def _taken(access: Access, name: str, value: object) -> Iterator[str]:
    model, column = access.resource.model, stored_columns(access.resource.model)[name]
    if column.unique and problem_with_uniqueness(db.session, column, name, value, model=model):
        yield "there is one already"


def _columns(access: Access, asked: Sequence[Condition]) -> Iterator[tuple[str, object]]:
    """Yield the columns for which the conditions allow exactly one value, with that value."""
    for one in asked:
        name = field_of(one.key)
        column = stored_columns(access.resource.model).get(name)
        if column is not None and not column.primary_key and not one.problem:
            yield name, one.value


def _related(access: Access, asked: Sequence[Condition]) -> Iterator[tuple[str, object]]:
    """Yield the relations for which the conditions allow at most one record, with that record or None."""
    for name in dict.fromkeys(first_field_of(one.key) for one in asked):
        relation, mine = access.resource.relation(name), [one for one in asked if first_field_of(one.key) == name]
        beyond = [side for one in mine if (side := _beyond(one)) is not None]
        if isinstance(relation, ToOne) and beyond and any(one.filter.means_one() for one in mine):
            yield name, db.session.scalar(select(relation.target).where(*beyond))


def _beyond(one: Condition) -> ColumnElement[bool] | None:
    return None if one.problem else one.filter.beyond(one.value)


def _label(access: Access, name: str) -> str:
    return in_sentence(access.resource.label(name)) if access.shows_relation(name) else "record"
