"""Who else is here: a form says who has had it open, and since when. Nobody is held up by it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Response, after_this_request, jsonify, request
from flask_admin import expose
from sqlalchemy.exc import IntegrityError, OperationalError

from admin_app.domain.presence import OPENED, PINGED, Place, arrive, company_at, leave
from admin_app.extensions import db
from admin_app.models.connection import small_write
from admin_app.panel.form_rights import FormRights
from admin_app.web.login import signed_in_staff


class Company(FormRights):
    """The note at a form. Only who may edit the record sees it, or is in it."""

    @expose("/presence/", methods=("POST",))
    def presence_view(self) -> Any:
        """Hear that the form is still open, and answer who else has it open; or that it was left."""
        place = self._place(self.requested())
        if "leave" in request.form:
            leave(db.session, place, signed_in_staff().id)
            db.session.commit()
            return Response(status=204)
        arrive(db.session, place, signed_in_staff().id, lasting=PINGED)
        db.session.commit()
        return jsonify(note=self._company_words(place))

    def company(self, record: Any) -> str:
        """Say who else is at the record's form, and note, once the page is drawn, that this person is."""
        place, staff_id = self._place(record), signed_in_staff().id

        @after_this_request
        def note(response: Response) -> Response:
            db.session.rollback()
            # The page is drawn: it does without the note when the store is busy, or the account was deleted just now.
            with suppress(OperationalError, IntegrityError), small_write(db.session) as session:
                arrive(session, place, staff_id, lasting=OPENED)
            return response

        return self._company_words(place)

    def leave(self, record: Any) -> None:
        """Forget that this person is at the record's form (not yet committed)."""
        leave(db.session, self._place(record), signed_in_staff().id)

    def _company_words(self, place: Place) -> str:
        others = company_at(db.session, place, but=signed_in_staff().id)
        return " ".join(f"{one.name} has been editing this since {one.since:%H:%M} UTC." for one in others)

    def _place(self, record: Any) -> Place:
        return Place(self.model.__tablename__, record.id)
