"""`manage.py inbox`: what people are told of their inboxes by email."""

from __future__ import annotations

from datetime import datetime

import click
from flask import url_for
from flask.cli import with_appcontext

from admin_app import formatting
from admin_app.cli.address import last_address
from admin_app.context import time_zone, writing
from admin_app.db.transaction import transaction
from admin_app.db.types import utc_now
from admin_app.domain.work import digests
from admin_app.errors import ConfigurationError
from admin_app.extensions import db, this_application
from admin_app.models.staff import Staff
from admin_app.panel.inbox.digest import digest_of
from admin_app.timezones import zone_of
from admin_app.web.mail import digests as mail
from admin_app.web.mail import smtp


@click.group()
def inbox() -> None:
    """Tell people of their inboxes."""


@inbox.command("send-digests")
@with_appcontext
def send_digests() -> None:
    """Email everyone who has something new in their inbox, at most once a day; meant to be run daily."""
    if not smtp.is_set_up():
        message = "Email is not set up. Set ADMIN_SMTP and ADMIN_MAIL_FROM."
        raise ConfigurationError(message)
    app = this_application()
    with app.test_request_context(base_url=last_address(app)):
        sent = [_send(staff_id, since) for staff_id, since in digests.due(db.session)]
    click.echo(f"Sent {formatting.counted(sent.count(True), 'digest', 'digests')}.")
    if failed := sent.count(False):
        message = f"{formatting.counted(failed, 'digest', 'digests')} could not be sent. The next run tries again."
        raise click.ClickException(message)


def _send(staff_id: int, since: datetime | None) -> bool | None:
    """Send a person what is new; return whether that was possible, None where nothing is."""
    now, staff = utc_now(), db.session.get_one(Staff, staff_id)
    with time_zone(zone_of(staff.time_zone)):
        lines = digest_of(staff, since)
    name, email = staff.name, staff.email
    # A slow server must not hold what was read.
    db.session.rollback()
    if not lines:
        return None
    url, account = (url_for(f"{page}.index", _external=True) for page in ("inbox", "account"))
    if not mail.send(email, name, lines, url=url, account=account):
        return False
    with writing(), transaction(db.session):
        digests.note_sent(db.session, staff_id, now)
    return True
