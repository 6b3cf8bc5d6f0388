"""The history of a record: its changes, newest first, with a way to restore any version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from http import HTTPStatus

from flask import abort, request
from flask.typing import ResponseReturnValue

from admin_app.db.keys import Key, read_key
from admin_app.db.limits import as_key
from admin_app.db.record import Record
from admin_app.domain.audit.former_class import was_of_class
from admin_app.domain.audit.reader import state_at, state_of, timeline
from admin_app.domain.audit.undo import UNDOABLE, undone_among
from admin_app.domain.audit.undo_offers import last_undoable
from admin_app.domain.audit.undo_words import words_of
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db, table_of
from admin_app.formatting import sentence_case
from admin_app.models.change_set import Change, ChangeSet, Did
from admin_app.panel.forms.conflicts import Conflicts
from admin_app.panel.forms.source import VERSION
from admin_app.panel.history.entries import entries_of
from admin_app.panel.history.restore import bring_back_record, restore_version, restored_columns
from admin_app.panel.history.view_models import Entry
from admin_app.panel.kinds import value_cell
from admin_app.panel.page import Page, lead_on
from admin_app.panel.record.head import head_of
from admin_app.panel.record.last_changes import name_of_actor as actor_of
from admin_app.panel.record.merged import OWN, way_to_survivor
from admin_app.web.flash import announce


class HistoryPage(Page):
    """A record's past; it opens also when the record is gone."""

    def respond(self) -> ResponseReturnValue:
        """Show the record's history."""
        key = read_key(self.resource.model, request.args.get("id", ""))
        if key is None:
            abort(404)
        is_asked = any(name in request.args for name in (OWN, "before", "before_act"))
        return (None if is_asked else way_to_survivor(self.access, "history_view")) or self._page(key, ())

    def restore(self) -> ResponseReturnValue:
        """Restore a version: a change like one made in the form, with the same checks."""
        change = db.session.get(Change, as_key(Change, request.form.get("change", "")) or 0)
        if change is None or change.model != table_of(self.resource.model).name:
            abort(404)
        key, is_gone = change.record_id, change.act == Did.DELETE
        self._require_reach(key, Action.UNDO, may_be_gone=is_gone)
        if not is_gone and (page := self._refused_as_stale(key)) is not None:
            return page
        problems = bring_back_record(self.access, change) if is_gone else restore_version(self.access, change)
        if problems:
            return self._page(key, problems)
        words = f"{sentence_case(self.resource.noun)} “{self.access.former_title(change)}” was restored."
        announce(" ".join(filter(None, (words, self.resource.after_save()))), undo=last_undoable(db.session))
        return lead_on(self.link("history_view", id=key, url=self.return_url()))

    def _refused_as_stale(self, key: Key) -> ResponseReturnValue | None:
        """Return the page that says that the record has changed since the person saw what restoring would change; None if it has not."""
        record = self.access.find_key(key)
        if record is None or Conflicts(self.access, record).changed_since(request.form.get(VERSION)) is None:
            return None
        words = f"This {self.resource.noun} has changed since you opened that version. View it again to see what restoring it changes now."
        return self._page(key, [words], HTTPStatus.CONFLICT)

    def _require_reach(self, key: Key, action: Action, *, may_be_gone: bool = False) -> None:
        """Answer 404 if the person does not see the record, and 403 if they may not do this.

        A deleted record cannot be tested against row rules: for a person with such a rule it is restored first, then checked.
        """
        record = self.access.find_key(key)
        if record is not None:
            self.access.require_reach(record, action)
        elif not was_of_class(db.session, self.resource.model, key) or (
            self.access.seen() is not None and (not may_be_gone or db.session.get(self.resource.model, key) is not None)
        ):
            abort(404)

    def _entries(
        self, found: Sequence[tuple[Change | None, ChangeSet]], record: Record | None, newest: str
    ) -> list[Entry]:
        """Draw the entries, with links to their versions, and who undid them."""
        undone = undone_among(db.session, [done.id for _, done in found])
        present = {newest, *(self._like_now(record, found) if record is not None else ())}
        drawn = zip(found, entries_of(found), strict=True)
        return [
            _with_undone(self._with_ways(one, record, newest, present), undone.get(done.id)) for (_, done), one in drawn
        ]

    def _like_now(self, record: Record, found: Sequence[tuple[Change | None, ChangeSet]]) -> set[str]:
        """Return the versions whose restoring would change nothing."""
        changes = [change for change, _ in found if change is not None]
        if not changes or not self.access.reaches(record, Action.UNDO):
            return set()
        now, names = state_of(record), restored_columns(self.access, record)
        then, same = state_at(db.session, record, changes[0]), set()
        for change in changes:
            if all(then[name] == now.get(name) for name in names & then.keys()):
                same.add(str(change.id))
            then |= change.before or {}
        return same

    def _with_ways(self, entry: Entry, record: Record | None, newest: str, present: Collection[str]) -> Entry:
        """Add the link to the version, and the restore button if it is not the present one."""
        access, is_newest, is_gone = self.access, entry.id == newest, entry.did == "deleted"
        may = access.may(Action.UNDO) if record is None else access.reaches(record, Action.UNDO)
        may = may and not entry.is_secret and entry.kind in UNDOABLE
        if record is None:
            return replace(entry, restore="Restore this record" if may and is_newest and is_gone else "")
        if not entry.id or is_gone:
            return entry
        view_url = self.link("version_view", record, change=entry.id, url=self.return_url())
        return replace(entry, view_url=view_url, can_restore=may and entry.id not in present)

    def _page(self, key: Key, problems: Sequence[str], status: int = 0) -> ResponseReturnValue:
        before = as_key(Change, request.args.get("before", "")) or 0
        before_act = as_key(ChangeSet, request.args.get("before_act", "")) or 0
        self._require_reach(key, Action.HISTORY)
        found = timeline(db.session, self.resource.model, key, before=before, before_set=before_act)
        record = self.access.find_key(key)
        if record is None and not found.entries:
            abort(404)
        changes = [change for change, _ in found.entries if change is not None]
        last = self.access.former_title(changes[0]) if changes else self.access.number_of(key)
        newest = str(changes[0].id) if changes and not before else ""
        older = found.older and {"before": found.older[0], "before_act": found.older[1]}
        by = actor_of(found.entries[0][1]) if newest else ""
        own = {OWN: 1} if OWN in request.args else {}
        page = self.render(
            "resource/history.html",
            head=head_of(self.access, record, "history_view", changed_by=by) if record is not None else None,
            record_title=self.access.title_of(record) if record is not None else last,
            is_gone=record is None,
            entries=self._entries(found.entries, record, newest),
            restore_url=self.link("restore_view"),
            return_url=self.return_url(),
            older_url=self.link("history_view", id=key, **older, **own, url=self.return_url()) if older else "",
            newest_url=self.link("history_view", id=key, **own, url=self.return_url()) if before or before_act else "",
            problems=problems,
        )
        return page, status or (HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK)


def _with_undone(entry: Entry, undoing: ChangeSet | None) -> Entry:
    """Add who undid a change, unless it was redone."""
    if undoing is None:
        return entry
    words = f"{words_of(undoing).done.capitalize()} by {actor_of(undoing)},"
    return replace(entry, undone=words, undone_at=value_cell(undoing.at, is_whole=False))
