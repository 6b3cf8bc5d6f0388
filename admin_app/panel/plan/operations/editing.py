"""Change fields of many records: read from a form that has a tick box, a way of changing and its inputs for each field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from werkzeug.datastructures import MultiDict
from wtforms import Field

from admin_app.db.json_values import history_columns
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan.changes import Edit, SetTo, ValueChange
from admin_app.domain.records.rules import problem_with_untold
from admin_app.errors import InvalidRecord
from admin_app.panel.access.access import Access, access_of
from admin_app.panel.fields import RelationField
from admin_app.panel.kinds import panel_kind_of, value_cell
from admin_app.panel.kinds.base import GLIMPSE, BulkChange
from admin_app.panel.kinds.boolean import TickField
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.plan.operations.fields import CHANGE, CLEAR, HOW, SET, VALUE, EditableField
from admin_app.panel.plan.operations.links import LINK_WAYS, EditableLinks
from admin_app.panel.plan.operations.relations import EditableRelation, limits_of_shared
from admin_app.panel.resource import Resource
from admin_app.panel.typed_fields import ZONE
from admin_app.panel.view_models import UNSEEN
from admin_app.relations import ManyToMany, ToOne

KEY = "edit"
NOTHING = "Choose at least one field to change."
NOT_TICKED = "You entered a value, but the field is not selected. Select it, or clear the value."
NOT_THIS_WAY = (
    "You entered a value here, but chose another way to change this field. Choose this way, or clear the value."
)
NO_WAY = "Choose what to do with this field."
NOTHING_TYPED = "Enter a value."


def editable_fields(
    access: Access, sent: MultiDict[str, str], action: Action = Action.EDIT
) -> Mapping[str, EditableField]:
    """Return the form's fields that the person may change for many records, filled only with what was sent."""
    resource = access.resource
    columns = history_columns(resource.model)
    form = resource.forms.edit(sent, prefix=VALUE)
    found: dict[str, EditableField] = {}
    for name in resource.form_columns:
        relation = resource.relation(name)
        if isinstance(relation, ManyToMany) and name in form and access.may_write(name, action):
            found[name] = EditableLinks(
                name, resource.label(name), relation.key, relation.own, form[name], form, relation
            )
            continue
        key = name if relation is None else "" if relation.is_many else relation.own_names[0]
        if key in columns and name in form and access.may_write(name, action):
            what = (name, resource.label(name), key, columns[key], form[name], form)
            found[name] = EditableRelation(*what, relation) if isinstance(relation, ToOne) else EditableField(*what)
            if VALUE + name not in sent:
                # A default for new records must not look like an answer here.
                form[name].process(None, None)
    return found


def control_names(resource: Resource) -> set[str]:
    """Return the names of all controls that the form can have for anybody."""
    columns, names = history_columns(resource.model), resource.changeable()
    changes = [(name, one) for name in names if name in columns for one in panel_kind_of(columns[name]).bulk_changes]
    further = {f"{key}.{name}" for name, change in changes for key, _ in change.inputs}
    links = {prefix + name for name in resource.form_columns if resource.is_links(name) for prefix in (HOW, *LINK_WAYS)}
    zones = {VALUE + name + ZONE for name in names}
    return {CHANGE, *further, *links, *zones, *(prefix + name for prefix in (HOW, VALUE) for name in names)}


def read_edit(access: Access, sent: MultiDict[str, str]) -> BulkOperation:
    """Read the changes; raise `InvalidRecord` with the problems by control."""
    fields = editable_fields(access, sent)
    chosen = {name: fields[name] for name in sent.getlist(CHANGE) if name in fields}
    problems = dict(_left_over(fields, chosen, sent))
    changes: dict[str, ValueChange] = {}
    what: list[tuple[str, str]] = []
    for name, one in chosen.items():
        try:
            change, words = _change(one, sent.get(HOW + name, SET), sent)
            changes |= one.changes(change)
            what.append((one.label, words))
        except InvalidRecord as error:
            problems |= error.problems
    if not chosen and not problems:
        problems[CHANGE] = NOTHING
    if problems:
        raise InvalidRecord(problems)
    own = {pair for one in chosen.values() for pair in _own(one, sent)}
    limits = limits_of_shared(
        [one for one in chosen.values() if isinstance(one, EditableRelation)],
        {name for name in chosen if sent.get(HOW + name, SET) == CLEAR},
        {one.key: _given(changes[one.key]) for one in chosen.values() if type(one) is EditableField},
    )
    checks = {one.key: one.check for one in chosen.values() if one.check is not None}
    varying = {key: check for key, check in checks.items() if key in changes and not isinstance(changes[key], SetTo)}
    return BulkOperation(
        key=KEY,
        action=Action.EDIT,
        verb="Change",
        done="changed",
        what=what,
        pairs=[pair for pair in sent.items(multi=True) if pair in own],
        values=Edit(access.resource.model, changes, varying),
        limits=limits,
    )


def _given(change: ValueChange) -> object:
    """Return the value that all records get, or the change itself if each record gets its own."""
    return change.value if isinstance(change, SetTo) else change


def _own(one: EditableField, sent: MultiDict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what the form sent for a chosen field."""
    yield CHANGE, one.name
    names = [HOW + one.name, VALUE + one.name + ZONE, *(name for inputs in one.inputs().values() for name in inputs)]
    yield from ((name, value) for name in names for value in sent.getlist(name))


def _left_over(
    fields: Mapping[str, EditableField], chosen: Mapping[str, EditableField], sent: MultiDict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the inputs whose value would be ignored, with the problem."""
    for name, one in fields.items():
        how = sent.get(HOW + name, SET) if name in chosen else ""
        problem = NOT_THIS_WAY if name in chosen else NOT_TICKED
        for way, inputs in one.inputs().items():
            yield from ((each, problem) for each in inputs if way != how and sent.get(each))


def _change(one: EditableField, how: str, sent: MultiDict[str, str]) -> tuple[ValueChange, str]:
    """Return the change of a field, and its words; raise `InvalidRecord` with the problem by control."""
    further = {change.key: change for change in one.further}
    if how in further:
        return _changed(one, further[how], sent)
    if how not in HOWS or (how == SET and not one.takes_value):
        raise InvalidRecord({VALUE + one.name: NO_WAY})
    try:
        return HOWS[how](one)
    except ValueError as error:
        raise InvalidRecord({VALUE + one.name: str(error)}) from error


def _changed(one: EditableField, change: BulkChange, sent: MultiDict[str, str]) -> tuple[ValueChange, str]:
    """Read a change that the field's kind offers."""
    typed = [sent.get(name, "") for name in one.inputs()[change.key]]
    for (key, _), text in zip(change.inputs, typed, strict=True):
        if not text and key not in change.optional:
            raise InvalidRecord({f"{key}.{one.name}": NOTHING_TYPED})
    try:
        return change.read(one.column, typed), change.said.format(*map(_glimpse, typed))
    except InvalidRecord as error:
        raise InvalidRecord({f"{key}.{one.name}": text for key, text in error.problems.items()}) from error
    except ValueError as error:
        raise InvalidRecord({f"{change.inputs[0][0]}.{one.name}": str(error)}) from error


def _set(one: EditableField) -> tuple[ValueChange, str]:
    field = one.field
    if isinstance(field, TickField) and not any(field.raw_data or ()):
        message = "Choose yes or no."
        raise ValueError(message)
    if not field.validate(one.form):
        raise ValueError(str(field.errors[0]))
    value, words = value_of(field)
    if (value is None or value == "") and one.can_be_cleared:
        message = "Enter a value, or choose to clear the field."
        raise ValueError(message)
    if isinstance(one, EditableRelation) and (untold := problem_with_untold(field.data, one.relation.other_names)):
        raise ValueError(untold)
    return SetTo(value), words


def _clear(one: EditableField) -> tuple[ValueChange, str]:
    if not one.can_be_cleared:
        message = f"{one.label} is required, so it cannot be cleared."
        raise ValueError(message)
    change = one.cleared
    if one.check is not None and (problem := one.check(change(None))):
        raise ValueError(problem)
    return change, "cleared"


def value_of(field: Field) -> tuple[object, str]:
    """Return a field's value as the column stores it, and in words."""
    if isinstance(field, RelationField):
        return (None, "") if field.data is None else (field.data.id, _named(field.data))
    return field.data, _glimpse(value_cell(field.data, is_whole=True).text) if field.data is not None else ""


def _glimpse(text: str) -> str:
    return text if len(text) <= GLIMPSE else f"{text[:GLIMPSE]}…"


def _named(record: Record) -> str:
    """Return a record's name, without a link: a job knows no addresses."""
    access = access_of(type(record))
    return str(record) if access is None else access.title_of(record) if access.sees(record) else UNSEEN.text


HOWS: Mapping[str, Callable[[EditableField], tuple[ValueChange, str]]] = {SET: _set, CLEAR: _clear}
