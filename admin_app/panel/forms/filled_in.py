"""Fill in a new record's form: as a copy of another record, or from the list or page that it was opened from."""

from __future__ import annotations

from http import HTTPStatus
from types import SimpleNamespace

from flask import abort, request
from werkzeug.datastructures import MultiDict
from wtforms import Field

from admin_app.db.attributes import stored_columns
from admin_app.db.record import Record
from admin_app.db.unreadable import Unreadable
from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access
from admin_app.panel.fields import RelationField, as_drawn
from admin_app.panel.filters.carried import values_of
from admin_app.panel.forms.conflicts import refill
from admin_app.panel.forms.gone import deleted_record
from admin_app.panel.forms.source import Source
from admin_app.panel.links import COPY
from admin_app.panel.resource import Resource
from admin_app.selection.conditions import field_of


def fill_in(access: Access, source: Source) -> Record | None:
    """Fill a new record's form in as its address says; return the record that it is a copy of. What was typed stays."""
    copied = None if source.own else _copied(access)
    if copied is not None:
        for field in source.form:
            if _may_be_the_same(access, copied, field.name):
                refill(field, getattr(copied, field.name))
                _keep_dangling(field, copied)
        access.resource.fill_copy(source.form, access.title_of(copied))
    values = values_of(access, request.args.to_dict())
    for field in source.form:
        if field.name in source.own:
            continue
        if field.name in request.args and access.resource.relation(field.name) is not None:
            field.process(MultiDict({field.name: request.args[field.name]}))
        elif field.name in values:
            refill(field, values[field.name])
    return copied


def keep_copied(access: Access, source: Source) -> None:
    """Let a copy, or a record that is made again, have what its original has where nobody touched a field: inputs tell no empty text from no value, and drop blanks and digits."""
    original = _original(access)
    if original is None:
        return
    for field in source.form:
        # The history may lack a column: by `__history__`, or because it is newer than the deletion.
        if not (hasattr(original, field.name) and _may_be_the_same(access, original, field.name)):
            continue
        _keep_dangling(field, original)
        # Others are chosen from what they show, and may hold words that a new record cannot be given.
        is_typed = hasattr(field, "_value") and access.resource.relation(field.name) is None
        if not (field.raw_data and is_typed):
            continue
        value = getattr(original, field.name)
        if not _is_unreadable(value):
            field.process(source.sent, value)
            field.data = as_drawn(field, value)
            # Of a new record nothing is stored yet: what no rule allows is refused, copied or not.
            field.object_data = None


def _keep_dangling(field: Field, original: object) -> None:
    """Let a reference of a copy lead where that of its original does, also where that is no record."""
    if isinstance(field, RelationField):
        field.copy_dangling(original)


def kept_arguments(resource: Resource) -> dict[str, str]:
    """Return the arguments that fill in the form of one more record, too."""
    return {
        name: value
        for name, value in request.args.items()
        if resource.relation(name) is not None or field_of(name) in resource.form_columns
    }


def _original(access: Access) -> Record | SimpleNamespace | None:
    """Return the record that the sent form is a copy of, or what was deleted while its form was open."""
    if "id" in request.args:
        return deleted_record(access, request.args["id"])
    original = access.find(request.args.get(COPY, ""))
    return original if original is not None and access.reaches(original, Action.VIEW) else None


def _copied(access: Access) -> Record | None:
    """Return the record to copy: 404 if the person does not see it, 403 if they may not view it."""
    if COPY not in request.args:
        return None
    record = access.find(request.args[COPY])
    if record is None:
        abort(HTTPStatus.NOT_FOUND)
    access.require_reach(record, Action.VIEW)
    return record


def _may_be_the_same(access: Access, record: object, name: str) -> bool:
    """Whether a field may be copied: it is not unique, not secret, and leads to nothing out of the person's sight."""
    resource = access.resource
    if not hasattr(resource.model, name) or not access.shows(name):
        return False
    if resource.relation(name) is not None:
        return not access.leads_out_of_sight(name, record)
    column = stored_columns(resource.model).get(name)
    return column is not None and not column.unique and not column.info.get("secret")


def _is_unreadable(value: object) -> bool:
    """Whether no form can ask for a value, or an item of it, anew."""
    return any(isinstance(one, Unreadable) for one in (value if isinstance(value, list) else [value]))
