"""The second step of signing in: a code or a passkey, or setting one up if the role requires it."""

from __future__ import annotations

import segno
from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from admin_app.domain.auth import throttle, two_factor
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.formatting import counted, waiting_time
from admin_app.models.staff import Staff
from admin_app.pages.forms import CodeForm
from admin_app.web.auth import login, passkeys, second_factor
from admin_app.web.flash import announce, warn
from admin_app.web.same_origin import open_to_old_tabs
from admin_app.web.urls import local_path

blueprint = Blueprint("two_factor", __name__)
open_to_old_tabs(blueprint)

WRONG_CODE = "This code is wrong or was used before. Wait for the next one, or use a recovery code."
TOO_MANY = "Too many wrong codes. Wait {wait}, then try again."
BEGIN_AGAIN = "You typed your password too long ago, or the browser has lost its cookie. Sign in again."


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """Ask for a passkey, a code of the app, or a recovery code, and sign in."""
    who = second_factor.half_way()
    if who is None:
        return _begin_again()
    form = CodeForm(request.form)
    if request.method != "POST" or not (passkeys.is_given() or form.validate()):
        return _code_page(form, who.staff, 422 if form.errors else 200)
    if wait := counted_try(who.staff):
        form.form_errors = [TOO_MANY.format(wait=waiting_time(wait))]
        page = make_response(_code_page(form, who.staff, 429))
        page.headers["Retry-After"] = str(wait)
        return page
    left = two_factor.codes_left(db.session, who.staff)
    if not _is_proved(form, who.staff):
        # Keep the counted attempt and the used code.
        db.session.commit()
        return _code_page(form, who.staff, 422)
    throttle.forgive(db.session, [two_factor.limit_of(who.staff)])
    rest = two_factor.codes_left(db.session, who.staff)
    # One transaction: a code that is used up has signed its person in.
    answer = second_factor.finish(who)
    if rest < left:
        announce(f"That recovery code is used up. You have {counted(rest, 'code', 'codes')} left.",
                 links=[("Account", url_for("account.index"))])  # fmt: skip
    return answer


@blueprint.route("/sign-in/enrol", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """Set up a passkey or the app for a person whose role requires a second factor, and sign them in."""
    who = second_factor.half_way()
    if who is not None and request.method == "POST":
        # If two do it at the same moment, one succeeds.
        two_factor.lock(db.session, who.staff)
    if who is None or two_factor.has_factor(db.session, who.staff):
        # A person who has a factor must use it, and cannot replace it here.
        return _begin_again()
    form, codes = _first_passkey(who.staff) if passkeys.is_given() else enrolment(who.staff)
    if codes:
        # One transaction: the codes are shown to nobody where the session cannot begin.
        second_factor.begin_session(who)
        return codes_page(codes, who.onward)
    making = {"question": passkeys.question_for_making(who.staff), "suggested": passkeys.suggested_name()}
    return enrolment_page(form, who.staff, "pages/enrol.html", **making)


def _begin_again() -> ResponseReturnValue:
    """Lead to the first step, which leads on at once if another tab has signed in."""
    if request.method == "POST" and login.current_principal() is None:
        warn(BEGIN_AGAIN)
    onward = local_path(request.args.get("next"), "")
    return redirect(url_for("auth.sign_in", next=onward or None), 303)


def counted_try(staff: Staff) -> int:
    """Count an attempt at the second factor (committed); return the seconds to wait, or 0."""
    wait = throttle.count_try(db.session, [two_factor.limit_of(staff)])
    db.session.commit()
    return wait


def enrolment(staff: Staff) -> tuple[Form, list[str] | None]:
    """Read the enrolment form; return it with None, or with new recovery codes after the app was set up (not committed).

    There are no new codes if the person has a passkey: the codes created with it stay valid.
    """
    form = CodeForm(request.form)
    if request.method != "POST" or not form.validate():
        return form, None
    secret = two_factor.offered_secret(staff, request.form.get("secret", ""), key=second_factor.key())
    if secret is None:
        form.code.errors = ["This page is out of date. Scan the new QR code and type the code that the app shows."]
        return form, None
    try:
        codes = two_factor.enrol(db.session, staff, secret, form.code.data or "", key=second_factor.key())
    except InvalidRecord as error:
        form.code.errors = list(error.problems.values())
        return form, None
    return form, codes


def enrolment_page(form: Form, staff: Staff, template: str, **more: object) -> tuple[str, int]:
    """Show the QR code, its key as text, and the field for the first code. After a wrong code the QR code stays the same."""
    sealed = request.form.get("secret", "")
    secret = two_factor.offered_secret(staff, sealed, key=second_factor.key())
    if secret is None:
        sealed = two_factor.offer(staff, key=second_factor.key())
        secret = two_factor.offered_secret(staff, sealed, key=second_factor.key()) or ""
    address = two_factor.address_of(staff, secret, site=current_app.config["SITE_NAME"])
    page = render_template(
        template,
        form=form,
        sealed=sealed,
        # Drawn here: the policy allows images as data, and not the library's inline styles.
        square=segno.make(address, error="m").svg_data_uri(scale=4, dark="#000", light="#fff"),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        address=address,
        **more,
    )
    return page, 422 if form.errors else 200


def codes_page(codes: list[str], onward: str) -> str:
    """Show the recovery codes this once."""
    return render_template("pages/recovery_codes.html", codes=codes, onward=onward)


def _first_passkey(staff: Staff) -> tuple[Form, list[str] | None]:
    form = CodeForm()
    try:
        return form, passkeys.add(staff)
    except InvalidRecord as error:
        form.form_errors = list(error.problems.values())
        return form, None


def _is_proved(form: CodeForm, staff: Staff) -> bool:
    """Whether the passkey or the code in the form is right; otherwise the form says why not."""
    if passkeys.is_given():
        problem = passkeys.problem_with_proof(staff)
        form.form_errors = [problem] if problem else []
        return not problem
    if two_factor.prove(db.session, staff, form.code.data or "", key=second_factor.key()):
        return True
    form.code.errors = [WRONG_CODE]
    return False


def _code_page(form: Form, staff: Staff, status: int) -> tuple[str, int]:
    page = render_template(
        "pages/code.html",
        form=form,
        question=passkeys.question_for_proving(staff),
        elsewhere=passkeys.are_elsewhere(staff),
        has_app=two_factor.has_app(db.session, staff),
    )
    return page, status
