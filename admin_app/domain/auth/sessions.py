"""Sessions: who is signed in where, for how long, and how that ends. The cookie holds the token, the table its hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, bindparam, delete, or_, select, update

from admin_app.db.connection import rows_changed
from admin_app.db.types import utc_now
from admin_app.domain.audit.recorder import record_event
from admin_app.domain.auth.security_events import record_security_event
from admin_app.domain.clock import is_ahead, latest
from admin_app.domain.permissions import principal
from admin_app.domain.permissions.principal import Principal
from admin_app.extensions import AnySession, Statement
from admin_app.models.change_set import Kind
from admin_app.models.staff import LONGEST_USER_AGENT, Staff, StaffSession, handle_of

_SESSION: Table = StaffSession.__table__
_COLUMNS = (
    *(_SESSION.c.token_hash, _SESSION.c.expires_at, _SESSION.c.last_seen_at, _SESSION.c.proved_at),
    *(_SESSION.c.seen_as_id, _SESSION.c.seen_as_since),
)
_WHOSE = _SESSION.join(Staff, Staff.id == _SESSION.c.staff_id)
# Every request asks. A statement that is put together anew each time takes five times as long as this one.
_FOUND = (
    select(*_COLUMNS, *principal.COLUMNS)
    .select_from(principal.with_roles_and_settings(_WHOSE))
    .where(_SESSION.c.token_hash == bindparam("token_hash"))
)

# A write for every page would make readers wait for writers; to the minute is near enough for people and for limits in hours.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class LiveSession:
    """A session that is good, whose it is, and as whom they see the dashboard, as `domain.auth.seeing` judges."""

    handle: str
    expires_at: datetime
    last_seen_at: datetime
    proved_at: datetime
    seen_as_id: int | None
    seen_as_since: datetime | None
    person: Principal


@dataclass(frozen=True)
class ClientInfo:
    """What a request says about where it came from."""

    address: str = ""
    user_agent: str = ""


NOBODY_KNOWN = ClientInfo()


def begin(session: AnySession, staff: Staff, *, hours: int, client: ClientInfo = NOBODY_KNOWN) -> str:
    """Return the token of a new session for a person whose identity is certain."""
    now = utc_now()
    over = or_(StaffSession.expires_at < now, StaffSession.last_seen_at > latest(now))
    session.execute(delete(StaffSession).where(over))
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=_digest(token),
            staff_id=staff.id,
            expires_at=now + timedelta(hours=hours),
            last_seen_at=now,
            proved_at=now,
            user_agent=client.user_agent.replace("\0", "")[:LONGEST_USER_AGENT],
            address=client.address,
        )
    )
    staff.last_sign_in_at = now
    return token


def find(session: AnySession, token: str, *, idle_hours: int | None = None) -> LiveSession | None:
    """Return the session of this token, unless it ended, expired, lay idle, or the account was switched off."""
    rows = session.execute(_FOUND, {"token_hash": _digest(token)}).all()
    if not rows:
        return None
    token_hash, expires_at, last_seen_at, proved_at, seen_as_id, seen_as_since = rows[0][: len(_COLUMNS)]
    person = principal.principal_of([row[len(_COLUMNS) :] for row in rows])
    found = LiveSession(
        handle_of(token_hash), expires_at, last_seen_at, proved_at, seen_as_id, seen_as_since, person=person
    )
    is_good = person.is_active and not is_over(found, utc_now(), idle_hours=idle_hours)
    return found if is_good else None


def ends_at(session: LiveSession | StaffSession, *, idle_hours: int | None) -> datetime:
    """Return when a session ends if nothing more is heard of it."""
    if idle_hours is None:
        return session.expires_at
    return min(session.expires_at, session.last_seen_at + timedelta(hours=idle_hours))


def is_over(session: LiveSession | StaffSession, now: datetime, *, idle_hours: int | None = None) -> bool:
    """Whether a session has ended by itself. One that was seen by a clock that was ahead would end nobody knows when."""
    return is_ahead(session.last_seen_at, now) or now >= ends_at(session, idle_hours=idle_hours)


def is_to_be_noted(session: LiveSession) -> bool:
    """Whether it is time to write down again that the session was seen."""
    return utc_now() - session.last_seen_at >= SEEN_EVERY


def note_seen(session: AnySession | Connection, token: str) -> None:
    """Write down that the session was used just now."""
    session.execute(
        update(StaffSession).where(StaffSession.token_hash == _digest(token)).values(last_seen_at=utc_now())
    )


def note_proof(session: AnySession, token: str) -> str:
    """Write down that the person proved who they are; return the session's new token, as what it may do has grown."""
    new = secrets.token_urlsafe(32)
    now = utc_now()
    chosen = update(StaffSession).where(StaffSession.token_hash == _digest(token))
    session.execute(chosen.values(token_hash=_digest(new), proved_at=now, last_seen_at=now))
    return new


def note_id_token(session: AnySession, token: str, sealed: str) -> None:
    """Keep what the company's provider said of who signed in, as it wants to see it when they sign out."""
    chosen = update(StaffSession).where(StaffSession.token_hash == _digest(token))
    session.execute(chosen.values(id_token=sealed))


def row_of(session: AnySession, token: str) -> StaffSession | None:
    """Return the row of this token's session."""
    return session.get(StaffSession, _digest(token))


def all_of(session: AnySession, staff: Staff, *, idle_hours: int | None = None) -> Sequence[StaffSession]:
    """Return the person's sessions that are still good, the one last seen first."""
    kept = session.scalars(
        select(StaffSession)
        .where(StaffSession.staff_id == staff.id)
        .order_by(StaffSession.last_seen_at.desc(), StaffSession.token_hash)
    )
    now = utc_now()
    return [one for one in kept if not is_over(one, now, idle_hours=idle_hours)]


def end(session: AnySession, token: str) -> None:
    """End one session, for every copy of its cookie."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == _digest(token)))


def sign_out(session: AnySession, token: str) -> None:
    """End the session that its person ends, and note it."""
    record_event(session, kind=Kind.SIGN_OUT, summary="Signed out", resource=Staff.__tablename__)
    end(session, token)


def end_by_handle(session: AnySession, staff: Staff, handle: str) -> bool:
    """End the session of this person that a page named; return whether there was one."""
    chosen = [one for one in all_of(session, staff) if one.handle == handle]
    for one in chosen:
        session.delete(one)
    if chosen:
        record_security_event(session, staff, "Ended a session of")
    return bool(chosen)


def end_on_request(session: AnySession, staff: Staff, *, but: str | None) -> None:
    """Sign the person out everywhere, or everywhere but here, because somebody asked for just that; it is noted."""
    end_all(session, staff, but=but)
    record_security_event(session, staff, "Ended all sessions of" if but is None else "Ended all other sessions of")


def end_all(session: AnySession, staff: Staff, *, but: str | None = None) -> None:
    """Sign the person out everywhere, or everywhere but in the session of one token."""
    if staff.id is None:
        return
    kept = [] if but is None else [StaffSession.token_hash != _digest(but)]
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id, *kept))


def end_begun_by_company(session: AnySession, staff: Staff) -> bool:
    """End the sessions that a person began by the company's provider; return whether there were any."""
    begun = StaffSession.staff_id == staff.id, StaffSession.id_token.is_not(None)
    return rows_changed(session.execute(delete(StaffSession).where(*begun))) > 0


def end_all_of(session: AnySession, people: Statement) -> None:
    """Sign these people, chosen by their ids, out everywhere."""
    # What the session remembers of them it reads anew after the commit; asking which they were would fetch thousands.
    ending = delete(StaffSession).where(StaffSession.staff_id.in_(people))
    session.execute(ending, execution_options={"synchronize_session": False})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
