"""Who else has a record's form open. A light note: it expires by itself, and holds nobody up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update

from admin_app.extensions import AnySession
from admin_app.models.base import utc_now
from admin_app.models.presence import Presence
from admin_app.models.staff import Staff

# A page with scripts says every 30 seconds that it is still open; two of these may get lost.
PINGED = timedelta(seconds=90)
# One without says so once: about as long as an edit takes.
OPENED = timedelta(minutes=5)
MOST_NAMED = 5


@dataclass(frozen=True)
class Place:
    """A record's form."""

    table: str
    record_id: int


@dataclass(frozen=True)
class Company:
    """Somebody else at the same form."""

    name: str
    since: datetime


def company_at(session: AnySession, place: Place, *, but: int) -> Sequence[Company]:
    """Return who else has the form open, the first one first."""
    there = select(Staff.name, Presence.since).join(Staff, Staff.id == Presence.staff_id)
    there = there.where(*_is_at(place), Presence.staff_id != but, Presence.expires_at > utc_now())
    rows = session.execute(there.order_by(Presence.since, Presence.staff_id).limit(MOST_NAMED))
    return [Company(name, since) for name, since in rows]


def arrive(session: AnySession, place: Place, staff_id: int, *, lasting: timedelta) -> None:
    """Note that somebody has the form open (not yet committed), and forget whoever has not been seen for long."""
    now = utc_now()
    session.execute(delete(Presence).where(Presence.expires_at < now))
    stay = update(Presence).where(*_is_at(place), Presence.staff_id == staff_id).values(expires_at=now + lasting)
    if not session.execute(stay.returning(Presence.staff_id)).all():
        values = {"table": place.table, "record_id": place.record_id, "staff_id": staff_id}
        session.execute(insert(Presence).values(**values, since=now, expires_at=now + lasting))


def leave(session: AnySession, place: Place, staff_id: int) -> None:
    """Forget that somebody had the form open (not yet committed)."""
    session.execute(delete(Presence).where(*_is_at(place), Presence.staff_id == staff_id))


def _is_at(place: Place) -> tuple[ColumnElement[bool], ...]:
    return Presence.table == place.table, Presence.record_id == place.record_id
