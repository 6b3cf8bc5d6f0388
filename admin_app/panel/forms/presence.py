"""Who else is here: a form says who has had it open, and since when. Nobody is held up by it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, jsonify, request

from admin_app.domain.permissions import Act
from admin_app.domain.presence import MOST_NAMED, OPENED, PINGED, Place, Present, arrive, leave, present_at
from admin_app.extensions import db
from admin_app.panel.page import Page
from admin_app.panel.resource import Resource
from admin_app.web.afterwards import afterwards
from admin_app.web.login import signed_in_person

# What is written of it after an answer goes by this name.
NOTE = "company"


class PresencePage(Page):
    """What the script of an open form asks. Only who may edit the record is answered."""

    def respond(self) -> Any:
        """Hear that the form is still open, and answer who else has it open; or that it was left."""
        place = _place(self.resource, self.access.requested(Act.EDIT))
        if "leave" in request.form:
            leave(db.session, place, signed_in_person().id)
            db.session.commit()
            return Response(status=204)
        arrive(db.session, place, signed_in_person().id, lasting=PINGED)
        db.session.commit()
        return jsonify(note=_words(present_at(db.session, place), but=signed_in_person().id))


def others_at(resource: Resource, record: Any) -> str:
    """Say who else has the record's form open; once the page is sent it is noted that this person has, too."""
    place, staff_id = _place(resource, record), signed_in_person().id
    found = present_at(db.session, place)
    if not any(one.staff_id == staff_id and one.is_fresh for one in found):
        afterwards(NOTE, partial(arrive, place=place, staff_id=staff_id, lasting=OPENED))
    return _words(found, but=staff_id)


def leave_form(resource: Resource, record: Any) -> None:
    """Forget that this person is at the record's form, once the answer is sent."""
    afterwards(NOTE, partial(leave, place=_place(resource, record), staff_id=signed_in_person().id))


def _place(resource: Resource, record: Any) -> Place:
    return Place(resource.model.__tablename__, record.id)


def _words(there: Sequence[Present], *, but: int) -> str:
    others = [one for one in there if one.staff_id != but][:MOST_NAMED]
    return " ".join(f"{one.name} has been editing this since {one.since:%H:%M} UTC." for one in others)
