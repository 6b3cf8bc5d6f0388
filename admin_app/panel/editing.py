"""Create and edit: forms that build themselves, and every refusal shown at the field it is about."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField

from admin_app.domain import records
from admin_app.domain.permissions import Act
from admin_app.domain.rules import problem_with_uniqueness
from admin_app.errors import InvalidRecord, LastOwnerError, RecordGone
from admin_app.extensions import db
from admin_app.panel.details import Details
from admin_app.panel.fields import RelationField
from admin_app.panel.forms import Converter
from admin_app.web.notices import announce

UNPROCESSABLE = 422
LONGEST_WAY_BACK = 1000


class Editing(Details):
    """The forms. What a form may change is `form_columns`, whatever a request sends."""

    create_template = "resource/create.html"
    edit_template = "resource/edit.html"
    model_form_converter = Converter

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Show an empty form, filled in where the address says so (`?user=5`), or make the record."""
        form = self.create_form()
        if request.method != "POST":
            self._fill_in(form)
        elif self.validate_form(form) and (record := self.create_model(form)):
            return self._saved(record, f"{self._noun_first(record)} was created.")
        return self._form_page(form, None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """Show the record's form, or save it."""
        record = self.requested()
        form = self.edit_form(obj=record)
        if request.method == "POST" and self.validate_form(form, record) and self.update_model(form, record):
            return self._saved(record, f"{self._noun_first(record)} was saved.")
        return self._form_page(form, record)

    def validate_form(self, form: Form, record: Any = None) -> bool:
        """Check the fields one by one, then what only the database can tell: whether a unique value is free."""
        is_valid = form.validate()
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
            with records.commit(db.session, self.model):
                form.populate_obj(record)
                if is_created:
                    db.session.add(record)
                self.on_model_change(form, record, is_created)
        except InvalidRecord as error:
            _show_problems(form, error.problems)
        except LastOwnerError as error:
            _show_problems(form, {"": str(error)})
        except RecordGone:
            abort(409)
        else:
            return True
        return False

    def _unique_columns(self, form: Form) -> list[tuple[str, Any]]:
        columns = self.model.__table__.columns
        return [(column.key, column) for column in columns if column.unique and column.key in form]

    def _fill_in(self, form: Form) -> None:
        """Take relations from the address: how "Add post" on a user's page knows the user."""
        for field in form:
            if field.name in request.args and self.relation(field.name) is not None:
                field.process(MultiDict({field.name: request.args[field.name]}))

    def _saved(self, record: Any, words: str) -> Any:
        """Lead on: to the same form, to an empty one, or back to the list with the row marked."""
        back = self.return_url()
        # The notice travels in the session's cookie, which browsers drop when it is long.
        url = self.link("edit_view", record, url=back if len(back) <= LONGEST_WAY_BACK else None)
        announce(words, links=[("View", url)], mark=self.mark_of(record))
        if "_continue_editing" in request.form:
            return self.redirect(url)
        if "_add_another" in request.form:
            filled_in = {name: value for name, value in request.args.items() if self.relation(name) is not None}
            return self.redirect(self.link("create_view", url=back, **filled_in))
        return self.redirect(back)

    def _form_page(self, form: Form, record: Any) -> Any:
        """Draw the form; the record's facts and children come from the database, not from what was typed."""
        is_new = record is None
        page = self.render(
            self.create_template if is_new else self.edit_template,
            resource=self,
            form=form,
            fields=[field for field in form if not isinstance(field, HiddenField)],
            is_new=is_new,
            form_url=self.here(),
            return_url=self.return_url(),
            record_title="" if is_new else self.title_of(record),
            steps=None if is_new else self.steps(record, "edit_view"),
            links=() if is_new else self.record_links(record),
            facts=() if is_new else self.facts(record, leave_out=set(form._fields)),
            children=[] if is_new else self.children(record),
            delete_url=""
            if is_new or not self.may(Act.DELETE)
            else self.link("delete_view", record, url=self.return_url()),
        )
        return page, UNPROCESSABLE if form.errors else 200

    def _noun_first(self, record: Any) -> str:
        return f"{self.noun.capitalize()} “{self.title_of(record)}”"


def _show_problems(form: Form, problems: dict[str, str]) -> None:
    """Put each message at its field, and what concerns no field at the form itself."""
    for name, message in problems.items():
        if name in form:
            # The related record may be what is gone: the input keeps what was typed, the field lets go of the record.
            form[name].data = None if isinstance(form[name], RelationField) else form[name].data
            form[name].errors = [*form[name].errors, message]
        else:
            form.form_errors.append(message)
