"""Presence: a form says who else has it open, and since when. It locks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.db.record import Record
from admin_app.domain.audit.reader import last_changes
from admin_app.domain.permissions.policy import Action
from admin_app.domain.work.presence import MOST_NAMED, OPENED, PINGED, OpenForm, Present, arrive, leave, present_at
from admin_app.extensions import db, table_of
from admin_app.formatting import short_name
from admin_app.models.change_set import ChangeSet
from admin_app.panel.forms.source import SEEN, VERSION
from admin_app.panel.page import Page
from admin_app.panel.resource import Resource
from admin_app.web.after_response import run_after_response
from admin_app.web.auth.login import signed_in_principal

# The name of the write after the response.
NOTE = "presence"


class PresencePage(Page):
    """Answers the script of an open form, if the person may edit the record."""

    def respond(self) -> ResponseReturnValue:
        """Note that the form is still open, and answer who else has it open; or note that it was left."""
        record = self.access.requested(Action.EDIT)
        place, person = _place(self.resource, record), signed_in_principal().id
        if "leave" in request.form:
            leave(db.session, place, person)
            db.session.commit()
            return Response(status=204)
        # The page of a conflict has already told what was saved before it was drawn.
        drawn_at = request.form.get(SEEN) or request.form.get(VERSION, "")
        saved = _saved_since(self.resource, record, drawn_at)
        arrive(db.session, place, person, lasting=PINGED)
        db.session.commit()
        return jsonify(note=_words(present_at(db.session, place), but=person), saved=saved)


def others_at(resource: Resource, record: Record) -> str:
    """Say who else has the record's form open. That this person has it open, too, is noted after the response."""
    place, staff_id = _place(resource, record), signed_in_principal().id
    found = present_at(db.session, place)
    if not any(one.staff_id == staff_id and one.is_fresh for one in found):
        run_after_response(NOTE, partial(arrive, place=place, staff_id=staff_id, lasting=OPENED))
    return _words(found, but=staff_id)


def leave_form(resource: Resource, record: Record) -> None:
    """Forget, after the response, that this person has the record's form open."""
    run_after_response(NOTE, partial(leave, place=_place(resource, record), staff_id=signed_in_principal().id))


def _saved_since(resource: Resource, record: Record, drawn_at: str) -> str:
    """Say who saved the record since the version that a form was drawn from; "" if nobody did."""
    if drawn_at == str(record.version) or not drawn_at:
        return ""
    changes = last_changes(db.session, resource.model, record.id, most=1)
    return " ".join(f"{who_saved(done)} at {done.at:%H:%M} UTC." for _, done in changes)


def who_saved(done: ChangeSet) -> str:
    """Say who saved a record: a colleague, or the same person in another window."""
    is_own = done.actor_id == signed_in_principal().id
    return "You saved this in another window" if is_own else f"{short_name(done.actor)} saved this"


def _place(resource: Resource, record: Record) -> OpenForm:
    return OpenForm(table_of(resource.model).name, record.id)


def _words(there: Sequence[Present], *, but: int) -> str:
    others = [one for one in there if one.staff_id != but][:MOST_NAMED]
    return " ".join(f"{one.name} has been editing this since {one.since:%H:%M} UTC." for one in others)
