"""Links that set a password: sent by email if it is set up, otherwise shown to be passed on."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from admin_app.db.transaction import commit_act
from admin_app.domain.auth import passwords
from admin_app.extensions import db
from admin_app.formatting import counted
from admin_app.models.staff import Staff
from admin_app.web.mail import smtp

SUBJECT = "Your account: choose a password"
BODY = """Hello {name},

choose a password for {email} with this link:

{url}

It works once and expires in {hours}. Anyone who has the link can use it, so do not share it.
If you did not expect this email, tell an owner of the dashboard.
"""


@dataclass(frozen=True)
class HandedLink:
    """A link that is shown once, and what happened to the email."""

    url: str
    hours: str
    is_sent: bool


def hand_over(staff: Staff) -> HandedLink:
    """Create a link for this person (committed), and send it if possible; then `url` is ""."""
    is_invitation = not staff.password_hash
    token = passwords.make_link(db.session, staff)
    name, email = staff.name, staff.email
    # From here on nothing is done twice: the email would be.
    commit_act(db.session)
    url = url_for("auth.choose_password", token=token, _external=True)
    hours = counted(passwords.INVITATION_HOURS if is_invitation else passwords.RESET_HOURS, "hour", "hours")
    if smtp.is_set_up() and smtp.send(email, SUBJECT, BODY.format(name=name, email=email, url=url, hours=hours)):
        return HandedLink("", hours, is_sent=True)
    return HandedLink(url, hours, is_sent=False)
