"""The person whom a trusted proxy names in a header: accepted from the configured addresses only."""

from __future__ import annotations

import ipaddress

from flask import Flask, current_app, request, session

from admin_app.context import writing
from admin_app.domain.auth.accounts import normalised_email
from admin_app.extensions import db
from admin_app.web.auth import login

# The cookie key for whom the proxy named when the session began.
_NAMED = "_named"


def init_app(app: Flask) -> None:
    """End a session that the proxy began when it names someone else, or nobody."""
    if app.config["AUTH_HEADER"]:
        app.before_request(_end_of_others)


def email_named() -> str:
    """Return the email that the proxy sends, or nothing."""
    header = current_app.config["AUTH_HEADER"]
    return request.headers.get(header, "").strip() if header and _is_from_proxy() else ""


def note(email: str) -> None:
    """Remember whom the session was begun for."""
    session[_NAMED] = normalised_email(email)


def _end_of_others() -> None:
    began_for = session.get(_NAMED)
    if request.endpoint == "static" or began_for in {None, normalised_email(email_named())}:
        return
    db.session.rollback()
    with writing():
        login.end()


def _is_from_proxy() -> bool:
    """Whether the peer of the connection is one of the proxies, whatever it says about the client behind it."""
    environ = request.environ
    before = environ.get("werkzeug.proxy_fix.orig", {})
    try:
        address = ipaddress.ip_address(before.get("REMOTE_ADDR") or environ.get("REMOTE_ADDR") or "")
    except ValueError:
        return False
    return any(address in network for network in current_app.config["AUTH_PROXIES"])
