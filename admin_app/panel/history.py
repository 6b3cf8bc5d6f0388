"""The history of a record: what happened to it, newest first, and the way back to any of its versions."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from flask import abort, request
from flask_admin import expose
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import RelationshipProperty
from wtforms import Form

from admin_app import text
from admin_app.domain import records
from admin_app.domain.history import state_at, timeline
from admin_app.domain.permissions import Act
from admin_app.domain.recording import describe, last_set
from admin_app.domain.undo import UNDOABLE, bring_back
from admin_app.errors import InvalidRecord, PowerError, UndoError
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet, Did, Kind
from admin_app.models.limits import as_key
from admin_app.models.stored import from_json, kept_columns
from admin_app.panel.changes import entries_of
from admin_app.panel.editing import UNPROCESSABLE
from admin_app.panel.engine import foreign_key_of
from admin_app.panel.export_page import ExportPage
from admin_app.panel.history_elements import Entry
from admin_app.panel.in_the_way import said_of
from admin_app.panel.registry import resource_of
from admin_app.web.login import current_person
from admin_app.web.notices import announce


class History(ExportPage):
    """A record's past; it opens also when the record is gone."""

    history_template = "resource/history.html"

    @expose("/history/")
    def history_view(self) -> Any:
        """Show what happened to the record."""
        return self._history_page(self._requested_key(), ())

    @expose("/restore/", methods=("POST",))
    def restore_view(self) -> Any:
        """Bring a version back: a change like one made in the form, with the same checks."""
        change = db.session.get(Change, as_key(Change, request.form.get("change", "")) or 0)
        if change is None or change.model != self.model.__table__.name:
            abort(404)
        key = change.record_id
        self._require_in_reach(key, Act.UNDO, may_be_gone=change.act == Did.DELETE)
        problems = self._brought_back(change) if change.act == Did.DELETE else self._restored(change)
        if problems:
            return self._history_page(key, problems)
        words = self.told(f"{self.noun.capitalize()} “{self._title_of(change)}” was restored.")
        announce(words, undo=last_set(db.session))
        return self.redirect(self.link("history_view", id=key, url=self.return_url()))

    def _requested_key(self) -> int:
        key = as_key(self.model, request.args.get("id", ""))
        if key is None:
            abort(404)
        return key

    def _require_in_reach(self, key: int, act: Act, *, may_be_gone: bool = False) -> None:
        """Answer 404 for what the person does not see, and 403 where this is not for them to do.

        What a record was that is gone cannot be asked of its rows: who is kept to some of them brings it back to be judged.
        """
        record = self.get_one(key)
        if record is not None:
            self.require_reach(record, act)
        elif self.seen() is not None and (not may_be_gone or db.session.get(self.model, key) is not None):
            abort(404)

    def _title_of(self, change: Change) -> str:
        return text.excerpt(change.title, 60) if self.shows_title() else self.number_of(change.record_id)

    def _brought_back(self, change: Change) -> list[str]:
        try:
            with records.commit(db.session, self.model):
                bring_back(db.session, change, by=current_person())
                if self.rows(Act.UNDO) is not None and not self.is_within(change.record_id, Act.UNDO):
                    abort(404)
        except (UndoError, PowerError, InvalidRecord) as error:
            if self.seen() is not None:
                abort(404)
            return [f"{error}{said_of(change, error.other) if isinstance(error, UndoError) else ''}"]
        return []

    def _restored(self, change: Change) -> list[str]:
        """Fill the form with what the record was, and save it; return what does not fit any more."""
        record = db.session.get(self.model, change.record_id)
        if record is None:
            return ["It has been deleted. Restore it first."]
        past = self._past(record, change)
        lost = past.__dict__.pop("gone")
        form: Form = self._edit_form_class(None, obj=past)
        form.process(None, obj=past)
        form = self.narrowed_form(form, Act.UNDO, record)
        gone = [f"{words} no longer exists." for name, words in lost.items() if name in form]
        title = self._title_of(change)
        describe(db.session, kind=Kind.RESTORE, summary=f"Restored {self.noun} “{title}”")
        if not gone and self.validate_form(form, record) and self.update_model(form, record):
            return []
        db.session.rollback()
        return [*gone, *form.form_errors, *(str(problem) for field in form for problem in field.errors)]

    def _past(self, record: Any, change: Change) -> SimpleNamespace:
        """Return the form's fields as they were; what they pointed at may be gone."""
        columns = kept_columns(self.model)
        state = {
            key: from_json(columns[key], value)
            for key, value in state_at(db.session, record, change).items()
            if key in columns
        }
        past = SimpleNamespace(**state, gone={})
        for relation in inspect_mapper(self.model).relationships:
            if not relation.uselist and (name := foreign_key_of(relation).key) in state:
                other = None if state[name] is None else self._other(relation, state[name])
                setattr(past, relation.key, other)
                if state[name] and not other:
                    past.gone[relation.key] = f"{self.get_column_name(relation.key)} {state[name]}"
        return past

    def _other(self, relation: RelationshipProperty[Any], key: Any) -> Any:
        """Return the record that a relation pointed at, of those the person sees."""
        target = resource_of(relation.mapper.class_)
        return db.session.get(relation.mapper.class_, key) if target is None else target.get_one(key)

    def _history_page(self, key: int, problems: Any) -> Any:
        before = as_key(Change, request.args.get("before", "")) or 0
        before_act = as_key(ChangeSet, request.args.get("before_act", "")) or 0
        self._require_in_reach(key, Act.HISTORY)
        found = timeline(db.session, self.model, key, before=before, before_act=before_act)
        record = self.get_one(key)
        if record is None and not found.entries:
            abort(404)
        changes = [change for change, _ in found.entries if change is not None]
        last = self._title_of(changes[0]) if changes else self.number_of(key)
        title = self.title_of(record) if record is not None else last
        newest = str(changes[0].id) if changes and not before else ""
        older = found.older and {"before": found.older[0], "before_act": found.older[1]}
        page = self.render(
            self.history_template,
            resource=self,
            record_title=title,
            is_gone=record is None,
            entries=[self._with_restore(one, record, newest) for one in entries_of(found.entries)],
            restore_url=self.link("restore_view"),
            return_url=self.return_url(),
            record_url=self.url_of(record, url=self.return_url()) if record is not None else "",
            older_url=self.link("history_view", id=key, **older, url=self.return_url()) if older else "",
            newest_url=self.link("history_view", id=key, url=self.return_url()) if before or before_act else "",
            problems=problems,
        )
        return page, UNPROCESSABLE if problems else 200

    def _with_restore(self, entry: Entry, record: Any, newest: str) -> Entry:
        """Offer the way back to a version that is not the present one."""
        may = self.may(Act.UNDO) if record is None else self.reaches(record, Act.UNDO)
        if not may or entry.is_secret or entry.kind not in UNDOABLE:
            return entry
        is_newest = entry.id == newest
        if record is None:
            return replace(entry, restore="Restore this record" if is_newest and entry.did == "deleted" else "")
        return entry if is_newest or entry.did == "deleted" else replace(entry, restore="Restore this version")
