"""Typed work and choices survive: what could not be sent is kept for the person, and stands in the form again, for them to send."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms import Form, PasswordField

from admin_app.domain.drafts import draft_of, drop_draft, keep_draft, storable
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.models.draft import Draft
from admin_app.panel.elements import Hidden
from admin_app.panel.field_rights import FieldRights
from admin_app.panel.registry import resources
from admin_app.web import errors, proof, typed
from admin_app.web.login import ask_to_sign_in, current_person, former_staff_id
from admin_app.web.notices import warn

# The fields of ours in a form: the version it was drawn from, the version its choices were made at and they themselves,
# what makes two sendings one, and which draft it shows.
VERSION, SEEN, TAKE, ONCE, DRAFT = "_version", "_seen", "_take.", "_once", "_draft"
DISCARD = "_discard"
# Where an address says which draft its form shows.
IN_ADDRESS = "draft"
# The forms of records; the others ask how something is to be done.
RECORD_FORMS = frozenset({"create_view", "edit_view"})

KEPT = "You were signed out before this was saved. What you typed is kept: sign in, then save it."
KEPT_CHOICE = "You were signed out before this was done. What you chose is kept: sign in, then send it again."
STALE = "This form was opened before you signed in again. Nothing was saved. Check it and save it again."


@dataclass(frozen=True)
class Source:
    """Where a form's contents come from: what was just sent, a draft, or the record alone."""

    form: Form
    own: dict[str, str]
    draft: Draft | None = None


class Keeping(FieldRights):
    """Forms whose contents outlive a session, a token, an error."""

    def kept_names(self, view: str) -> set[str]:
        """Name the fields of a view's form that are shown again as they were sent: no secrets. None where it has no such form."""
        if view not in RECORD_FORMS:
            return set()
        fields = [field for form in (self._create_form_class(), self._edit_form_class()) for field in form]
        columns = self.model.__table__.columns
        secret = {column.key for column in columns if column.info.get("secret")}
        names = {field.name for field in fields if not isinstance(field, PasswordField)} - secret
        return names | {VERSION, SEEN, ONCE, DRAFT} | {f"{TAKE}{name}" for name in names}

    def answer_to_stranger(self, name: str) -> ResponseReturnValue:
        """Keep what somebody typed whose session has ended, before they are asked to sign in."""
        proof.unwrap(former_staff_id())
        if (fields := typed.typed(self.kept_names(name))) and (page := self._kept(fields, name)) is not None:
            return page
        return super().answer_to_stranger(name)

    def _kept(self, fields: Collection[Hidden], view: str) -> ResponseReturnValue | None:
        staff_id = former_staff_id()
        draft = keep_draft(db.session, staff_id, address=form_address(), fields=[*fields]) if staff_id else None
        if draft is None:
            return errors.signed_out() if view in RECORD_FORMS else None
        db.session.commit()
        warn(KEPT if view in RECORD_FORMS else KEPT_CHOICE)
        return ask_to_sign_in(**{IN_ADDRESS: draft.key})

    def arguments(self) -> list[Hidden]:
        """Return the address's own arguments, whichever draft it shows besides."""
        return [pair for pair in request.args.items(multi=True) if pair[0] != IN_ADDRESS]

    def shown_draft(self) -> Draft | None:
        """Return the person's draft that the address names."""
        person = current_person()
        if request.method == "POST" or person is None or IN_ADDRESS not in request.args:
            return None
        return draft_of(db.session, person, request.args[IN_ADDRESS], address=form_address())

    def answers(self, draft: Draft | None) -> MultiDict[str, str]:
        """Return what stands in a form: what was just sent, the draft that is shown, or nothing yet."""
        if request.method == "POST":
            return request.form
        return MultiDict((name, value) for name, value in draft.fields) if draft is not None else MultiDict()

    def source(self, record: Any = None) -> Source:
        """Make the form: filled with what was sent, with the person's draft that the address names, or from the record."""
        form = self.create_form() if record is None else self.edit_form(obj=record)
        if request.method == "POST":
            return Source(form, request.form.to_dict())
        draft = self.shown_draft()
        if draft is None:
            return Source(form, {})
        fields = self.answers(draft)
        form.process(fields, obj=record)
        return Source(form, fields.to_dict(), draft)

    def is_discarded(self) -> bool:
        """Forget the draft that the form shows, when that is what was pressed."""
        if DISCARD in request.form:
            self.drop_sent_draft()
            db.session.commit()
        return DISCARD in request.form

    def drop_sent_draft(self) -> None:
        """Forget the draft that was just saved (not yet committed)."""
        person = current_person()
        if person is not None and (key := request.form.get(DRAFT)):
            drop_draft(db.session, person, key)

    def page_again(self, _view: str, _words: str) -> Any:
        """Show a view's form again, filled with what was sent, which was not carried out; None where there is none."""
        return None


def init_app(app: Flask) -> None:
    """Tell error pages what may be given back, and answer a stale token with the form itself."""
    typed.init_app(app, _names)
    app.register_error_handler(CSRFError, _stale_token)


def _resource() -> tuple[Keeping | None, str]:
    """Return the resource whose form is being sent, and the form's view."""
    view = (request.endpoint or "").rpartition(".")[2]
    return next((one for one in resources() if one.endpoint == request.blueprint), None), view


def _names() -> Collection[str]:
    """Name what an error page gives back: what took long to type, and not what was ticked."""
    resource, view = _resource()
    return resource.kept_names(view) if resource is not None and view in RECORD_FORMS else ()


def _stale_token(_error: CSRFError) -> Any:
    """Show the form again with a fresh token; what came without a good one is never carried out."""
    person = current_person()
    proof.unwrap(person.id if person is not None else None)
    resource, view = _resource()
    if resource is None or not typed.typed(resource.kept_names(view)) or not resource.may(resource.acts[view]):
        return errors.token_missing()
    try:
        return resource.page_again(view, STALE) or errors.token_missing()
    except (SelectionError, HTTPException):
        # An address that means nothing, or no more, has no form.
        return errors.token_missing()


def form_address() -> str:
    """Tell the form of one record, or of a new one, from others, whatever list it was opened from."""
    return storable(f"{request.path}?id={request.args.get('id', '')}")
