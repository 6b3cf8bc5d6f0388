"""Emails that tell people about their inbox."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.web.mail import smtp

SUBJECT = "Your inbox has something new"
BODY = """Hello {name},

{lines}

Read it here: {url}

You get this email at most once a day. You can switch it off here: {account}
"""


def send(email: str, name: str, lines: Sequence[str], *, url: str, account: str) -> bool:
    """Send one email; return whether the server took it."""
    told = "\n".join(f"- {line}" for line in lines)
    return smtp.send(email, SUBJECT, BODY.format(name=name, lines=told, url=url, account=account))
