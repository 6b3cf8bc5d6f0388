"""Emails to people whose way of signing in has changed, sent after the request or command that changed it."""

from __future__ import annotations

from collections import defaultdict

from flask import Flask

from admin_app.db.types import utc_now
from admin_app.domain.auth import alerts
from admin_app.domain.auth.alerts import Alert
from admin_app.extensions import db
from admin_app.formatting import exact_time
from admin_app.timezones import zone_of
from admin_app.web.mail import smtp

SUBJECT = "Your account: the way you sign in has changed"
BODY = """Hello {name},

at {time} the way you sign in as {email} changed:

{lines}

If you did not do this or agree to it, choose a new password and tell an owner of the dashboard.
"""


def init_app(app: Flask) -> None:
    """Send what is due at the end of a request or command, however it ended."""
    app.teardown_appcontext(_send_due)


def _send_due(_error: BaseException | None) -> None:
    found = alerts.due(db.session) if smtp.is_set_up() else []
    if not found:
        return
    # A slow server must not keep what was begun since the commit, such as a lock.
    db.session.remove()
    by_email: dict[str, list[Alert]] = defaultdict(list)
    for one in found:
        by_email[one.email].append(one)
    for email, about in by_email.items():
        smtp.send(email, SUBJECT, _body(about))


def _body(about: list[Alert]) -> str:
    first = about[0]
    lines = "\n".join(f"- {one.words}" for one in about)
    time = exact_time(utc_now(), zone_of(first.time_zone))
    return BODY.format(name=first.name, time=time, email=first.email, lines=lines)
