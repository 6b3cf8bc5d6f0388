"""Digest emails about inboxes, for the command and for the worker, of which several may run."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from admin_app.cli.address import last_address
from admin_app.context import time_zone, writing
from admin_app.db.transaction import transaction
from admin_app.db.types import utc_now
from admin_app.domain.work import digests
from admin_app.domain.work.digests import Due
from admin_app.extensions import db, this_application
from admin_app.models.staff import Staff
from admin_app.panel.inbox.digest import digest_of
from admin_app.timezones import zone_of
from admin_app.web.mail import digests as mail
from admin_app.web.mail import smtp


def send_due(*, hour: int | None = None) -> Iterator[bool]:
    """Send everyone who is due their digest; yield for each email whether the server took it."""
    app = this_application()
    with app.test_request_context(base_url=last_address(app)):
        for one in digests.due(db.session, hour=hour):
            sent = _send(one, is_looked_for_once=hour is not None)
            if sent is not None:
                yield sent


def send_at_hour() -> None:
    """Send what is due at the set hour. If the server takes no email, it is tried again the next time."""
    hour: int | None = this_application().config["DIGEST_HOUR"]
    if hour is not None and smtp.is_set_up():
        # Stop at the first failure.
        all(send_due(hour=hour))


def _send(one: Due, *, is_looked_for_once: bool) -> bool | None:
    """Send a person's digest; return whether the server took it, None if there is nothing new or another process sends it."""
    now = utc_now()
    with writing(), transaction(db.session):
        is_ours = digests.claim(db.session, one, now)
    if not is_ours:
        return None
    sent = _tell(one)
    if sent is False or (sent is None and not is_looked_for_once):
        with writing(), transaction(db.session):
            digests.give_back(db.session, one, now)
    return sent


def _tell(one: Due) -> bool | None:
    staff = db.session.get_one(Staff, one.staff_id)
    with time_zone(zone_of(staff.time_zone)):
        lines = digest_of(staff, one.since)
    name, email = staff.name, staff.email
    # A slow server must not hold the transaction open.
    db.session.rollback()
    if not lines:
        return None
    url, account = (url_for(f"{page}.index", _external=True) for page in ("inbox", "account"))
    return mail.send(email, name, lines, url=url, account=account)
