"""Save a form: validate it, commit once however often it is sent, and show each problem at its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from wtforms import Field, Form

from admin_app.db.attributes import stored_columns
from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.trees import problem_with_parent
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.amounts import problems_with_amounts
from admin_app.domain.records.positions import put_last
from admin_app.domain.records.refusals import refusals_of
from admin_app.domain.records.rules import problem_with_uniqueness, problem_with_untold
from admin_app.domain.records.shared_columns import problems_with_shared
from admin_app.domain.work.idempotency import claim, digest_of, made_by, settle
from admin_app.errors import AdminError, InvalidRecord, PrivilegeError
from admin_app.extensions import TableColumn, Values, db, table_of
from admin_app.panel.access.access import Access
from admin_app.panel.drafts import drop_sent_draft
from admin_app.panel.fields import RelationField
from admin_app.panel.forms.conflicts import is_changed
from admin_app.panel.forms.form_access import give, missing_words, require_within
from admin_app.panel.forms.source import ONCE, kept_names
from admin_app.panel.links_field import LinksField
from admin_app.panel.resource import Resource
from admin_app.relations import ToOne, relations_of
from admin_app.relations.trees import trees_of
from admin_app.web.auth.login import signed_in_principal


@dataclass(frozen=True)
class Saving:
    """Saves a form into its record. `action` is the form's, or that of restoring a version."""

    access: Access
    form: Form
    action: Action

    def save_new(self) -> Record | None:
        """Create the record from the form; if that is impossible, put the reasons at their fields and return None."""
        record = self.access.resource.model()
        is_made = self.is_valid(None) and self._is_written(record, is_created=True)
        return record if is_made else None

    def save(self, record: Record) -> bool:
        """Save the form to the record; if that is impossible, put the reasons at their fields and return False."""
        return self.is_valid(record) and self._is_written(record, is_created=False)

    def is_valid(self, record: Record | None) -> bool:
        """Check the fields one by one, then whether unique values are free, which only the database knows."""
        form = self.form
        is_valid = form.validate()
        if record is None and (words := missing_words(self.access, form)):
            form.form_errors.append(words)
            is_valid = False
        if record is not None:
            is_valid = self._is_no_circle(record) and is_valid
        is_valid = self._fits_together(record) and is_valid
        for name, column in stored_columns(self.access.resource.model).items():
            if column.unique and name in form and (problem := self._taken(name, column, record)):
                form[name].errors = [*form[name].errors, problem]
                is_valid = False
        return self._is_alone(record) and self._are_amounts(record) and bool(is_valid)

    def _are_amounts(self, record: Record | None) -> bool:
        """Check amounts in the currency of the record."""
        form, model = self.form, self.access.resource.model

        def value_of(name: str) -> object:
            return form[name].data if name in form else getattr(record, name, None)

        changed = [field.name for field in form if record is None or is_changed(field, record)]
        problems = {} if form.errors else problems_with_amounts(model, changed, value_of)
        show_problems(form, model, problems)
        return not problems

    def _is_alone(self, record: Record | None) -> bool:
        """Check that no other record already has the other side of a one-to-one relation."""
        model, form, is_valid = self.access.resource.model, self.form, True
        for relation in self.access.resource.relations.values():
            if not isinstance(relation, ToOne) or relation.key not in form or not relation.is_unique:
                continue
            field = form[relation.key]
            if field.errors or field.data is None or field.data is getattr(record, relation.key, None):
                continue
            words, key = field.label.text, relation.reference_in(relation.values_for(field.data))
            problem = problem_with_uniqueness(
                db.session,
                relation.own,
                words,
                key,
                model=model,
                record_id=getattr(record, "id", None),
                seen=self.access.seen(),
            )
            if problem:
                field.errors, is_valid = [*field.errors, problem], False
        return is_valid

    def _is_no_circle(self, record: Record) -> bool:
        """Check that the record would not be below itself in a tree."""
        form, is_valid = self.form, True
        for tree in trees_of(self.access.resource.model):
            if tree.key in form and (problem := problem_with_parent(db.session, tree, record, form[tree.key].data)):
                form[tree.key].errors = [*form[tree.key].errors, problem]
                is_valid = False
        return is_valid

    def _fits_together(self, record: Record | None) -> bool:
        """Check that relations which share a column lead to compatible records."""
        form, model = self.form, self.access.resource.model
        ties = {one.key: one for one in self.access.resource.relations.values() if isinstance(one, ToOne)}
        own = {name: form[name] for name, one in ties.items() if name in form and not one.is_view}
        if any(field.errors for field in own.values()):
            return True
        chosen = {name: field.data for name, field in own.items()}
        untold = {name: words for name, one in chosen.items() if (words := _problem_with(ties[name], one))}
        is_same = record is not None and not any(is_changed(field, record) for field in own.values())
        problems = {} if is_same else untold or problems_with_shared(record, model, chosen, self._typed())
        for name, problem in problems.items():
            form[name].errors = [*form[name].errors, problem]
        return not problems

    def _typed(self) -> Values:
        """Return the form's values by column."""
        return {name: self.form[name].data for name in stored_columns(self.access.resource.model) if name in self.form}

    def _taken(self, name: str, column: TableColumn, record: Record | None) -> str | None:
        """Say that another record has a unique value; None if none has."""
        field = self.form[name]
        if field.errors or field.data == getattr(record, name, None):
            return None
        return problem_with_uniqueness(
            db.session,
            column,
            field.label.text,
            field.data,
            model=self.access.resource.model,
            record_id=getattr(record, "id", None),
            seen=self.access.seen(),
        )

    def _is_written(self, record: Record, *, is_created: bool) -> bool:
        form, resource = self.form, self.access.resource
        try:
            with refusals_of(resource.model), transaction(db.session, is_known=True):
                self.fill(record, is_created=is_created)
                self._finish(record, is_created=is_created)
        except (InvalidRecord, PrivilegeError) as error:
            show_problems(form, resource.model, problems_of(error))
        else:
            return True
        return False

    def fill(self, record: Record, *, is_created: bool) -> None:
        """Write the form's values into the record (not yet committed); raise an `AdminError` if the result is not allowed."""
        for field in self.form:
            # Write only the fields that differ, so that a concurrent change of another field stays.
            if is_created or is_changed(field, record):
                field.populate_obj(record, field.name)
        if is_created:
            give(self.access, record)
            put_last(db.session, record)
            db.session.add(record)
        self.access.resource.before_save(self.form, record, is_created=is_created)
        require_within(self.access, record, self.action, self.form)

    def _finish(self, record: Record, *, is_created: bool) -> None:
        """Delete the form's draft, and store which record its key created, in the same transaction."""
        drop_sent_draft()
        if is_created and request.form.get(ONCE):
            db.session.flush()
            settle(db.session, _digest_of_form(self.access.resource), record.id)
            settle(db.session, _digest(self.access.resource), record.id)


def _problem_with(tie: ToOne, other: Record | None) -> str | None:
    return None if other is None else problem_with_untold(other, tie.other_names)


def claimed(resource: Resource) -> tuple[Key, bool] | None:
    """Return the id of the record that this form created already, and whether it was sent unchanged; None if it created none."""
    if not request.form.get(ONCE):
        return None
    as_sent = _digest(resource)
    made = claim(db.session, signed_in_principal(), _digest_of_form(resource))
    if made is not None:
        return made, made_by(db.session, as_sent) == made
    made = claim(db.session, signed_in_principal(), as_sent)
    return None if made is None else (made, True)


def _digest(resource: Resource) -> str:
    """Return a digest of this submission with all its fields."""
    names = kept_names(resource) | {ONCE}
    fields = [(name, value) for name, value in request.form.items(multi=True) if name in names]
    return digest_of(signed_in_principal(), table_of(resource.model).name, fields)


def _digest_of_form(resource: Resource) -> str:
    """Return a digest of this form, whatever was typed into it."""
    return digest_of(signed_in_principal(), f"form of {table_of(resource.model).name}", [(ONCE, request.form[ONCE])])


def problems_of(error: AdminError) -> Mapping[str, str]:
    """Return an error's messages by field, under "" if a message concerns no field."""
    return error.problems if isinstance(error, InvalidRecord) else {"": str(error)}


def show_problems(form: Form, model: type[Record], problems: Mapping[str, str]) -> None:
    """Put each message at its field, or at the relation's field of its column; messages without a field go to the form."""
    for refused, message in problems.items():
        name = _shown(form, model, refused)
        if name in form:
            field: Field = form[name]
            if isinstance(field, LinksField):
                field.let_go_of_gone()
            # The related record may be gone: the input keeps what was typed, but the field must drop the record.
            form[name].data = None if isinstance(form[name], RelationField) else form[name].data
            form[name].errors = [*form[name].errors, message]
        else:
            form.form_errors.append(message)


def _shown(form: Form, model: type[Record], name: str) -> str:
    """Return the field of a problem: if the form lacks the relation, the last of its columns that is in the form."""
    tie = None if name in form else relations_of(model).get(name)
    typed = [one for one in tie.own_names if one in form] if isinstance(tie, ToOne) else []
    return typed[-1] if typed else name
