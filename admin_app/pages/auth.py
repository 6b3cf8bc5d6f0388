"""Signing in and out, and the one-time links: to create the first owner's account, and to choose a password."""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from admin_app.db.transaction import transaction
from admin_app.domain.audit.recorder import record_event
from admin_app.domain.auth import accounts, passwords
from admin_app.domain.auth.sign_in import SignInResult
from admin_app.domain.auth.two_factor import unseal
from admin_app.domain.permissions.principal import Principal
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import CompanySignInError, InvalidRecord, NotFoundError
from admin_app.extensions import db
from admin_app.formatting import waiting_time
from admin_app.models.staff import Staff
from admin_app.pages.forms import ChosenPasswordForm, SetUpForm, SignInForm
from admin_app.web import errors
from admin_app.web.auth import company, login, oidc, proxy_header, second_factor
from admin_app.web.auth.known_devices import known_device
from admin_app.web.auth.password_sign_in import prove_by_password
from admin_app.web.client_info import client_info
from admin_app.web.flash import announce
from admin_app.web.mail.forgotten import is_offered
from admin_app.web.same_origin import open_to_old_tabs
from admin_app.web.urls import local_path

blueprint = Blueprint("auth", __name__)
open_to_old_tabs(blueprint)

WRONG = "The email or the password is wrong."
TOO_MANY = "Too many failed attempts. Wait {wait}, then try again."
OPEN_TOO_LONG = "This page was open too long, or the browser accepts no cookies. Type your password and sign in again."


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Sign a person in, and lead on to the requested page."""
    former = login.former_staff_of_other_rights()
    form = SignInForm(request.form, email=former.email if former else "", next=request.args.get("next", ""))
    onward = local_path(form.next.data, url_for("admin.index"))
    if login.current_principal() is not None:
        return redirect(onward, 303)
    if request.method == "GET" and "out" not in request.args and (email := proxy_header.email_named()):
        return _by_proxy(form, email, onward)
    if request.method != "POST" or not form.validate():
        return _sign_in_page(form, "", 422 if form.errors else 200, former=former)
    outcome = prove_by_password(
        db.session,
        email=form.email.data or "",
        password=form.password.data or "",
        client=client_info(),
        device=known_device(),
    )
    if outcome.staff is None:
        return _refusal(form, outcome)
    return second_factor.after_password(outcome.staff, onward, outcome)


def _by_proxy(form: SignInForm, email: str, onward: str) -> ResponseReturnValue:
    try:
        answer = company.sign_in_by_proxy(email, onward)
    except CompanySignInError as error:
        return _sign_in_page(form, str(error), HTTPStatus.FORBIDDEN)
    proxy_header.note(email)
    return answer


def _refusal(form: SignInForm, outcome: SignInResult) -> ResponseReturnValue:
    if not outcome.wait:
        return _sign_in_page(form, WRONG, 422)
    page = make_response(_sign_in_page(form, TOO_MANY.format(wait=waiting_time(outcome.wait)), 429))
    page.headers["Retry-After"] = str(outcome.wait)
    return page


def _sign_in_page(form: SignInForm, problem: str, status: int, *, former: Staff | None = None) -> tuple[str, int]:
    page = {
        "form": form,
        "problem": problem,
        "former": former,
        "is_help_offered": is_offered(),
        "company": current_app.config["OIDC_NAME"] if oidc.is_offered() else "",
        "named": proxy_header.email_named() if "out" in request.args else "",
    }
    return render_template("pages/sign_in.html", **page), status


@blueprint.errorhandler(CSRFError)
def token_missing(_error: CSRFError) -> tuple[str, int]:
    """Show the sign-in form again with a fresh token, and what was typed. Other forms are opened again from their links."""
    if request.endpoint != "auth.sign_in" or login.current_principal() is not None:
        return errors.token_missing()
    return _sign_in_page(SignInForm(request.form), OPEN_TOO_LONG, HTTPStatus.BAD_REQUEST)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Sign out, only by POST, so that no link or image can do it. A person who came through the company's provider is signed out there, too."""
    sealed = login.sealed_id_token()
    login.end()
    address = _provider_sign_out(sealed)
    if address is None:
        # A proxy's user would be signed in again at once.
        return redirect(url_for("auth.sign_in", out="" if proxy_header.email_named() else None), 303)
    # A redirect would count as the form's target, and the policy allows no other site there.
    page = make_response(
        render_template("pages/signed_out.html", address=address, company=current_app.config["OIDC_NAME"])
    )
    page.headers["Refresh"] = f"0; url={address}"
    return page


def _provider_sign_out(sealed: str | None) -> str | None:
    id_token = unseal(sealed, key=second_factor.key()) if sealed else None
    return oidc.sign_out_address(id_token) if id_token and oidc.is_offered() else None


@blueprint.route("/password/<token>", methods=["GET", "POST"])
def choose_password(token: str) -> ResponseReturnValue:
    """Let the person of a one-time link choose a password, and sign them in with their second factor."""
    staff = passwords.staff_of_link(db.session, token)
    if staff is None:
        return render_template("pages/link_gone.html"), 404
    form = ChosenPasswordForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            # The account is written once, with its password and its sign-in.
            with refusals_of(Staff), transaction(db.session), db.session.no_autoflush:
                passwords.use_link(db.session, token, form.new_password.data or "")
                # Nobody is signed in here; the link identifies the person.
                record_event(
                    db.session,
                    actor=accounts.actor_of(staff),
                    summary=f"Colleague “{staff.name}” chose a password with a link",
                )
                answer = _after_choosing(staff)
        except NotFoundError:
            return render_template("pages/link_gone.html"), 404
        except InvalidRecord as error:
            form.new_password.errors = list(error.problems.values())
        else:
            # Only now: a new session drops the messages of the old one.
            if _other_than(staff) is None:
                announce("Your password is set.")
            return answer
    page = render_template("pages/choose_password.html", form=form, staff=staff, other=_other_than(staff))
    return page, 422 if form.errors else 200


def _after_choosing(staff: Staff) -> ResponseReturnValue:
    """Sign the person in by the same transaction; they may still need a second factor.

    If the browser has another person's session, say who that is instead.
    """
    if (other := _other_than(staff)) is not None:
        return render_template("pages/password_chosen.html", staff=staff, other=other)
    return second_factor.after_password(staff, url_for("admin.index"))


def _other_than(staff: Staff) -> Principal | None:
    """Return who else is signed in with this browser."""
    person = login.current_principal()
    return person if person is not None and person.id != staff.id else None


def set_up_url() -> str:
    """Return the link that creates the first owner. Creating it needs the secret key; it works only while there are no accounts."""
    return url_for("auth.set_up", token=_set_up_token(), _external=True)


@blueprint.route("/set-up/<token>", methods=["GET", "POST"])
def set_up(token: str) -> ResponseReturnValue:
    """Create the first owner and sign them in."""
    if not hmac.compare_digest(token.encode(), _set_up_token().encode()) or accounts.is_set_up(db.session):
        abort(404)
    form = SetUpForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            with refusals_of(Staff), transaction(db.session):
                owner = accounts.create_first_owner(
                    db.session,
                    name=form.name.data or "",
                    email=form.email.data or "",
                    password=form.password.data or "",
                )
                db.session.flush()
                # The account with the session that it begins, or neither.
                answer = second_factor.after_password(owner, url_for("admin.index"))
        except NotFoundError:
            abort(404)
        except InvalidRecord as error:
            form.form_errors.extend(error.problems.values())
        else:
            announce("Your account is ready. You are the first owner.")
            return answer
    return render_template("pages/set_up.html", form=form), 422 if form.errors else 200


def _set_up_token() -> str:
    return hmac.new(str(current_app.secret_key).encode(), b"set-up", hashlib.sha256).hexdigest()[:40]
