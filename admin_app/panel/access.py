"""How a member of staff gets in, on a page for owners: the password, the second factor, and where they are signed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import abort, request
from flask_admin import expose

from admin_app.domain import passkeys, powers, sessions, sign_in, two_factor
from admin_app.domain.permissions import Act
from admin_app.errors import PowerError
from admin_app.extensions import db
from admin_app.models.base import utc_now
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.panel.elements import Link
from admin_app.panel.powerful import Powerful
from admin_app.panel.session_rows import end_sessions, session_rows
from admin_app.text import counted, in_words, waiting_time
from admin_app.web import second_factor
from admin_app.web.login import current_person
from admin_app.web.notices import announce
from admin_app.web.password_links import HandedLink, hand_over


class Access(Powerful):
    """A resource of people who sign in, each with a page about their password and their sessions."""

    proof_for: ClassVar[frozenset[str]] = Powerful.proof_for | {"access_view"}
    purposes: ClassVar[Mapping[str, str]] = {**Powerful.purposes, "access_view": "change how a {noun} signs in"}
    acts: ClassVar[dict[str, Act]] = {**Powerful.acts, "access_view": Act.EDIT}

    def roles_of(self, record: Any) -> Sequence[Role]:
        """Return the roles that the person has, or would have again when switched on."""
        known = self.roles_by_key()
        return [known[key] for key in record.roles if key in known]

    def record_links(self, record: Any) -> Sequence[Link]:
        """Lead to the page about sessions."""
        if not self.reaches(record, Act.EDIT):
            return ()
        return (Link("Access and sessions", self.link("access_view", record)),)

    @expose("/access/", methods=("GET", "POST"))
    def access_view(self) -> Any:
        """Show how the person gets in, or do what an owner chose."""
        staff = self.requested()
        if request.method != "POST":
            return self._access_page(staff)
        self._require_power(staff)
        match request.form.get("act"):
            case "link":
                # Shown on this very page, and on no other: the table holds no more than its hash.
                return self._access_page(staff, hand_over(staff))
            case "unlock":
                sign_in.unlock(db.session, staff)
                announce(f"{staff.name} can try again now, from anywhere.")
            case "reset-two-factor" if _is_oneself(staff):
                # One's own are under Account, where the last one stays.
                abort(403)
            case "reset-two-factor":
                two_factor.reset(db.session, staff)
                sessions.end_all(db.session, staff)
                announce(_after_reset(staff))
            case _:
                announce(end_sessions(staff, request.form.get("session", "")))
        db.session.commit()
        return self.redirect(self.here())

    def _require_power(self, staff: Staff) -> None:
        """Answer 403 where the person holds more than who acts, by what is so when nobody else can change it."""
        try:
            powers.taken(db.session, current_person()).require_over(staff)
        except PowerError:
            abort(403)

    def _access_page(self, staff: Staff, link: HandedLink | None = None) -> Any:
        return self.render(
            "staff/access.html",
            resource=self,
            record_title=self.title_of(staff),
            staff=staff,
            link=link,
            tries=_tries(staff),
            factors=_factors(staff),
            may_reset=not _is_oneself(staff),
            sessions=session_rows(staff),
            access_url=self.here(),
            return_url=self.url_of(staff),
        )


def _is_oneself(staff: Staff) -> bool:
    person = current_person()
    return person is not None and person.id == staff.id


def _after_reset(staff: Staff) -> str:
    words = f"The second factor of {staff.name} was reset. They are signed out everywhere."
    return f"{words} They have to set up a new one at the next sign-in." if second_factor.is_required(staff) else words


def _factors(staff: Staff) -> str:
    """Say what the person signs in with beside the password, or nothing."""
    number = len(passkeys.all_of(db.session, staff))
    kinds = [
        *(["an app"] if two_factor.has_app(db.session, staff) else []),
        *([counted(number, "passkey", "passkeys")] if number else []),
    ]
    left = counted(two_factor.codes_left(db.session, staff), "recovery code", "recovery codes")
    return f"{in_words([*kinds, left])}." if kinds else ""


def _tries(staff: Staff) -> str:
    """Say how many tries at the account failed and what that means, or nothing."""
    count, until = sign_in.delay_of(db.session, staff)
    if not count:
        return ""
    words = f"{counted(count, 'attempt', 'attempts')} to sign in failed."
    seconds = int((until - utc_now()).total_seconds()) if until else 0
    if seconds <= 0:
        return words
    return f"{words} On a new device {staff.name} has to wait {waiting_time(seconds)}."
