"""Who is due for an email that tells of their inbox: at most one a day, and none for who switched it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, case, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from admin_app.db.types import utc_now
from admin_app.domain.clock import latest
from admin_app.domain.preferences import EVERYWHERE
from admin_app.extensions import AnySession
from admin_app.models.preference import Preference
from admin_app.models.staff import Staff

# Somewhat less than a day: a command that runs daily does not begin at the same second.
BETWEEN = timedelta(hours=20)


def due(session: AnySession) -> Sequence[tuple[int, datetime | None]]:
    """Return the keys of those who may be sent one now, each with when the last one was sent."""
    now = utc_now()
    # A time ahead was written by a clock that was ahead, and says nothing.
    sent = case((Preference.digest_sent_at <= latest(now), Preference.digest_sent_at))
    theirs = and_(Preference.staff_id == Staff.id, Preference.resource == EVERYWHERE)
    wanted = select(Staff.id, sent).outerjoin(Preference, theirs).where(Staff.is_active)
    is_on = or_(Preference.id.is_(None), Preference.has_digest)
    is_time = or_(sent.is_(None), sent < now - BETWEEN)
    return [(key, at) for key, at in session.execute(wanted.where(is_on, is_time).order_by(Staff.id))]


def note_sent(session: AnySession, staff_id: int, at: datetime) -> None:
    """Note that a person was sent one (not yet committed), which tells of all that was there at this moment."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Preference).values(staff_id=staff_id, resource=EVERYWHERE, digest_sent_at=at)
    session.execute(row.on_conflict_do_update(index_elements=["staff_id", "resource"], set_={"digest_sent_at": at}))
