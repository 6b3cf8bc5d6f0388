"""Signing in with the company's provider: redirect, return, and sign-out."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_app.context import writing
from admin_app.db.transaction import transaction
from admin_app.domain.auth.company_sign_in import CompanyPerson, bound_to, end_sessions
from admin_app.errors import CompanySignInError
from admin_app.extensions import csrf, db
from admin_app.web.auth import company, login, oidc
from admin_app.web.urls import local_path

blueprint = Blueprint("company", __name__)
# The provider itself sends this and signs it.
channel = Blueprint("company_channel", __name__)
csrf.exempt(channel)
ANOTHER = "This is another person than the one who is signed in here. Nothing was changed."


@blueprint.get("/sign-in/company")
def begin() -> ResponseReturnValue:
    """Redirect to the provider; with `again`, for re-authentication."""
    _require_offer()
    is_proof = "again" in request.args
    onward = local_path(request.args.get("next"), url_for("admin.index"))
    if login.current_principal() is not None and not is_proof:
        return redirect(onward, HTTPStatus.SEE_OTHER)
    try:
        return oidc.begin(onward, is_proof=is_proof)
    except CompanySignInError as error:
        return _refusal(str(error), onward, HTTPStatus.SERVICE_UNAVAILABLE)


@blueprint.get("/sign-in/company/back")
def back() -> ResponseReturnValue:
    """Take the provider's answer, and sign the person in."""
    _require_offer()
    try:
        answer = oidc.finish(request.args.get("state", ""))
        if answer.is_proof:
            return _note_proof(answer)
        if login.current_principal() is not None:
            return redirect(answer.onward, HTTPStatus.SEE_OTHER)
        return company.sign_in(answer.person, answer.onward, answer.id_token)
    except CompanySignInError as error:
        return _refusal(str(error), url_for("admin.index"), HTTPStatus.FORBIDDEN)


@channel.post("/sign-in/company/ended")
def ended() -> ResponseReturnValue:
    """Take the provider's message that someone has signed out there, and end their sessions."""
    _require_offer()
    try:
        subject = oidc.subject_signed_out(request.form.get("logout_token", ""))
    except CompanySignInError as error:
        return {"error": "invalid_request", "error_description": str(error)}, HTTPStatus.BAD_REQUEST
    with transaction(db.session):
        person = CompanyPerson(current_app.config["OIDC_ISSUER"], subject)
        end_sessions(db.session, person, company.rules())
    return "", HTTPStatus.OK


def _require_offer() -> None:
    if not oidc.is_offered():
        abort(HTTPStatus.NOT_FOUND)


def _note_proof(answer: oidc.Answer) -> ResponseReturnValue:
    """Note that the signed-in person has just re-authenticated."""
    present = login.acting_principal()
    staff = bound_to(db.session, answer.person)
    if present is None or staff is None or staff.id != present.id:
        raise CompanySignInError(ANOTHER)
    db.session.rollback()
    with writing():
        login.note_proof()
    return render_template("pages/company_proof.html")


def _refusal(problem: str, onward: str, status: HTTPStatus) -> tuple[str, int]:
    is_signed_in = login.current_principal() is not None
    page = {"problem": problem, "onward": onward, "is_signed_in": is_signed_in}
    return render_template("pages/company_refused.html", **page), status
