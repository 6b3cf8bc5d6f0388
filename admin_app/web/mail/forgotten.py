"""The email for a forgotten password, created and sent after the response.

The time of the response must not tell whether the account exists, so a thread of its own does the work.
"""

from __future__ import annotations

from threading import Thread

from flask import Flask, current_app, request, url_for

from admin_app.context import acting, writing
from admin_app.db.transaction import transaction
from admin_app.domain.auth import forgotten, passwords
from admin_app.extensions import db, this_application
from admin_app.formatting import counted
from admin_app.models.change_set import Kind
from admin_app.web.mail import smtp
from admin_app.web.request_id import request_id

SUBJECT = "Choose a new password"
BODY = """Hello {name},

someone asked for a new password for {email}. If that was you, choose one with this link:

{url}

It works once and expires in {hours}. Anyone who has the link can use it, so do not share it.
If it was not you, you need not do anything: your password stays as it is.
"""
# The name of the requesting person in the history.
ASKED = "Forgotten password"
THREAD = "forgotten password"
# Stands for the token until it is created.
PLACE = "-"


def is_offered() -> bool:
    """Whether people can request a link: email is set up, and the public host name is known.

    The request's own host name cannot be trusted: a request for someone else could put an attacker's site into the
    email.
    """
    return smtp.is_set_up() and bool(current_app.config["TRUSTED_HOSTS"])


def send_later(email: str) -> None:
    """Create and send the link later, if there is such an account."""
    arguments = (this_application(), email, _address_without_token(), request_id())
    Thread(target=_send, args=arguments, name=THREAD).start()


def _address_without_token() -> str:
    host = current_app.config["TRUSTED_HOSTS"][0].lstrip(".")
    path = url_for("auth.choose_password", token=PLACE).removesuffix(PLACE)
    scheme = "https" if request.is_secure else current_app.config["PREFERRED_URL_SCHEME"]
    return f"{scheme}://{host}{path}"


def _send(app: Flask, email: str, address: str, request_name: str) -> None:
    by = acting(lambda: (None, ASKED), kind=Kind.ACCESS, request_id=request_name)
    with app.app_context(), by, writing():
        with transaction(db.session):
            link = forgotten.make_link(db.session, email)
        if link is None:
            return
        hours = counted(passwords.RESET_HOURS, "hour", "hours")
        body = BODY.format(name=link.name, email=link.email, url=f"{address}{link.token}", hours=hours)
        smtp.send(link.email, SUBJECT, body)
