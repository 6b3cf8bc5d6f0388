"""Sessions: who is signed in where, for how long, and how that ends. The cookie holds the token, the table its hash."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, bindparam, delete, or_, select, update

from admin_app.db.connection import rows_changed
from admin_app.db.types import utc_now
from admin_app.domain.audit.recorder import record_event
from admin_app.domain.auth.security_events import record_security_event
from admin_app.domain.auth.tokens import digest
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
# Every request runs this statement. Building it anew each time takes five times as long.
_FOUND = (
    select(*_COLUMNS, *principal.COLUMNS)
    .select_from(principal.with_roles_and_settings(_WHOSE))
    .where(_SESSION.c.token_hash == bindparam("token_hash"))
)

# One write per page would make readers wait for writers. To the minute is precise enough for people, and for limits in hours.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class LiveSession:
    """A valid session, its person, and the person whom they see the dashboard as, if `domain.auth.seeing` allows it."""

    handle: str
    expires_at: datetime
    last_seen_at: datetime
    proved_at: datetime
    seen_as_id: int | None
    seen_as_since: datetime | None
    person: Principal


@dataclass(frozen=True)
class ClientInfo:
    """What a request says about its origin."""

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
            token_hash=digest(token),
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
    """Return the session of this token, unless it has ended, expired or been idle too long, or the account is switched off."""
    rows = session.execute(_FOUND, {"token_hash": digest(token)}).all()
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
    """Return when a session ends if it is not used again."""
    if idle_hours is None:
        return session.expires_at
    return min(session.expires_at, session.last_seen_at + timedelta(hours=idle_hours))


def is_over(session: LiveSession | StaffSession, now: datetime, *, idle_hours: int | None = None) -> bool:
    """Whether a session has expired. A session last seen in the future, by a clock that was ahead, has expired too: nobody knows how old it is."""
    return is_ahead(session.last_seen_at, now) or now >= ends_at(session, idle_hours=idle_hours)


def is_to_be_noted(session: LiveSession) -> bool:
    """Whether the time of the session's last use has to be stored again."""
    return utc_now() - session.last_seen_at >= SEEN_EVERY


def note_seen(session: AnySession | Connection, token: str) -> None:
    """Store that the session was used just now."""
    session.execute(update(StaffSession).where(StaffSession.token_hash == digest(token)).values(last_seen_at=utc_now()))


def note_proof(session: AnySession, token: str) -> str:
    """Store that the person proved who they are; return a new token, because the session may do more from now on."""
    new = secrets.token_urlsafe(32)
    now = utc_now()
    chosen = update(StaffSession).where(StaffSession.token_hash == digest(token))
    session.execute(chosen.values(token_hash=digest(new), proved_at=now, last_seen_at=now))
    return new


def note_id_token(session: AnySession, token: str, sealed: str) -> None:
    """Store the provider's ID token, which it expects when the person signs out."""
    chosen = update(StaffSession).where(StaffSession.token_hash == digest(token))
    session.execute(chosen.values(id_token=sealed))


def row_of(session: AnySession, token: str) -> StaffSession | None:
    """Return the row of this token's session."""
    return session.get(StaffSession, digest(token))


def all_of(session: AnySession, staff: Staff, *, idle_hours: int | None = None) -> Sequence[StaffSession]:
    """Return the person's valid sessions, the last used first."""
    kept = session.scalars(
        select(StaffSession)
        .where(StaffSession.staff_id == staff.id)
        .order_by(StaffSession.last_seen_at.desc(), StaffSession.token_hash)
    )
    now = utc_now()
    return [one for one in kept if not is_over(one, now, idle_hours=idle_hours)]


def end(session: AnySession, token: str) -> None:
    """End one session, for every copy of its cookie."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == digest(token)))


def sign_out(session: AnySession, token: str) -> None:
    """End a session because its person signs out, and record it."""
    record_event(session, kind=Kind.SIGN_OUT, summary="Signed out", resource=Staff.__tablename__)
    end(session, token)


def end_by_handle(session: AnySession, staff: Staff, handle: str) -> bool:
    """End the person's session with this handle, by which pages name it; return whether there was one."""
    chosen = [one for one in all_of(session, staff) if one.handle == handle]
    for one in chosen:
        session.delete(one)
    if chosen:
        record_security_event(session, staff, "Ended a session of")
    return bool(chosen)


def end_on_request(session: AnySession, staff: Staff, *, but: str | None) -> None:
    """Sign the person out everywhere, or everywhere but in the session of one token, on request, and record it."""
    end_all(session, staff, but=but)
    record_security_event(session, staff, "Ended all sessions of" if but is None else "Ended all other sessions of")


def end_all(session: AnySession, staff: Staff, *, but: str | None = None) -> None:
    """Sign the person out everywhere, or everywhere but in the session of one token, as part of another act."""
    if staff.id is None:
        return
    kept = [] if but is None else [StaffSession.token_hash != digest(but)]
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id, *kept))


def end_begun_by_company(session: AnySession, staff: Staff) -> bool:
    """End the sessions that a person began by the company's provider; return whether there were any."""
    begun = StaffSession.staff_id == staff.id, StaffSession.id_token.is_not(None)
    return rows_changed(session.execute(delete(StaffSession).where(*begun))) > 0


def end_all_of(session: AnySession, people: Statement) -> None:
    """Sign these people out everywhere; `people` selects their ids."""
    # Without synchronisation: the commit expires loaded sessions anyway, and finding out which ones ended could fetch thousands.
    ending = delete(StaffSession).where(StaffSession.staff_id.in_(people))
    session.execute(ending, execution_options={"synchronize_session": False})
