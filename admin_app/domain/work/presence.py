"""Who else has a record's form open. A light note: it expires by itself, and holds nobody up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from admin_app.db.types import utc_now
from admin_app.domain.clock import latest
from admin_app.extensions import AnySession
from admin_app.models.prepared import Prepared
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
# Who is at the form of the record `record_id` of the table `table_name` at the moment `now`, the first one first.
# No note lasts beyond `latest`.
PRESENT = select(
    select(_STAFF.c.id, _STAFF.c.name, _NOTES.c.since, _NOTES.c.expires_at)
    .join(_STAFF, _STAFF.c.id == _NOTES.c.staff_id)
    .where(
        _NOTES.c.table_name == bindparam("table_name"),
        _NOTES.c.record_id == bindparam("record_id"),
        _NOTES.c.expires_at > bindparam("now"),
        _NOTES.c.expires_at <= bindparam("latest"),
    )
    .order_by(_NOTES.c.since, _NOTES.c.staff_id)
    .limit(MOST_NAMED + 1)
    .subquery()
)

# One person at one form: the parameters that `_noted` returns.
_ONE: dict[str, Any] = {name: bindparam(f"own_{name}") for name in ("table_name", "record_id", "staff_id")}
_OWN = [_NOTES.c[name] == value for name, value in _ONE.items()]
_STAY = Prepared(
    update(_NOTES)
    .where(*_OWN, _NOTES.c.expires_at >= bindparam("now"))
    .values(expires_at=bindparam("expires_at"))
    .returning(_NOTES.c.staff_id)
)
_FORGET = Prepared(
    delete(_NOTES).where(or_(_NOTES.c.expires_at < bindparam("now"), _NOTES.c.expires_at > bindparam("latest")))
)
_NOTE = Prepared(insert(_NOTES).values(_ONE | {"since": bindparam("now"), "expires_at": bindparam("expires_at")}))
_LEAVE = Prepared(delete(_NOTES).where(*_OWN))


@dataclass(frozen=True)
class OpenForm:
    """A record's form."""

    table: str
    record_id: int


@dataclass(frozen=True)
class Present:
    """Somebody at a form, and until when that is believed."""

    staff_id: int
    name: str
    since: datetime
    expires_at: datetime

    @property
    def is_fresh(self) -> bool:
        """Whether it was noted lately, by a form that was opened: it needs no writing down again so soon."""
        now = utc_now()
        return now + OPENED / 2 < self.expires_at <= _latest_end(now)


def present_at(session: AnySession, place: OpenForm) -> Sequence[Present]:
    """Return who has the form open, the first one first."""
    return present(session.execute(PRESENT, asked_at(place)))


def asked_at(place: OpenForm) -> dict[str, Any]:
    """Return the parameters of `PRESENT`."""
    now = utc_now()
    return {"table_name": place.table, "record_id": place.record_id, "now": now, "latest": _latest_end(now)}


def present(rows: Iterable[Sequence[Any]]) -> Sequence[Present]:
    """Return who these rows speak of, as `PRESENT` asks for them, the first one first."""
    return sorted((Present(*row) for row in rows), key=lambda one: (one.since, one.staff_id))


def arrive(session: AnySession, place: OpenForm, staff_id: int, *, lasting: timedelta) -> None:
    """Note that somebody has the form open (not yet committed), and forget whoever has not been seen for long."""
    now, connection = utc_now(), session.connection()
    noted = _noted(place, staff_id) | {"now": now, "latest": _latest_end(now), "expires_at": now + lasting}
    if not _STAY.send(connection, noted).all():
        _FORGET.send(connection, noted)
        _NOTE.send(connection, noted)


def leave(session: AnySession, place: OpenForm, staff_id: int) -> None:
    """Forget that somebody had the form open (not yet committed)."""
    _LEAVE.send(session.connection(), _noted(place, staff_id))


def _latest_end(now: datetime) -> datetime:
    """Return when a note ends at the latest: what lasts longer was written by a clock that was ahead."""
    return latest(now) + OPENED


def _noted(place: OpenForm, staff_id: int) -> dict[str, Any]:
    return {"own_table_name": place.table, "own_record_id": place.record_id, "own_staff_id": staff_id}
