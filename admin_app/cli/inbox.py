"""`manage.py inbox`: email people about their inboxes."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from admin_app import formatting
from admin_app.cli.digests import send_due
from admin_app.errors import ConfigurationError
from admin_app.web.mail import smtp


@click.group()
def inbox() -> None:
    """Email people about their inboxes."""


@inbox.command("send-digests")
@with_appcontext
def send_digests() -> None:
    """Email everyone who has something new in their inbox, at most once a day. A worker does it at ADMIN_DIGEST_HOUR."""
    if not smtp.is_set_up():
        message = "Email is not set up. Set ADMIN_SMTP and ADMIN_MAIL_FROM."
        raise ConfigurationError(message)
    sent = list(send_due())
    click.echo(f"Sent {formatting.counted(sent.count(True), 'digest', 'digests')}.")
    if failed := sent.count(False):
        message = f"{formatting.counted(failed, 'digest', 'digests')} could not be sent. The next run tries again."
        raise click.ClickException(message)
