"""Write what a form holds: checked, in one commit, once however often it is sent, and every refusal at the field it is about."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import Form

from admin_app.domain.permissions.policy import Action
from admin_app.domain.records import save
from admin_app.domain.records.rules import problem_with_uniqueness
from admin_app.domain.work.idempotency import claim, digest_of, made_by, settle
from admin_app.errors import InvalidRecord, PrivilegeError
from admin_app.extensions import db
from admin_app.panel.fields import RelationField
from admin_app.panel.keeping import ONCE
from admin_app.panel.merging import Merging
from admin_app.web.auth.login import signed_in_principal


class Saving(Merging):
    """From a form to its record."""

    def validate_form(self, form: Form, record: Any = None) -> bool:
        """Check the fields one by one, then what only the database can tell: whether a unique value is free."""
        is_valid = form.validate()
        if record is None and (words := self.missing_words(form)):
            form.form_errors.append(words)
            is_valid = False
        for name, column in self._unique_columns(form):
            field = form[name]
            if not field.errors and field.data != getattr(record, name, None):
                problem = problem_with_uniqueness(
                    db.session,
                    column,
                    field.label.text,
                    field.data,
                    model=self.model,
                    record_id=getattr(record, "id", None),
                    seen=self.seen(),
                )
                field.errors = [*field.errors, problem] if problem else field.errors
                is_valid = is_valid and problem is None
        return bool(is_valid)

    def create_model(self, form: Form) -> Any:
        """Make the record from the form; return None, with the reason at its field, when it cannot be made."""
        record = self.build_new_instance()
        return record if self._write(form, record, is_created=True) else None

    def update_model(self, form: Form, model: Any) -> bool:
        """Save the form to the record; return False, with the reason at its field, when it cannot be saved."""
        return self._write(form, model, is_created=False)

    def _write(self, form: Form, record: Any, *, is_created: bool) -> bool:
        try:
            with save.saving(db.session, self.model, is_known=True):
                self._populate(form, record, is_created=is_created)
                if is_created:
                    db.session.add(record)
                self.on_model_change(form, record, is_created)
                self.require_within(record, Action.CREATE if is_created else self._act_of_change())
                self._finish(record, is_created=is_created)
        except InvalidRecord as error:
            _show_problems(form, error.problems)
        except PrivilegeError as error:
            _show_problems(form, {"": str(error)})
        else:
            return True
        return False

    def _act_of_change(self) -> Action:
        """Return the act by which a record that is there is written: a form's, or a return to what it was."""
        return Action.UNDO if self.act_asked() is Action.UNDO else Action.EDIT

    def _populate(self, form: Form, record: Any, *, is_created: bool) -> None:
        """Give the record the fields that differ, and no others: what somebody else writes meanwhile stays."""
        for field in form:
            if is_created or self.is_changed(field, record):
                field.populate_obj(record, field.name)

    def _finish(self, record: Any, *, is_created: bool) -> None:
        """Note in the same transaction that this form is done with."""
        self.drop_sent_draft()
        if is_created and request.form.get(ONCE):
            db.session.flush()
            settle(db.session, self._digest_of_form(), record.id)
            settle(db.session, self._digest(), record.id)

    def claimed(self) -> tuple[int, bool] | None:
        """Return the id of the record that this form made already, and whether all was sent as it was then."""
        if not request.form.get(ONCE):
            return None
        as_sent = self._digest()
        made = claim(db.session, signed_in_principal(), self._digest_of_form())
        if made is not None:
            return made, made_by(db.session, as_sent) == made
        made = claim(db.session, signed_in_principal(), as_sent)
        return None if made is None else (made, True)

    def _digest(self) -> str:
        """Tell this sending from others, by all that the form holds."""
        names = self.kept_names("create_view") | {ONCE}
        fields = [(name, value) for name, value in request.form.items(multi=True) if name in names]
        return digest_of(signed_in_principal(), self.model.__tablename__, fields)

    def _digest_of_form(self) -> str:
        """Tell this form from others, whatever was changed in it."""
        return digest_of(signed_in_principal(), f"form of {self.model.__tablename__}", [(ONCE, request.form[ONCE])])

    def _unique_columns(self, form: Form) -> list[tuple[str, Any]]:
        columns = self.model.__table__.columns
        return [(column.key, column) for column in columns if column.unique and column.key in form]


def _show_problems(form: Form, problems: dict[str, str]) -> None:
    """Put each message at its field, and what concerns no field at the form itself."""
    for name, message in problems.items():
        if name in form:
            # The related record may be what is gone: the input keeps what was typed, the field lets go of the record.
            form[name].data = None if isinstance(form[name], RelationField) else form[name].data
            form[name].errors = [*form[name].errors, message]
        else:
            form.form_errors.append(message)
