"""How a member of staff signs in, a page for owners: password, second factor and sessions."""

from __future__ import annotations

from flask import abort, current_app, request
from flask.typing import ResponseReturnValue

from admin_app.db.transaction import transaction
from admin_app.db.types import utc_now
from admin_app.domain.auth import company_sign_in, passkeys, sessions, sign_in, two_factor
from admin_app.domain.permissions import privileges
from admin_app.domain.permissions.policy import Action
from admin_app.errors import PrivilegeError
from admin_app.extensions import db
from admin_app.formatting import counted, in_words, waiting_time
from admin_app.models.staff import Staff
from admin_app.panel.links import record_url
from admin_app.panel.page import Page, lead_on
from admin_app.panel.session_rows import end_sessions, session_rows
from admin_app.web.auth import second_factor
from admin_app.web.auth.login import current_principal
from admin_app.web.flash import announce
from admin_app.web.mail.password_links import HandedLink, hand_over
from admin_app.web.urls import here


class AccessPage(Page):
    """The password, second factor and sessions of one person."""

    def respond(self) -> ResponseReturnValue:
        """Show how the person signs in, or do what an owner chose."""
        staff = self.access.requested(Action.EDIT)
        if request.method != "POST":
            return self._page(staff)
        _require_power(staff)
        act = request.form.get("act", "")
        if act == "link":
            # The link is shown on this page only: the table holds just its hash.
            return self._page(staff, hand_over(staff))
        with transaction(db.session):
            said = _done(act, staff)
        announce(said)
        return lead_on(here())

    def _page(self, staff: Staff, link: HandedLink | None = None) -> ResponseReturnValue:
        return self.render(
            "staff/access.html",
            record_title=self.access.title_of(staff),
            staff=staff,
            link=link,
            tries=_tries(staff),
            factors=_factors(staff),
            may_reset=not _is_oneself(staff),
            company=current_app.config["OIDC_NAME"],
            identity=company_sign_in.identity_of(db.session, staff),
            sessions=session_rows(staff),
            access_url=here(),
            return_url=record_url(self.access, staff),
        )


def _done(act: str, staff: Staff) -> str:
    """Do what an owner chose (not yet committed); return what was done, in words."""
    match act:
        case "unlock":
            sign_in.unlock(db.session, staff)
            return f"{staff.name} can try again now, from anywhere."
        case "unbind":
            company_sign_in.unbind(db.session, staff)
            return f"The company sign-in of {staff.name} was removed."
        case "reset-two-factor" if _is_oneself(staff):
            # One's own are under Account, which keeps the last second factor.
            abort(403)
        case "reset-two-factor":
            two_factor.reset(db.session, staff)
            sessions.end_all(db.session, staff)
            return _after_reset(staff)
    return end_sessions(staff, request.form.get("session", ""))


def _require_power(staff: Staff) -> None:
    """Answer 403 if the person has rights that the acting one lacks, judged by the rows that nobody can change meanwhile."""
    try:
        privileges.locked_privileges(db.session, current_principal()).require_over(staff)
    except PrivilegeError:
        abort(403)


def _is_oneself(staff: Staff) -> bool:
    person = current_principal()
    return person is not None and person.id == staff.id


def _after_reset(staff: Staff) -> str:
    words = f"The second factor of {staff.name} was reset. They are signed out everywhere."
    return f"{words} They have to set up a new one at the next sign-in." if second_factor.is_required(staff) else words


def _factors(staff: Staff) -> str:
    """Return what the person signs in with besides the password, or nothing."""
    number = len(passkeys.all_of(db.session, staff))
    kinds = [
        *(["an app"] if two_factor.has_app(db.session, staff) else []),
        *([counted(number, "passkey", "passkeys")] if number else []),
    ]
    left = counted(two_factor.codes_left(db.session, staff), "recovery code", "recovery codes")
    return f"{in_words([*kinds, left])}." if kinds else ""


def _tries(staff: Staff) -> str:
    """Say how many failed attempts there were and what they mean, or nothing."""
    count, until = sign_in.delay_of(db.session, staff)
    if not count:
        return ""
    words = f"{counted(count, 'attempt', 'attempts')} to sign in failed."
    seconds = int((until - utc_now()).total_seconds()) if until else 0
    if seconds <= 0:
        return words
    return f"{words} On a new device {staff.name} has to wait {waiting_time(seconds)}."
