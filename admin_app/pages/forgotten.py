"""Requesting a new password, if email is set up. Every address gets the same answer."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_app.db.transaction import transaction
from admin_app.domain.auth import forgotten
from admin_app.extensions import db
from admin_app.formatting import waiting_time
from admin_app.pages.forms import ForgottenForm
from admin_app.web.auth import login
from admin_app.web.client_info import client_info
from admin_app.web.flash import announce
from admin_app.web.mail.forgotten import is_offered, send_later
from admin_app.web.same_origin import open_to_old_tabs

blueprint = Blueprint("forgotten", __name__)
open_to_old_tabs(blueprint)

TOLD = "If an account has this email, a link to choose a new password is on its way to it."
TOO_MANY = "Someone asked too often. Wait {wait}, then try again."


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Take an email, without telling whether it has an account."""
    if not is_offered():
        abort(HTTPStatus.NOT_FOUND)
    if login.current_principal() is not None:
        return redirect(url_for("account.index"), HTTPStatus.SEE_OTHER)
    form = ForgottenForm(request.form)
    if request.method != "POST" or not form.validate():
        return _page(form, ""), HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    email = form.email.data or ""
    with transaction(db.session):
        wait = forgotten.count_request(db.session, email=email, address=client_info().address)
    if wait:
        refused = make_response(_page(form, TOO_MANY.format(wait=waiting_time(wait))), HTTPStatus.TOO_MANY_REQUESTS)
        refused.headers["Retry-After"] = str(wait)
        return refused
    send_later(email)
    announce(TOLD)
    return redirect(url_for("auth.sign_in"), HTTPStatus.SEE_OTHER)


def _page(form: ForgottenForm, problem: str) -> str:
    return render_template("pages/forgotten.html", form=form, problem=problem)
