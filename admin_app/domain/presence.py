"""Who else has a record's form open. A light note: it expires by itself, and holds nobody up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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
# The tables themselves: each form that is opened asks and writes, and the ORM takes half of the time that takes.
_NOTES: Any = Presence.__table__
_STAFF: Any = Staff.__table__


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
    there = select(_STAFF.c.name, _NOTES.c.since).join(_STAFF, _STAFF.c.id == _NOTES.c.staff_id)
    there = there.where(*_is_at(place), _NOTES.c.staff_id != but, _NOTES.c.expires_at > utc_now())
    rows = session.execute(there.order_by(_NOTES.c.since, _NOTES.c.staff_id).limit(MOST_NAMED))
    return [Company(name, since) for name, since in rows]


def arrive(session: AnySession, place: Place, staff_id: int, *, lasting: timedelta) -> None:
    """Note that somebody has the form open (not yet committed), and forget whoever has not been seen for long."""
    now = utc_now()
    stay = update(_NOTES).where(*_is_at(place), _NOTES.c.staff_id == staff_id, _NOTES.c.expires_at >= now)
    if not session.execute(stay.values(expires_at=now + lasting).returning(_NOTES.c.staff_id)).all():
        session.execute(delete(_NOTES).where(_NOTES.c.expires_at < now))
        values = {"table_name": place.table, "record_id": place.record_id, "staff_id": staff_id}
        session.execute(insert(_NOTES).values(**values, since=now, expires_at=now + lasting))


def leave(session: AnySession, place: Place, staff_id: int) -> None:
    """Forget that somebody had the form open (not yet committed)."""
    session.execute(delete(_NOTES).where(*_is_at(place), _NOTES.c.staff_id == staff_id))


def _is_at(place: Place) -> tuple[ColumnElement[bool], ...]:
    return _NOTES.c.table_name == place.table, _NOTES.c.record_id == place.record_id
