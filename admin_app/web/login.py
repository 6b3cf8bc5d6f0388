"""Flask-Login, over sessions kept in the database: the cookie holds a token, and ending a session ends it everywhere."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, current_app, g, redirect, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from admin_app.current import time_zone
from admin_app.domain import accounts
from admin_app.extensions import db, login_manager
from admin_app.models.staff import Staff
from admin_app.web.links import here
from admin_app.zones import zone_of

# Where the signed cookie says whose it is, for when its session has ended.
_WHOSE = "_whose"


class SignedIn(UserMixin):
    """A person with the session they signed in by; its token is what Flask-Login keeps in the cookie."""

    def __init__(self, staff: Staff, token: str) -> None:
        """Tie the two together."""
        self.staff = staff
        self.token = token

    def get_id(self) -> str:
        """Return what finds this session again."""
        return self.token


def init_app(app: Flask) -> None:
    """Let Flask-Login find people by their session's token, and send strangers to the sign-in page."""
    login_manager.init_app(app)
    login_manager.login_view = "auth.sign_in"
    login_manager.login_message = None
    # Its own check ties a session to an address and a browser version, and signs people out who change networks.
    login_manager.session_protection = None
    login_manager.user_loader(_load)


def _load(token: str) -> SignedIn | None:
    staff = accounts.staff_of_session(db.session, token)
    if staff is None:
        return None
    if "act" in g:
        # Whoever is found here is who looks at the answer: its days are theirs.
        g.act.enter_context(time_zone(zone_of(staff.time_zone)))
    if session.get(_WHOSE) != staff.id:
        session[_WHOSE] = staff.id
    return SignedIn(staff, token)


def current_staff() -> Staff | None:
    """Return who is signed in, if anybody."""
    # Asked a hundred times a page, once for each row's links: the proxy is looked through once, not at every attribute.
    person = current_user._get_current_object()  # noqa: SLF001 -- the documented way to the object behind a proxy
    return person.staff if isinstance(person, SignedIn) else None


def former_staff_id() -> int | None:
    """Return whose session this browser had until it ended by itself; it opens nothing, and says only whose text came too late."""
    return session.get(_WHOSE)


def begin(token: str) -> None:
    """Put a new session's token into a new cookie session: nothing of the anonymous one survives."""
    staff = accounts.staff_of_session(db.session, token)
    if staff is not None:
        session.clear()
        login_user(SignedIn(staff, token))


def end() -> None:
    """End the session, for this browser and for every copy of its cookie."""
    if current_user.is_authenticated:
        accounts.sign_out(db.session, current_user.token)
        db.session.commit()
    logout_user()
    session.clear()


def renew(staff: Staff) -> None:
    """Begin a new session for a person who just proved who they are, in place of the present one."""
    token = accounts.begin_session(db.session, staff, hours=current_app.config["SESSION_HOURS"])
    db.session.commit()
    begin(token)


def ask_to_sign_in(**changes: str) -> Response:
    """Send a stranger to the sign-in page, which leads back here afterwards, with these arguments in the address."""
    # Flask-Login would take the address as text, where "%C3%A9" has become "é"; only plain ASCII leads back.
    onward = urlencode({"next": here(**changes)})
    return redirect(f"{url_for('auth.sign_in')}?{onward}")


def lead_to(url: str) -> Response:
    """Lead on after a POST, so that reloading the next page sends nothing again."""
    return Response(status=303, headers={"Location": url})
