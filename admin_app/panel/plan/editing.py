"""Fields of many records given other values: read from a form that has a tick, an operation and an input for each field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field, Form

from admin_app.db.json_values import kept_columns
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan.changes import Edit, SetTo, ValueChange
from admin_app.domain.records.rules import is_required
from admin_app.errors import InvalidRecord
from admin_app.extensions import TableColumn
from admin_app.panel.access.access import Access, access_of
from admin_app.panel.fields import RelationField
from admin_app.panel.kinds import value_cell
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.view_models import UNSEEN

KEY = "edit"
# What the form sends: the ticked fields, and of each what is done and with which value.
CHANGE, HOW, VALUE = "change", "how.", "value."
SET, CLEAR = "set", "clear"
NOTHING = "Choose at least one field to change."
NOT_TICKED = "You entered a value, but the field is not selected. Select it, or clear the value."


@dataclass(frozen=True)
class EditableField:
    """A field that may be given other values: its column, and the form's field with what was sent."""

    name: str
    label: str
    column: TableColumn
    field: Field
    form: Form

    @property
    def can_be_cleared(self) -> bool:
        """Whether records may be without it."""
        return bool(self.column.nullable) or not is_required(self.column)


def editable_fields(access: Access, sent: MultiDict[str, str]) -> Mapping[str, EditableField]:
    """Return the fields of the form that the person may change of many records, filled with what was sent."""
    resource = access.resource
    columns = kept_columns(resource.model)
    form = resource.forms.edit(sent, prefix=VALUE)
    found = {}
    for name in resource.form_columns:
        relation = resource.relation(name)
        key = name if relation is None else "" if relation.is_many else relation.own_name
        if key in columns and name in form and access.may_write(name, Action.EDIT):
            found[name] = EditableField(name, resource.label(name), columns[key], form[name], form)
    return found


def read_edit(access: Access, sent: MultiDict[str, str]) -> BulkOperation:
    """Read what is to be changed; raise `InvalidRecord` with what is wrong by control."""
    fields = editable_fields(access, sent)
    chosen = [name for name in dict.fromkeys(sent.getlist(CHANGE)) if name in fields]
    problems = {VALUE + name: NOT_TICKED for name in fields if name not in chosen and sent.get(VALUE + name)}
    changes: dict[str, ValueChange] = {}
    what: list[tuple[str, str]] = []
    for name in chosen:
        one = fields[name]
        try:
            changes[one.column.key], words = _change(one, sent.get(HOW + name, SET))
            what.append((one.label, words))
        except ValueError as error:
            problems[VALUE + name] = str(error)
    if not chosen and not problems:
        problems[CHANGE] = NOTHING
    if problems:
        raise InvalidRecord(problems)
    pairs = [pair for pair in sent.items(multi=True) if pair in set(_own(chosen, sent))]
    return BulkOperation(
        key=KEY,
        action=Action.EDIT,
        verb="Change",
        done="changed",
        what=what,
        pairs=pairs,
        values=Edit(access.resource.model, changes),
    )


def _own(chosen: list[str], sent: MultiDict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what the form said of the chosen fields."""
    for name in chosen:
        yield CHANGE, name
        yield from ((key + name, value) for key in (HOW, VALUE) for value in sent.getlist(key + name))


def _change(one: EditableField, how: str) -> tuple[ValueChange, str]:
    """Return what becomes of a field, and in words; raise `ValueError` with what is wrong."""
    read = HOWS.get(how)
    if read is None:
        message = "Choose what to do with this field."
        raise ValueError(message)
    return read(one)


def _set(one: EditableField) -> tuple[ValueChange, str]:
    field = one.field
    if not field.validate(one.form):
        raise ValueError(str(field.errors[0]))
    value, words = value_of(field)
    if value in {None, ""} and one.can_be_cleared:
        message = "Enter a value, or choose to clear the field."
        raise ValueError(message)
    return SetTo(value), words


def _clear(one: EditableField) -> tuple[ValueChange, str]:
    if not one.can_be_cleared:
        message = f"{one.label} is required, so it cannot be cleared."
        raise ValueError(message)
    return SetTo(None if one.column.nullable else ""), "cleared"


def value_of(field: Field) -> tuple[Any, str]:
    """Return a field's value as the column keeps it, and in words."""
    if isinstance(field, RelationField):
        return (None, "") if field.data is None else (field.data.id, _named(field.data))
    return field.data, value_cell(field.data, is_whole=True).text if field.data is not None else ""


def _named(record: Record) -> str:
    """Name a record, without a link: a job has no addresses."""
    access = access_of(type(record))
    return str(record) if access is None else access.title_of(record) if access.sees(record) else UNSEEN.text


HOWS: Mapping[str, Callable[[EditableField], tuple[ValueChange, str]]] = {SET: _set, CLEAR: _clear}
