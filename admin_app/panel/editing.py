"""Create and edit: forms that build themselves, drawn, sent back and led on from."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import abort, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField

from admin_app.domain.conflicts import deletion_of
from admin_app.domain.permissions import Act
from admin_app.domain.recording import last_set
from admin_app.domain.submissions import new_key
from admin_app.errors import RecordGone
from admin_app.extensions import db
from admin_app.models.limits import as_key
from admin_app.panel.cells import value_cell
from admin_app.panel.differences import Meanwhile
from admin_app.panel.elements import Hidden
from admin_app.panel.fields import RecordForm
from admin_app.panel.forms import Converter
from admin_app.panel.keeping import DRAFT, ONCE, RECORD_FORMS, SEEN, VERSION, Source
from admin_app.panel.saving import Saving
from admin_app.text import exact_time
from admin_app.web.links import here
from admin_app.web.notices import announce, warn

UNPROCESSABLE = 422
# How often a form is tried again when somebody else writes the record in the same moment.
MOST_TRIES = 5
# What a form says again when it comes back.
_OWN_FIELDS = (VERSION, ONCE, DRAFT)
LONGEST_WAY_BACK = 1000


class Editing(Saving):
    """The forms. What a form may change is `form_columns`, whatever a request sends."""

    create_template = "resource/create.html"
    edit_template = "resource/edit.html"
    model_form_converter = Converter
    form_base_class = RecordForm

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Show an empty form, filled in where the address says so (`?user=5`), or make the record."""
        if self.is_discarded():
            return self.redirect(self.link("create_view", url=self.return_url()))
        if self._is_back():
            return self.edit_view()
        source = self.source()
        if request.method != "POST":
            self._fill_in(source.form, over=source.own)
            return self._form_page(source, None)
        if (made := self.claimed()) is not None:
            record_id, is_same = made
            return self._made_before(record_id) if is_same else self._made_of_other(record_id)
        if self.validate_form(source.form) and (record := self.create_model(source.form)):
            return self._saved(record, f"{self._noun_first(record)} was created.")
        return self._form_page(source, None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """Show the record's form, or save it."""
        for _ in range(MOST_TRIES if VERSION in request.form else 0):
            with suppress(RecordGone):
                return self._edited()
        return self._edited()

    def _edited(self) -> Any:
        """Answer by what the record is now; raise `RecordGone` when somebody else writes it in the same moment."""
        record = self.get_one(request.args.get("id", ""))
        if record is None:
            return self._gone_page()
        self.require_reach(record, Act.EDIT)
        if self.is_discarded():
            return self.redirect(self.link("edit_view", record, url=self.return_url()))
        source = self.source(record)
        if request.method != "POST":
            return self._form_page(source, record)
        form, merge = source.form, self.merge(source, record)
        if merge.is_settled and self.validate_form(form, record) and self.update_model(form, record):
            if "_continue_editing" not in request.form:
                self.leave(record)
            return self._saved(record, f"{self._noun_first(record)} was saved.")
        if not merge.is_stale:
            return self._form_page(source, record)
        status = UNPROCESSABLE if merge.is_settled else HTTPStatus.CONFLICT
        return self._form_page(source, record, status, meanwhile=self.meanwhile(merge, record))

    def _is_back(self) -> bool:
        """Whether the record is there again that was deleted while its form was open, and was to be made anew."""
        is_back = request.method == "POST" and "id" in request.args and self.get_one(request.args["id"]) is not None
        if is_back and not self.may(Act.EDIT):
            abort(HTTPStatus.FORBIDDEN)
        return is_back

    def _gone_page(self) -> Any:
        """Offer to make the record again of what was typed, where it was deleted while its form was open; else 404."""
        key = as_key(self.model, request.args.get("id", ""))
        source = self.source()
        # Of a record that is there, or may have been, but is not for this person, nothing is told.
        if key is None or VERSION not in source.own or self.seen() is not None:
            abort(HTTPStatus.NOT_FOUND)
        if not self.may(Act.CREATE):
            abort(HTTPStatus.CONFLICT)
        doing = deletion_of(db.session, self.model, key)
        who = (
            f"{doing.actor} deleted this {self.noun} at {exact_time(doing.at)}"
            if doing
            else f"This {self.noun} was deleted"
        )
        source.form.form_errors.append(
            f"{who}, while you had it open. Nothing was saved. Save to create it again with what you typed."
        )
        own = {name: value for name, value in source.own.items() if name in {DRAFT, VERSION}}
        again = Source(source.form, own, source.draft)
        # With its id: should the deletion be undone before this is sent, it is that record's form again.
        form_url = self.link("create_view", id=key, url=self.return_url())
        return self._form_page(again, None, HTTPStatus.CONFLICT, form_url=form_url)

    def page_again(self, view: str, words: str) -> Any:
        """Draw the form filled with what was sent, which was not carried out, under words that say why."""
        if view not in RECORD_FORMS:
            return super().page_again(view, words)
        is_new = view == "create_view"
        record = None if is_new else self.get_one(request.args.get("id", ""))
        may = self.may(Act.CREATE) if is_new else record is not None and self.reaches(record, Act.EDIT)
        if not may:
            return None
        source = self.source(record)
        source.form.form_errors.append(words)
        return self._form_page(source, record, HTTPStatus.BAD_REQUEST)

    def _made_before(self, record_id: int) -> Any:
        """Answer a form that was sent twice as it was answered the first time."""
        record = self.get_one(record_id)
        if record is not None:
            return self._saved(record, f"{self._noun_first(record)} was created.")
        warn(f"This form already created {self.noun} {record_id}, which has been deleted. Nothing was created.")
        return self.redirect(self.return_url())

    def _made_of_other(self, record_id: int) -> Any:
        """Lead from a form that made a record, and was changed and sent again, to that record: with what was typed, saved nowhere."""
        record = self.get_one(record_id)
        if record is None:
            source = self.source()
            source.form.form_errors.append(
                f"This form already created {self.noun} {record_id}, which has been deleted. Nothing was saved. "
                f"Save to create another {self.noun} with what you typed."
            )
            return self._form_page(Source(source.form, {}), None, HTTPStatus.CONFLICT)
        if not self.may(Act.EDIT) or not self.reaches(record, Act.EDIT):
            words = f"This form already created {self.noun} “{self.title_of(record)}”. Nothing was saved."
            return self._form_page(self._with_words(None, words), None, HTTPStatus.CONFLICT)
        words = (
            f"This form already created {self.noun} “{self.title_of(record)}”. Nothing was saved. "
            f"Save to change that {self.noun} to what you typed, or open a new form."
        )
        source = self._with_words(record, words)
        own = {VERSION: str(record.version)}
        form_url = self.link("edit_view", record, url=self.return_url())
        return self._form_page(Source(source.form, own), record, HTTPStatus.CONFLICT, form_url=form_url)

    def _with_words(self, record: Any, words: str) -> Source:
        source = self.source(record)
        source.form.form_errors.append(words)
        return source

    def _fill_in(self, form: Form, *, over: Collection[str]) -> None:
        """Take relations from the address: how "Add post" on a user's page knows the user. What was typed stays."""
        for field in form:
            if field.name in request.args and field.name not in over and self.relation(field.name) is not None:
                field.process(MultiDict({field.name: request.args[field.name]}))

    def _saved(self, record: Any, words: str) -> Any:
        """Lead on: to the same form, to an empty one, or back to the list with the row marked."""
        back = self.return_url()
        # The notice travels in the session's cookie, which browsers drop when it is long.
        url = self.link("edit_view", record, url=back if len(back) <= LONGEST_WAY_BACK else None)
        announce(self.told(words), links=[("View", url)], mark=self.mark_of(record), undo=last_set(db.session))
        if "_continue_editing" in request.form:
            return self.redirect(url)
        if "_add_another" in request.form:
            filled_in = {name: value for name, value in request.args.items() if self.relation(name) is not None}
            return self.redirect(self.link("create_view", url=back, **filled_in))
        return self.redirect(back)

    def told(self, words: str) -> str:
        """Say what was done, and what else came of it."""
        return words

    def saving_note(self, record: Any) -> str:  # noqa: ARG002 -- for resources where saving does more
        """Say what saving a record does besides, before it is done; "" for nothing."""
        return ""

    def _form_page(
        self, source: Source, record: Any, status: int = 0, *, meanwhile: Meanwhile | None = None, form_url: str = ""
    ) -> Any:
        """Draw the form; the record's facts and children come from the database, not from what was typed."""
        form, is_new = source.form, record is None
        draft, company = self.alongside(record) if request.method == "GET" else (None, "")
        waiting = None if source.draft else draft
        typed_at = source.draft.created_at if source.draft else waiting[1] if waiting else None
        page = self.render(
            self.create_template if is_new else self.edit_template,
            resource=self,
            form=form,
            fields=[field for field in form if not isinstance(field, HiddenField)],
            own=self._own_fields(source, record, meanwhile),
            meanwhile=meanwhile,
            draft=source.draft,
            waiting_url=here(draft=waiting[0]) if waiting else "",
            typed_at=value_cell(typed_at, is_whole=True),
            company=company,
            saving_note="" if is_new else self.saving_note(record),
            presence_url="" if is_new else self.link("presence_view", record),
            is_new=is_new,
            form_url=form_url or self.here(),
            return_url=self.return_url(),
            record_title="" if is_new else self.title_of(record),
            steps=None if is_new else self.steps(record, "edit_view"),
            links=() if is_new else self.record_links(record),
            fixed=() if is_new else self.fixed_facts(form, record),
            facts=() if is_new else self.facts(record, leave_out={*form._fields, *self.form_columns}),
            children=[] if is_new else self.children(record),
            history_url="" if is_new else self.history_url(record),
            delete_url="" if is_new else self.link_for(Act.DELETE, "delete_view", record),
        )
        return page, status or (UNPROCESSABLE if form.errors else 200)

    def _own_fields(self, source: Source, record: Any, meanwhile: Meanwhile | None) -> list[Hidden]:
        """Say what the form was drawn from; a form that comes back keeps saying what it said."""
        drawn = {ONCE: new_key()} if record is None else {VERSION: str(record.version)}
        draft = {DRAFT: source.draft.key} if source.draft is not None else {}
        seen = [(SEEN, meanwhile.version)] if meanwhile is not None else []
        own = {**drawn, **source.own, **draft}
        return [*((name, value) for name, value in own.items() if name in _OWN_FIELDS), *seen]

    def _noun_first(self, record: Any) -> str:
        return f"{self.noun.capitalize()} “{self.title_of(record)}”"
