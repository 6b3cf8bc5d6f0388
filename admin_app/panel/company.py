"""Who else is here: a form says who has had it open, and since when. Nobody is held up by it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, jsonify, request
from flask_admin import expose

from admin_app.domain.drafts import newest_draft
from admin_app.domain.presence import MOST_NAMED, OPENED, PINGED, Place, Present, arrive, leave, present_at
from admin_app.extensions import db
from admin_app.panel.form_rights import FormRights
from admin_app.panel.keeping import form_address
from admin_app.web.afterwards import afterwards
from admin_app.web.login import signed_in_person

# What is written of it after an answer goes by this name.
NOTE = "company"


class Company(FormRights):
    """The note at a form. Only who may edit the record sees it, or is in it."""

    @expose("/presence/", methods=("POST",))
    def presence_view(self) -> Any:
        """Hear that the form is still open, and answer who else has it open; or that it was left."""
        place = self._place(self.requested())
        if "leave" in request.form:
            leave(db.session, place, signed_in_person().id)
            db.session.commit()
            return Response(status=204)
        arrive(db.session, place, signed_in_person().id, lasting=PINGED)
        db.session.commit()
        return jsonify(note=_words(present_at(db.session, place), but=signed_in_person().id))

    def alongside(self, record: Any) -> tuple[Sequence[Any] | None, str]:
        """Return what a form that is opened says besides: the key and time of what the person typed into it before, and who else is there.

        Once the page is sent it is noted that this person is there too.
        """
        person = signed_in_person()
        draft = newest_draft(db.session, person, address=form_address())
        if record is None:
            return draft, ""
        place = self._place(record)
        found = present_at(db.session, place)
        if not any(one.staff_id == person.id and one.is_fresh for one in found):
            afterwards(NOTE, partial(arrive, place=place, staff_id=person.id, lasting=OPENED))
        return draft, _words(found, but=person.id)

    def leave(self, record: Any) -> None:
        """Forget that this person is at the record's form, once the answer is sent."""
        afterwards(NOTE, partial(leave, place=self._place(record), staff_id=signed_in_person().id))

    def _place(self, record: Any) -> Place:
        """Return the record's form."""
        return Place(self.model.__tablename__, record.id)


def _words(there: Sequence[Present], *, but: int) -> str:
    others = [one for one in there if one.staff_id != but][:MOST_NAMED]
    return " ".join(f"{one.name} has been editing this since {one.since:%H:%M} UTC." for one in others)
