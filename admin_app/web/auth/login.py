"""Flask-Login, over sessions kept in the database: the cookie holds a token, and ending a session ends it everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode, urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin_app.context import time_zone
from admin_app.db.transaction import commit_act
from admin_app.db.types import utc_now
from admin_app.domain.auth import seeing, sessions
from admin_app.domain.auth.accounts import actor_of
from admin_app.domain.auth.session_revocation import rights_fingerprint
from admin_app.domain.auth.sessions import LiveSession
from admin_app.domain.permissions.principal import Principal
from admin_app.extensions import db, login_manager
from admin_app.models.staff import Staff
from admin_app.timezones import zone_of
from admin_app.web.after_response import cancel_write, run_after_response
from admin_app.web.client_info import client_info
from admin_app.web.flash import kept_notices, warn
from admin_app.web.request_context import request_context
from admin_app.web.urls import here, local_path

NOT_DONE = "You were signed out before this was done. Nothing was changed. Sign in and do it again."

# The cookie key that names the person, for when their session has ended.
_WHOSE = "_whose"
# The cookie key of their rights, which tells whether a change of rights ended the session.
_RIGHTS = "_rights"
_SEEN = "seen"
_STOPPED = "stopped seeing as"
# What is still written while a person sees the dashboard as someone else: only data of the session itself.
OF_SESSION = frozenset({_SEEN, _STOPPED})
# The cookie key of the token for the person's own forms while they see as someone else: a form drawn as someone else
# is void afterwards.
_FORMS, _OWN_FORMS = "csrf_token", "_own_forms"


class SignedIn(UserMixin):
    """A person with their session, whose token Flask-Login stores in the cookie.

    `seen_as` is the person whom they see the dashboard as, None for themselves; `has_just_stopped` says that it was
    someone else until this request.
    """

    def __init__(self, found: LiveSession, token: str, seen_as: Principal | None = None) -> None:
        """Tie the two together."""
        self.person = found.person
        self.token = token
        self.seen_as = seen_as
        self.has_just_stopped = found.seen_as_since is not None and seen_as is None
        self.handle = found.handle
        self.expires_at = found.expires_at
        self.last_seen_at = found.last_seen_at
        self.proved_at = found.proved_at

    def get_id(self) -> str:
        """Return the session's token."""
        return self.token


def init_app(app: Flask) -> None:
    """Let Flask-Login find people by their session's token, and send strangers to the sign-in page."""
    login_manager.init_app(app)
    login_manager.login_view = "auth.sign_in"
    login_manager.login_message = None
    # Its own check ties a session to an address and a browser version, and signs people out who change networks.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    app.after_request(_go_on)


def _load(token: str) -> SignedIn | None:
    found = sessions.find(db.session, token, idle_hours=current_app.config["IDLE_HOURS"])
    if found is None:
        return None
    if sessions.is_to_be_noted(found):
        run_after_response(_SEEN, partial(sessions.note_seen, token=token))
    present = SignedIn(found, token, seeing.seen_by(db.session, found))
    if present.has_just_stopped:
        _own_forms_again()
        run_after_response(_STOPPED, partial(seeing.end, token=token, actor=actor_of(found.person)))
    if (held := request_context().until_end) is not None:
        # The response uses the time zone of this person.
        held.enter_context(time_zone(zone_of((present.seen_as or found.person).time_zone)))
    _remember(found.person)
    request_context().person_id = found.person.id
    return present


def _remember(person: Principal) -> None:
    """Store in the cookie whose session it is, and with which rights."""
    rights = rights_fingerprint(person)
    if (session.get(_WHOSE), session.get(_RIGHTS)) != (person.id, rights):
        session[_WHOSE], session[_RIGHTS] = person.id, rights


def reload_person() -> None:
    """Reload the signed-in person, because this request changed their preferences."""
    present = current_session()
    found = sessions.find(db.session, present.token) if present is not None else None
    if present is not None and found is not None:
        present.person = found.person


def count_as_unseen() -> None:
    """Do not let this request extend the session: a script sent it, and nobody may be at the screen."""
    cancel_write(_SEEN)


def forget() -> None:
    """Forget who is signed in, so that the next call looks it up again."""
    g.pop("_login_user", None)


def current_session() -> SignedIn | None:
    """Return the signed-in person with their session, if anybody is signed in."""
    person = current_user._get_current_object()  # noqa: SLF001 -- the documented way to the object behind a proxy
    return person if isinstance(person, SignedIn) else None


def seconds_left() -> tuple[int, int]:
    """Return the seconds until the session ends if this request is its last use, and until it ends in any case."""
    return _seconds_left(utc_now())


def seconds_left_unused() -> tuple[int, int]:
    """Return the same for a request that does not count as use."""
    person = current_session()
    return _seconds_left(person.last_seen_at if person else utc_now())


def _seconds_left(last_seen: datetime) -> tuple[int, int]:
    person = current_session()
    if person is None:
        return 0, 0
    now = utc_now()
    in_any_case = person.expires_at - now
    idle = last_seen + timedelta(hours=current_app.config["IDLE_HOURS"]) - now
    return int(min(idle, in_any_case).total_seconds()), int(in_any_case.total_seconds())


def current_principal() -> Principal | None:
    """Return the person whose rights apply: the one signed in, or the one they see the dashboard as; None for a stranger."""
    present = current_session()
    return (present.seen_as or present.person) if present else None


def acting_principal() -> Principal | None:
    """Return the person signed in, even while they see the dashboard as someone else: the history names them. None for a stranger."""
    present = current_session()
    return present.person if present else None


def seen_as() -> Principal | None:
    """Return the person whom the dashboard is seen as; None if it is not seen as someone else."""
    present = current_session()
    return present.seen_as if present else None


def see_as(staff: Staff) -> None:
    """See the dashboard as someone else from the next request on (not committed); raises `PrivilegeError`."""
    present = current_session()
    if present is not None and present.seen_as is None:
        seeing.begin(db.session, present.token, present.person, staff)
        session[_OWN_FORMS] = session.pop(_FORMS, None)


def see_as_oneself() -> None:
    """Stop seeing as someone else (not committed)."""
    present = current_session()
    if present is not None and present.seen_as is not None:
        seeing.end(db.session, present.token, actor=actor_of(present.person))
        present.seen_as = None
        _own_forms_again()


def _own_forms_again() -> None:
    session.pop(_FORMS, None)
    if own := session.pop(_OWN_FORMS, None):
        session[_FORMS] = own


def signed_in_principal() -> Principal:
    """Return the person signed in, for views that strangers cannot reach (`ProtectedView`)."""
    person = current_principal()
    if person is None:
        abort(403)
    return person


def signed_in_staff() -> Staff:
    """Return the account of the signed-in person, to change it or for more than a `Principal` has; it is loaded on the first call."""
    person = acting_principal()
    staff = db.session.get(Staff, person.id) if person is not None else None
    if staff is None:
        abort(403)
    return staff


def is_gone() -> bool:
    """Whether the account of the person signed in was deleted meanwhile. If so, roll back and sign them out."""
    person = acting_principal()
    db.session.rollback()
    if person is None or db.session.scalar(select(Staff.id).where(Staff.id == person.id)) is not None:
        return False
    become_anonymous()
    return True


def become_anonymous() -> None:
    """Treat the rest of the request as anonymous, without asking the database."""
    g._login_user = login_manager.anonymous_user()  # noqa: SLF001 -- where Flask-Login keeps who it has found


def former_staff_id() -> int | None:
    """Return whose session this browser had until it expired. It gives no access and only identifies text that was sent too late."""
    return session.get(_WHOSE)


def former_staff_of_other_rights() -> Staff | None:
    """Return whose session this browser had until it expired, if their rights have changed since: that ends sessions."""
    staff = db.session.get(Staff, former_staff_id()) if former_staff_id() is not None and _RIGHTS in session else None
    is_other = staff is not None and staff.is_active and rights_fingerprint(staff) != session[_RIGHTS]
    return staff if is_other else None


def begin(token: str) -> None:
    """Put a new session's token into a new cookie session: nothing of the anonymous one survives."""
    found = sessions.find(db.session, token)
    if found is not None:
        session.clear()
        login_user(SignedIn(found, token))


def sealed_id_token() -> str | None:
    """Return the provider's ID token of the signed-in person, sealed, if they came through the company's provider."""
    present = current_session()
    row = sessions.row_of(db.session, present.token) if present is not None else None
    return row.id_token if row is not None else None


def end() -> None:
    """End the session for this browser and for every copy of its cookie."""
    if current_user.is_authenticated:
        if seen_as() is not None:
            see_as_oneself()
            db.session.commit()
        sessions.sign_out(db.session, current_user.token)
        db.session.commit()
    logout_user()
    session.clear()


def renew(staff: Staff) -> None:
    """Begin a new session for a person who has just proved who they are, in place of the present one (committed)."""
    token = new_token(staff)
    commit_act(db.session)
    begin(token)


def new_token(staff: Staff) -> str:
    """Return the token of such a session, with which it begins once it is committed."""
    if (present := current_session()) is not None:
        sessions.end(db.session, present.token)
    return sessions.begin(db.session, staff, hours=current_app.config["SESSION_HOURS"], client=client_info())


def go_on() -> None:
    """Give a person a new session if their own act ended the present one, such as a new role for themselves.

    It begins with the response, because what the page says about the act depends on the act's own commit being the
    last one.
    """
    request_context().goes_on = True


def _go_on(response: Response) -> Response:
    context = request_context()
    person = current_session() if context.goes_on else None
    context.goes_on = False
    # Their account may be gone as well.
    staff = db.session.get(Staff, former_staff_id() or 0) if person is not None else None
    if person is not None and staff is not None and staff.is_active and sessions.find(db.session, person.token) is None:
        with kept_notices():
            renew(staff)
    return response


def note_proof() -> None:
    """Give the session a new token after re-authentication (committed); open forms stay valid."""
    person = current_session()
    if person is None:
        return
    token = sessions.note_proof(db.session, person.token)
    db.session.commit()
    count_as_unseen()
    person.token, person.proved_at = token, utc_now()
    login_user(person)


def ask_to_sign_in(*, to: str = "", **changes: str) -> Response:
    """Send a stranger to the sign-in page, which leads back here afterwards, with these arguments in the address.

    `to` replaces the address of a file: the browser would stay on the sign-in page while the file downloads.
    """
    if request.method == "POST" and not changes and "text/html" in request.headers.get("Accept", "text/html"):
        # Background requests of scripts need no page.
        warn(NOT_DONE)
    # Flask-Login would take the address as text, where "%C3%A9" has become "é"; only plain ASCII leads back.
    onward = urlencode({"next": to or (here(**changes) if _is_page() else _page_before())})
    return redirect(f"{url_for('auth.sign_in')}?{onward}")


def _is_page() -> bool:
    """Whether the address answers GET; that of an undo takes only POST."""
    return request.url_rule is None or "GET" in (request.url_rule.methods or ())


def _page_before() -> str:
    """Return the page with the pressed button, from the form or else from the browser's Referer."""
    said = urlsplit(request.referrer or "")
    from_browser = said._replace(scheme="", netloc="").geturl() if said.netloc == request.host else ""
    return local_path(request.form.get("url"), local_path(from_browser, url_for("admin.index")))


def lead_to(url: str) -> Response:
    """Redirect after a POST, so that reloading the next page sends nothing again."""
    return Response(status=303, headers={"Location": url})
