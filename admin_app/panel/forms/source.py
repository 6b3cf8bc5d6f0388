"""The source of a form's contents: what was just sent, a draft, or the record."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Form, PasswordField

from admin_app.db.attributes import stored_columns
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.models.draft import Draft
from admin_app.panel.access.access import Access
from admin_app.panel.drafts import DRAFT, answers, shown_draft
from admin_app.panel.forms.form_access import narrow
from admin_app.panel.resource import Resource
from admin_app.panel.typed_fields import ZONE

# Our own fields in a form: the version it was drawn from, the version at which its choices were made, the choices, and
# the key that identifies repeated submissions.
VERSION, SEEN, TAKE, ONCE = "_version", "_seen", "_take.", "_once"


@dataclass(frozen=True)
class Source:
    """A form, the values of our own fields, the draft that it shows, and what was just sent."""

    form: Form
    own: dict[str, str]
    draft: Draft | None = None
    sent: MultiDict[str, str] | None = None


def source_of(access: Access, record: Record | None = None) -> Source:
    """Create the form: from what was sent, from the draft that the address names, or from the record."""
    is_sent = request.method == "POST"
    form = _form(access, record, request.form if is_sent else None)
    if is_sent:
        return Source(form, request.form.to_dict(), sent=request.form)
    draft = shown_draft()
    if draft is None:
        return Source(form, {})
    fields = answers(draft)
    form.process(fields, obj=record)
    return Source(form, fields.to_dict(), draft)


def kept_names(resource: Resource) -> set[str]:
    """Return the names of the fields that are shown again as they were sent; never secrets."""
    secret = {name for name, column in stored_columns(resource.model).items() if column.info.get("secret")}
    names = {field.name for field in resource.forms.fields() if not isinstance(field, PasswordField)} - secret
    further = {f"{TAKE}{name}" for name in names} | {name + ZONE for name in names}
    return names | {VERSION, SEEN, ONCE, DRAFT} | further


def _form(access: Access, record: Record | None, sent: MultiDict[str, str] | None) -> Form:
    forms, is_new = access.resource.forms, record is None
    form = forms.create(sent) if is_new else forms.edit(sent, obj=record)
    access.resource.shape_form(form, is_new=is_new)
    return narrow(access, form, Action.CREATE if is_new else Action.EDIT, record)
