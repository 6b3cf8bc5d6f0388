"""Email, if an SMTP server is set. People can also pass on everything that it carries."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from flask import current_app
from flask_mailman import EmailMessage

log = logging.getLogger(__name__)


def is_set_up() -> bool:
    """Whether an SMTP server is set."""
    return bool(current_app.config["MAIL_SERVER"])


def send(to: str, subject: str, body: str) -> bool:
    """Send a text; return whether the server took it. Commit first: a slow server must not hold a lock."""
    try:
        EmailMessage(subject, body, to=[to]).send()
    except (SMTPException, OSError, ValueError) as error:
        log.warning("an email could not be sent: %s", error)
        return False
    return True
