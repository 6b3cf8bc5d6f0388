"""Who else has a record's form open. An entry is no lock: it expires by itself and stops nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, update

from admin_app.db.connection import rows_changed
from admin_app.db.keys import Key
from admin_app.db.types import utc_now
from admin_app.domain.clock import latest
from admin_app.extensions import AnySession
from admin_app.models.presence import Presence
from admin_app.models.staff import Staff

# A page with scripts reports every 30 seconds that it is open; two reports may get lost.
PINGED = timedelta(seconds=90)
# A page without scripts reports once, so this is about as long as an edit takes.
OPENED = timedelta(minutes=5)
MOST_NAMED = 5
# Every form runs this statement. Building it anew each time takes four times as long.
_PRESENT = (
    select(Staff.id, Staff.name, Presence.since, Presence.expires_at)
    .join(Staff, Staff.id == Presence.staff_id)
    .where(
        Presence.table == bindparam("table"),
        Presence.record_id == bindparam("record_id"),
        Presence.expires_at > bindparam("now"),
        Presence.expires_at <= bindparam("latest"),
    )
    .order_by(Presence.since, Presence.staff_id)
    .limit(MOST_NAMED + 1)
)


@dataclass(frozen=True)
class OpenForm:
    """A record's form."""

    table: str
    record_id: Key


@dataclass(frozen=True)
class Present:
    """A person at a form, and the time until which they count as present."""

    staff_id: int
    name: str
    since: datetime
    expires_at: datetime

    @property
    def is_fresh(self) -> bool:
        """Whether the entry is so recent that it need not be written again."""
        now = utc_now()
        return now + OPENED / 2 < self.expires_at <= _latest_end(now)


def present_at(session: AnySession, place: OpenForm) -> Sequence[Present]:
    """Return who has the form open, the first one first."""
    now = utc_now()
    asked = {"table": place.table, "record_id": place.record_id, "now": now, "latest": _latest_end(now)}
    return [Present(*row) for row in session.execute(_PRESENT, asked)]


def arrive(session: AnySession, place: OpenForm, staff_id: int, *, lasting: timedelta) -> None:
    """Record that a person has the form open (not yet committed), and delete expired entries."""
    now = utc_now()
    stays = update(Presence).where(*_is_note_of(place, staff_id), Presence.expires_at >= now)
    if not rows_changed(session.execute(stays.values(expires_at=now + lasting))):
        session.execute(delete(Presence).where(or_(Presence.expires_at < now, Presence.expires_at > _latest_end(now))))
        note = {"table": place.table, "record_id": place.record_id, "staff_id": staff_id}
        session.execute(insert(Presence).values(**note, since=now, expires_at=now + lasting))


def leave(session: AnySession, place: OpenForm, staff_id: int) -> None:
    """Delete a person's entry for the form (not yet committed)."""
    session.execute(delete(Presence).where(*_is_note_of(place, staff_id)))


def _latest_end(now: datetime) -> datetime:
    """Return the latest possible end of an entry: a later one was written by a clock that was ahead."""
    return latest(now) + OPENED


def _is_note_of(place: OpenForm, staff_id: int) -> tuple[ColumnElement[bool], ...]:
    return Presence.table == place.table, Presence.record_id == place.record_id, Presence.staff_id == staff_id
