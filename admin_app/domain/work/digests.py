"""Who is due for a digest email about their inbox: at most one a day, and none for people who switched it off.

Several processes may send at once. A sender first claims the email in the row with the time of the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, or_, select

from admin_app.db.dialects import insert_into
from admin_app.db.types import utc_now
from admin_app.domain.clock import latest
from admin_app.domain.preferences import EVERYWHERE
from admin_app.extensions import AnySession
from admin_app.models.preference import Preference
from admin_app.models.staff import Staff
from admin_app.timezones import zone_of

# Somewhat less than a day: a command that runs daily does not begin at the same second.
BETWEEN = timedelta(hours=20)


@dataclass(frozen=True)
class Due:
    """A person who may get a digest now, and when they got the last one."""

    staff_id: int
    since: datetime | None


def due(session: AnySession, *, hour: int | None = None) -> Sequence[Due]:
    """Return the people who may get a digest now. With an hour: only if it has struck today in their time zone, and they have had no digest since."""
    now = utc_now()
    # A time in the future was written by a clock that was ahead, and counts as none.
    sent = case((Preference.digest_sent_at <= latest(now), Preference.digest_sent_at))
    theirs = and_(Preference.staff_id == Staff.id, Preference.resource == EVERYWHERE)
    wanted = select(Staff.id, sent, Staff.time_zone).outerjoin(Preference, theirs).where(Staff.is_active)
    is_on = or_(Preference.id.is_(None), Preference.has_digest)
    is_time = or_(sent.is_(None), sent < now - BETWEEN)
    found = session.execute(wanted.where(is_on, is_time).order_by(Staff.id))
    return [Due(key, at) for key, at, zone in found if hour is None or has_struck(hour, zone, now=now, since=at)]


def has_struck(hour: int, zone: str, *, now: datetime, since: datetime | None) -> bool:
    """Whether this hour of the day has struck in the time zone since the last digest."""
    here = now.astimezone(zone_of(zone))
    struck = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    return struck <= here and (since is None or since < struck)


def claim(session: AnySession, one: Due, at: datetime) -> bool:
    """Record that a person gets a digest of everything up to this moment (not yet committed).

    Return whether the caller may send it: another process may have been quicker.
    """
    row = insert_into(session, Preference).values(staff_id=one.staff_id, resource=EVERYWHERE, digest_sent_at=at)
    sent_at = Preference.digest_sent_at
    is_as_read = or_(sent_at.is_not_distinct_from(one.since), sent_at > latest(at))
    changed = row.on_conflict_do_update(
        index_elements=["staff_id", "resource"], set_={"digest_sent_at": at}, where=is_as_read
    )
    return session.execute(changed.returning(Preference.staff_id)).first() is not None


def give_back(session: AnySession, one: Due, at: datetime) -> None:
    """Take back a claim (not yet committed): nothing was sent."""
    claimed = and_(Preference.staff_id == one.staff_id, Preference.resource == EVERYWHERE)
    kept = session.scalar(select(Preference).where(claimed, Preference.digest_sent_at == at))
    if kept is not None:
        kept.digest_sent_at = one.since
