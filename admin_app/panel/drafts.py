"""Typed work survives: a form that could not be sent is kept as a draft for the person, and shown again for them to send."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from http import HTTPStatus

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from werkzeug.datastructures import MultiDict

from admin_app.domain.permissions.principal import Principal
from admin_app.domain.work import drafts as domain
from admin_app.domain.work.drafts import draft_of, drop_draft, keep_draft, storable
from admin_app.extensions import db
from admin_app.models.draft import Draft
from admin_app.panel.view_models import Hidden
from admin_app.web import errors
from admin_app.web.auth.login import ask_to_sign_in, current_principal, former_staff_id, seen_as
from admin_app.web.flash import warn
from admin_app.web.leaving import LEAVING

# The key of the draft that a form shows: a field of the form, and an argument of its address.
DRAFT, IN_ADDRESS = "_draft", "draft"
DISCARD = "_discard"
# The key of the draft of a form that was left, in case it is sent after all.
LEFT = "_left"
# The views whose forms hold typed work: those of records and notes. Other forms only ask how to do something.
RECORD_FORMS = frozenset({"create_view", "edit_view", "edit_page_view", "notes_view", "note_view"})

KEPT = "You were signed out before this was saved. What you typed is kept: sign in, then save it."
KEPT_CHOICE = "You were signed out before this was done. What you chose is kept: sign in, then send it again."


def keep(fields: Collection[Hidden], view: str) -> ResponseReturnValue | None:
    """Keep the fields of a person whose session has ended, and ask them to sign in; None if nothing is kept."""
    staff_id = former_staff_id()
    draft = keep_draft(db.session, staff_id, address=form_address(), fields=[*fields]) if staff_id else None
    if draft is None:
        return errors.signed_out() if view in RECORD_FORMS else None
    db.session.commit()
    warn(KEPT if view in RECORD_FORMS else KEPT_CHOICE)
    return ask_to_sign_in(**{IN_ADDRESS: draft.key})


def keep_left(fields: Collection[Hidden]) -> ResponseReturnValue:
    """Keep the fields of a form that a person left without sending it, even after their session ended. Only a script reads the answer."""
    person = current_principal()
    staff_id = former_staff_id() if person is None else person.id
    if staff_id is not None and fields:
        keep_draft(db.session, staff_id, address=form_address(), fields=[*fields], key=request.form[LEAVING])
        db.session.commit()
    return Response(status=HTTPStatus.NO_CONTENT)


def arguments() -> list[Hidden]:
    """Return the address's arguments without the draft's key."""
    return [pair for pair in request.args.items(multi=True) if pair[0] != IN_ADDRESS]


def shown_draft() -> Draft | None:
    """Return the person's draft that the address names."""
    person = _typist()
    if request.method == "POST" or person is None or IN_ADDRESS not in request.args:
        return None
    return draft_of(db.session, person, request.args[IN_ADDRESS], address=form_address())


def answers(draft: Draft | None) -> MultiDict[str, str]:
    """Return the contents of a form: what was just sent, the shown draft, or nothing yet."""
    if request.method == "POST":
        return request.form
    return MultiDict((name, value) for name, value in draft.fields) if draft is not None else MultiDict()


def is_discarded() -> bool:
    """Delete the shown draft if that button was pressed; return whether it was."""
    if DISCARD in request.form:
        drop_sent_draft()
        db.session.commit()
    return DISCARD in request.form


def drop_sent_draft() -> None:
    """Delete the draft that was just saved (not yet committed)."""
    person = current_principal()
    for name in (DRAFT, LEFT):
        if person is not None and (key := request.form.get(name)):
            drop_draft(db.session, person, key)


def form_address() -> str:
    """Return the address that identifies the form of one record, or of a new one, whatever list it was opened from."""
    return storable(f"{request.path}?id={request.args.get('id', '')}")


def newest_draft() -> Row[str, datetime] | None:
    """Return the key and the time of the person's newest draft for the current form."""
    person = _typist()
    return None if person is None else domain.newest_draft(db.session, person, address=form_address())


def _typist() -> Principal | None:
    """Return the signed-in person, even while they see as someone else: nobody sees another person's drafts."""
    return current_principal() if seen_as() is None else None
