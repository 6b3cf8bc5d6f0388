"""The step between password and session: a signed value names who still has to prove a second factor, and grants no access."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import current_app, redirect, session, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from admin_app.db.transaction import commit_act
from admin_app.domain.audit.recorder import finish_set, record_event
from admin_app.domain.auth import two_factor
from admin_app.domain.auth.accounts import actor_of
from admin_app.domain.auth.sign_in import SignInResult
from admin_app.extensions import db
from admin_app.formatting import counted, since
from admin_app.models.change_set import Kind
from admin_app.models.staff import Staff
from admin_app.web.auth import login
from admin_app.web.auth.known_devices import remember_device
from admin_app.web.flash import call_attention

HALF_WAY_SECONDS = 10 * 60
_PLACE = "half_way"


@dataclass(frozen=True)
class HalfWay:
    """A person whose password was right, and the page that they requested."""

    staff: Staff
    onward: str
    warning: str
    # As the history stores it.
    how: str = "Signed in"


def is_required(staff: Staff) -> bool:
    """Whether one of the person's roles requires a second factor."""
    return not current_app.config["TWO_FACTOR"].isdisjoint(staff.roles)


def key() -> str:
    """Return the key for sealing secrets."""
    return str(current_app.secret_key)


def after_password(staff: Staff, onward: str, outcome: SignInResult | None = None) -> ResponseReturnValue:
    """Sign the person in, or lead to the missing factor; there is no session before."""
    warning = ""
    if outcome is not None and outcome.failed and outcome.since:
        tries = counted(outcome.failed, "failed attempt", "failed attempts")
        warning = f"{tries} to sign in as you since {since(outcome.since)}."
    if two_factor.has_factor(db.session, staff):
        step = "two_factor.code"
    elif is_required(staff):
        step = "two_factor.enrol"
    else:
        return finish(HalfWay(staff, onward, warning))
    # Before the cookie: a commit that fails must leave the person with the session that they had.
    commit_act(db.session)
    session.clear()
    session[_PLACE] = _serializer().dumps([staff.id, _fingerprint(staff), onward, warning])
    # Also in the address: a tab whose cookie another tab replaced still knows where it was going.
    return redirect(url_for(step, next=None if onward == url_for("admin.index") else onward), 303)


def half_way() -> HalfWay | None:
    """Return who is between password and session, unless that was long ago or the account has changed since."""
    try:
        staff_id, fingerprint, onward, warning = _serializer().loads(session.get(_PLACE, ""), max_age=HALF_WAY_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return None
    staff = db.session.get(Staff, staff_id)
    if staff is None or not staff.is_active or fingerprint != _fingerprint(staff):
        return None
    return HalfWay(staff, onward, warning)


def begin_session(who: HalfWay) -> None:
    """Begin the session of a person who has proved everything required (committed)."""
    # What led here in the same transaction, such as a new password, is an act of its own in the history.
    finish_set(db.session())
    record_event(
        db.session, actor=actor_of(who.staff), kind=Kind.SIGN_IN, summary=who.how, resource=Staff.__tablename__
    )
    login.renew(who.staff)
    remember_device(who.staff)
    if who.warning:
        words = f"{who.warning} If that was not you, change your password."
        call_attention(words, links=[("Account", url_for("account.index"))])


def finish(who: HalfWay) -> ResponseReturnValue:
    """Begin the session, and lead on."""
    begin_session(who)
    return redirect(who.onward, 303)


def _fingerprint(staff: Staff) -> str:
    """Return a digest that changes with the password, so that a step begun with an old password is void."""
    return hashlib.sha256(staff.password_hash.encode()).hexdigest()[:16]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key(), salt="half-way")
