"""Sign in the people of the application around the dashboard, and nobody else, if the dashboard is embedded that way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Flask, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from admin_app.context import acting, writing
from admin_app.db.types import utc_now
from admin_app.domain.auth import sessions
from admin_app.domain.auth.accounts import actor_of
from admin_app.domain.auth.host_people import Person, account_of
from admin_app.extensions import db
from admin_app.models.change_set import Kind
from admin_app.web.auth import login
from admin_app.web.client_info import client_info
from admin_app.web.request_context import request_context
from admin_app.web.request_id import request_id
from admin_app.web.urls import local_path

# The cookie key for the person's identity in the host application.
_TOLD = "_told"
_PLACE = "host_sign_in"


@dataclass(frozen=True)
class HostSignIn:
    """How the host application identifies the person from the request's environment, and where people sign in and out there."""

    person: Callable[[Mapping[str, object]], Person | None]
    sign_in_url: str = ""
    sign_out_url: str = ""


def init_app(app: Flask, host: HostSignIn) -> None:
    """Ask the host with every request, and let the pages for signing in lead to the host's."""
    app.extensions[_PLACE] = host
    app.before_request(follow)
    app.register_blueprint(blueprint)


def is_hosted() -> bool:
    """Whether the host application signs people in: then there are no passwords here."""
    return _PLACE in current_app.extensions


def _host() -> HostSignIn:
    found: HostSignIn = current_app.extensions[_PLACE]
    return found


def follow() -> None:
    """Sign in the person whom the host has signed in, and sign out anyone else."""
    if not is_hosted():
        return
    # Static files are the same for everybody. A page's endpoint has a dot; a missing page has no endpoint, and is drawn for a person too.
    name = request.endpoint or ""
    if name in {"static", "logo"} or (name.startswith("bundle_") and "." not in name):
        return
    person = _host().person(request.environ)
    present = login.current_session()
    if present is not None and (person is None or session.get(_TOLD) != _digest(person)):
        login.become_anonymous()
        session.clear()
        present = None
    if person is not None and present is None:
        _sign_in(person)
    if (present := login.current_session()) is not None:
        # The host application proves their identity with every request.
        present.proved_at = utc_now()


def _sign_in(person: Person) -> None:
    """Begin a session unless the person is switched off here. It commits by itself, because the request may be read-only."""
    with writing(), Session(db.engine) as own:
        by = acting(lambda: (None, "The application"), kind=Kind.ACCESS, request_id=request_id())
        with by:
            staff = account_of(own, person)
            is_active = staff.is_active
            own.commit()
        if not is_active:
            return
        token = sessions.begin(own, staff, hours=current_app.config["SESSION_HOURS"], client=client_info())
        with acting(lambda: actor_of(staff), kind=Kind.SIGN_IN, request_id=request_id()):
            own.commit()
    login.begin(token)
    session[_TOLD] = _digest(person)
    request_context().known.clear()


def _digest(person: Person) -> str:
    """Return a digest of everything that the host says about the person."""
    told = [str(person.id), person.name, person.email, sorted(person.roles)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]


# Under the names of the dashboard's own pages.
blueprint = Blueprint("auth", __name__)


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Lead to the host's sign-in, and back from there."""
    onward = local_path(request.args.get("next"), url_for("admin.index"))
    if login.current_principal() is not None:
        return redirect(onward, 303)
    # A person who is signed in there and disabled here would be redirected for ever.
    if not _host().sign_in_url or _host().person(request.environ) is not None:
        abort(403)
    separator = "&" if "?" in _host().sign_in_url else "?"
    return redirect(f"{_host().sign_in_url}{separator}{urlencode({'next': onward})}", 303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session here, and lead to the host's sign-out."""
    login.end()
    return redirect(_host().sign_out_url or url_for("auth.sign_in"), 303)
