"""Re-authentication before dangerous acts: password or passkey again after a while. The submitted form survives the detour."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import cast
from urllib.parse import quote

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from admin_app.db.types import utc_now
from admin_app.domain.auth import passwords, throttle, two_factor
from admin_app.domain.auth.company_sign_in import identity_of
from admin_app.domain.auth.throttle import Limit
from admin_app.domain.clock import is_within
from admin_app.extensions import db
from admin_app.formatting import waiting_time
from admin_app.models.staff import Staff
from admin_app.web.auth import login, oidc, passkeys
from admin_app.web.auth.second_factor import key
from admin_app.web.form_parser import Body, SentAsFile
from admin_app.web.request_context import request_context
from admin_app.web.urls import own_path

FRESH_FOR = timedelta(minutes=15)
# Allowed attempts: some typing errors. The session alone gives no licence to guess.
FREE = 5
# How long a form may wait for the password.
KEPT_SECONDS = 60 * 60

PASSWORD, TYPED = "proof_password", "proof_typed"
WRONG = "This is not your password. Nothing was changed."
TOO_MANY = "Too many failed attempts. Wait {wait}, then try again."


def is_fresh() -> bool:
    """Whether the person proved recently who they are."""
    person = login.current_session()
    return person is not None and is_within(person.proved_at, FRESH_FOR, utc_now())


def required(*, back: str = "") -> ResponseReturnValue | None:
    """Return the page that asks for password or passkey; None if the proof is recent or comes with this request.

    Views named in `proof_for` ask by themselves. A view that is dangerous only for some rows begins with `if (page :=
    reauthentication.required()) is not None: return page`.

    The page sends the form again together with the proof, and the view continues as if nothing had happened. If the
    response is a file, the browser stays on the page; `back` is where it leads then.
    """
    if not is_given():
        return None if is_fresh() else _page("", HTTPStatus.FORBIDDEN, back)
    # Another tab may have proved it meanwhile. The kept form must still be sent.
    if not is_fresh() and (problem := problem_with_form()):
        return _page(problem, HTTPStatus.UNPROCESSABLE_ENTITY, back)
    person = login.acting_principal()
    typed = _unsealed(person.id) if person is not None else None
    if typed is None:
        return _page(
            "What you typed could not be kept that long. Go back and send it again.", HTTPStatus.CONFLICT, back
        )
    # The token was checked already. The view reads the first form.
    _body().go_back_to(typed)
    return None


def note_purpose(words: str) -> None:
    """Set what the page says the proof is for: "delete a post"."""
    request_context().purpose = words


def is_given() -> bool:
    """Whether the request comes from the page of re-authentication and carries an earlier form."""
    return request.method == "POST" and TYPED in request.form


def unwrap(whose: int | None) -> None:
    """Restore the earlier form of this person into the request, to keep or show it again; nothing was proved."""
    if is_given() and whose is not None and (typed := _unsealed(whose)) is not None:
        _body().go_back_to(typed)


def required_for_rows(count: int) -> ResponseReturnValue | None:
    """Return the same page if an act concerns more rows than are allowed without proof."""
    return required() if are_many(count) else None


def are_many(count: int) -> bool:
    """Whether an act on so many rows needs proof."""
    return count > int(current_app.config["PROOF_ROWS"])


def problem_with_form() -> str:
    """Check the password or the passkey of a form, and note the proof (committed), or return the problem."""
    if login.current_session() is not None and passkeys.is_given():
        staff = login.signed_in_staff()
        return _judged(staff, lambda: passkeys.problem_with_proof(staff))
    return problem_with(request.form.get(PASSWORD, ""))


def problem_with(password: str) -> str:
    """Check the password and note the proof (committed), or return the problem."""
    if login.current_session() is None:
        return WRONG
    staff = login.signed_in_staff()
    kept = staff.password_hash
    return _judged(staff, lambda: "" if passwords.is_right_for(kept, password) else WRONG)


def page(problem: str, *, action: str, sealed: str = "", back: str = "") -> str:
    """Show the page of re-authentication, which sends to `action`."""
    is_signed_in = login.current_session() is not None
    is_company = is_signed_in and oidc.is_offered() and identity_of(db.session, login.signed_in_staff()) is not None
    return render_template(
        "pages/proof.html",
        problem=problem,
        action=action,
        sealed=sealed,
        back=back,
        minutes=FRESH_FOR.seconds // 60,
        purpose=request_context().purpose,
        question=passkeys.question_for_proving(login.signed_in_staff()) if is_signed_in else None,
        company=current_app.config["OIDC_NAME"] if is_company else "",
    )


def _body() -> Body:
    return cast("Body", request)


def _judged(staff: Staff, problem: Callable[[], str]) -> str:
    # The counters of the second factor would do, but a person who has one factor may lack the other.
    limit = Limit("proof", str(staff.id), FREE, account=staff.email)
    wait = throttle.count_try(db.session, [limit])
    # Hashing takes time: nobody should wait for a lock meanwhile.
    db.session.commit()
    if wait:
        return TOO_MANY.format(wait=waiting_time(wait))
    if words := problem():
        # A passkey's response is used up even if it is refused.
        db.session.commit()
        return words
    throttle.forgive(db.session, [limit])
    login.note_proof()
    return ""


def _page(problem: str, status: int, back: str) -> tuple[str, int]:
    query = request.query_string.decode("ascii", "replace")
    here = f"{quote(own_path())}?{query}" if query else quote(own_path())
    return page(problem, action=here, sealed=_sealed(), back=back), status


def _sealed() -> str:
    """Encrypt what was typed: it may contain new passwords."""
    if TYPED in request.form:
        return request.form[TYPED]
    person = login.acting_principal()
    sent = [pair for pair in request.form.items(multi=True) if pair[0] not in {"csrf_token", PASSWORD}]
    # A file would come back empty; a field that is not sent at all changes nothing.
    pairs = [(name, value) for name, value in sent if not isinstance(value, SentAsFile)]
    return two_factor.seal(json.dumps([person.id if person else 0, request.path, pairs]), key=key())


def _unsealed(whose: int) -> ImmutableMultiDict[str, str] | None:
    text = two_factor.unseal(request.form.get(TYPED, ""), key=key(), seconds=KEPT_SECONDS)
    staff_id, path, pairs = json.loads(text) if text else (None, "", [])
    if (staff_id, path) != (whose, request.path):
        return None
    return ImmutableMultiDict((name, value) for name, value in pairs)
