"""Who else is here: a form says who has had it open, and since when. Nobody is held up by it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, jsonify, request
from flask_admin import expose

from admin_app.db.limits import as_key
from admin_app.domain.auth.sessions import Queries
from admin_app.domain.work.drafts import NEWEST_DRAFT, asked_for
from admin_app.domain.work.presence import (
    MOST_NAMED,
    OPENED,
    PINGED,
    PRESENT,
    OpenForm,
    Present,
    arrive,
    asked_at,
    leave,
    present,
    present_at,
)
from admin_app.extensions import db
from admin_app.panel.at_hand import read_along
from admin_app.panel.form_rights import FormRights
from admin_app.panel.keeping import RECORD_FORMS, form_address
from admin_app.web.after_response import run_after_response
from admin_app.web.auth.login import signed_in_principal

# What is written of it after an answer goes by this name.
NOTE = "company"


class Company(FormRights):
    """The note at a form. Only who may edit the record sees it, or is in it."""

    @expose("/presence/", methods=("POST",))
    def presence_view(self) -> Any:
        """Hear that the form is still open, and answer who else has it open; or that it was left."""
        place = self._place(self.requested())
        if "leave" in request.form:
            leave(db.session, place, signed_in_principal().id)
            db.session.commit()
            return Response(status=204)
        arrive(db.session, place, signed_in_principal().id, lasting=PINGED)
        db.session.commit()
        return jsonify(note=_words(present_at(db.session, place), but=signed_in_principal().id))

    def alongside(self, record: Any) -> tuple[Sequence[Any] | None, str]:
        """Return what a form that is opened says besides: the key and time of what the person typed into it before, and who else is there.

        Once the page is sent it is noted that this person is there too.
        """
        place, staff_id = self._place(record), signed_in_principal().id
        drafts, there = read_along(*_ASKED, **_asked_of(place))
        found = present(there)
        if record is not None and not any(one.staff_id == staff_id and one.is_fresh for one in found):
            run_after_response(NOTE, partial(arrive, place=place, staff_id=staff_id, lasting=OPENED))
        return next(iter(drafts), None), _words(found, but=staff_id)

    def asked_along(self, name: str) -> tuple[Queries, dict[str, Any]]:
        """Ask it by the statement that finds out who opens the form."""
        if name not in RECORD_FORMS:
            return super().asked_along(name)
        key = as_key(self.model, request.args.get("id", "")) if name == "edit_view" else None
        return _ASKED, _asked_of(OpenForm(self.model.__tablename__, key or 0))

    def leave(self, record: Any) -> None:
        """Forget that this person is at the record's form, once the answer is sent."""
        run_after_response(NOTE, partial(leave, place=self._place(record), staff_id=signed_in_principal().id))

    def _place(self, record: Any) -> OpenForm:
        """Return the record's form; at that of a new one nobody is."""
        return OpenForm(self.model.__tablename__, 0 if record is None else record.id)


_ASKED = (NEWEST_DRAFT, PRESENT)


def _asked_of(place: OpenForm) -> dict[str, Any]:
    return asked_for(form_address()) | asked_at(place)


def _words(there: Sequence[Present], *, but: int) -> str:
    others = [one for one in there if one.staff_id != but][:MOST_NAMED]
    return " ".join(f"{one.name} has been editing this since {one.since:%H:%M} UTC." for one in others)
