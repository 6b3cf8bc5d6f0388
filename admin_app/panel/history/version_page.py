"""A version of a record: its content, and what restoring it would change, before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request
from flask.typing import ResponseReturnValue

from admin_app.db.limits import as_key
from admin_app.db.record import Record
from admin_app.domain.audit.reader import state_at, state_of
from admin_app.domain.audit.undo import UNDOABLE
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import Values, db, table_of
from admin_app.formatting import actor_name
from admin_app.models.change_set import Change, ChangeSet, Did
from admin_app.panel.history.entries import fields_of
from admin_app.panel.history.restore import restored_columns
from admin_app.panel.kinds import value_cell
from admin_app.panel.page import Page
from admin_app.panel.record.head import head_of


class VersionPage(Page):
    """Shows a version; its button sends a form to the history page, which restores it."""

    def respond(self) -> ResponseReturnValue:
        """Show the record as it was after a change."""
        record = self.access.requested(Action.HISTORY)
        change = db.session.get(Change, as_key(Change, request.args.get("change", "")) or 0)
        if change is None or not self._is_version_of(record, change):
            abort(404)
        then = state_at(db.session, record, change)
        may = self.access.reaches(record, Action.UNDO)
        now = state_of(record)
        names = restored_columns(self.access, record) if may else set()
        differing = {key for key in names & then.keys() if then[key] != now.get(key)}
        whole, changes = fields_of(
            [
                _told({}, then, Did.CREATE, change),
                _told(_only(now, differing), _only(then, differing), Did.UPDATE, change),
            ]
        )
        done = db.session.get_one(ChangeSet, change.change_set_id)
        return self.render(
            "resource/version.html",
            head=head_of(self.access, record, "history_view"),
            at=value_cell(done.at, is_whole=True),
            who=actor_name(done.actor),
            whole=whole,
            changes=changes,
            change_id=change.id if may and done.kind in UNDOABLE else None,
            version=record.version,
            restore_url=self.link("restore_view"),
            history_url=self.link("history_view", record, url=self.return_url()),
            return_url=self.return_url(),
        )

    def _is_version_of(self, record: Record, change: Change) -> bool:
        return (change.model, change.record_id) == (table_of(type(record)).name, record.id) and change.act != Did.DELETE


def _only(state: Values, names: set[str]) -> dict[str, object]:
    return {key: state[key] for key in state if key in names}


def _told(before: Mapping[str, object], after: Mapping[str, object], act: Did, change: Change) -> Change:
    """Return the difference as a change that is not stored, to be drawn like a real one."""
    made = Change(act=act, model=change.model, record_id=change.record_id)
    made.before, made.after = dict(before) or None, dict(after)
    return made
