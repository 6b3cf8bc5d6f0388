"""Rights in forms: a form has the writable fields, shows the read-only ones beside them, and saves nothing else."""

from __future__ import annotations

from wtforms import Form

from admin_app.db.attributes import hides_secret, stored_columns
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.rules import is_required
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.formatting import in_sentence, in_words
from admin_app.panel.access.access import Access
from admin_app.panel.access.new_record import new_record
from admin_app.panel.record.facts import fact
from admin_app.panel.record_cells import cell_of_value
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import Fact
from admin_app.relations import ToOne


def narrow(access: Access, form: Form, action: Action, record: Record | None = None) -> Form:
    """Remove the fields that the person may not write by this action, and those that a new record gets by itself. Anything else in a request is ignored."""
    given = new_record(access).given if action is Action.CREATE else {}
    for name in own_names(access, form):
        is_out_of_sight = record is not None and access.leads_out_of_sight(name, record)
        if is_out_of_sight or name in given or not access.may_write(name, action):
            del form[name]
    return form


def own_names(access: Access, form: Form) -> list[str]:
    """Return the names of the form's fields that belong to the record."""
    return [field.name for field in form if hasattr(access.resource.model, field.name)]


def fixed_facts(access: Access, form: Form, record: Record) -> tuple[Fact, ...]:
    """Return the fields of the record's form that the person may read but not write."""
    names = access.shown(_left_out(access.resource, form))
    return tuple(fact(access, record, name) for name in names if not hides_secret(access.resource.model, name))


def given_facts(access: Access) -> tuple[Fact, ...]:
    """Return the values that a new record gets by itself, if the person may see them."""
    given = new_record(access).given
    return tuple(Fact(access.resource.label(name), cell_of_value(given[name])) for name in access.shown(given))


def give(access: Access, record: Record) -> None:
    """Set the values that a new record gets by itself."""
    for name, value in new_record(access).given.items():
        setattr(record, name, value)


def read_only_words(access: Access, form: Form) -> str:
    """Say which fields of a new record nobody can fill in; "" if there are none."""
    resource = access.resource
    names = [name for name in access.shown(_left_out(resource, form)) if resource.is_read_only(name)]
    return f"Read-only: {in_words([resource.label(name) for name in names])}." if names else ""


def missing_words(access: Access, form: Form) -> str:
    """Say which required fields the person may not fill in; "" if there are none."""
    resource, given = access.resource, new_record(access).columns(access).keys() | new_record(access).given.keys()
    names = [name for name in _left_out(resource, form) if name not in given and _is_needed(resource, name)]
    labels = [in_sentence(resource.label(name)) for name in names]
    return (
        f"You cannot fill in fields that a new {resource.noun} needs: {in_words(labels)}. Ask an owner to create it."
        if labels
        else ""
    )


def require_within(access: Access, record: Record, action: Action, form: Form | None = None) -> None:
    """Raise `InvalidRecord` if the person could no longer see the record, or do this with it, after the change. The message stands at the field that decides it."""
    if access.rows(action) is None:
        return
    db.session.flush()
    if not access.is_within(record.id, action):
        deciding = [name for name in access.decided_by(action) if form is not None and name in form]
        labels = in_words([access.resource.label(name) for name in deciding])
        words = f"Your permissions cover only {access.rules_told(action)}. Nothing was saved. "
        way = f"Change {labels}, or ask an owner." if labels else "Ask an owner."
        raise InvalidRecord({next(iter(deciding), ""): words + way})


def _left_out(resource: Resource, form: Form) -> list[str]:
    own = {*stored_columns(resource.model), *resource.relations}
    return [name for name in resource.form_columns if name not in form and name in own]


def _is_needed(resource: Resource, name: str) -> bool:
    relation = resource.relation(name)
    if relation is not None and relation.is_many:
        return False
    if isinstance(relation, ToOne):
        return all(map(is_required, relation.own_columns))
    return is_required(stored_columns(resource.model)[name])
