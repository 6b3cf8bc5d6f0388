"""See as someone else: for half an hour, a session reads with another person's rights and changes nothing.

The signed-in person remains visible: the history, the limits on attempts and the end of the session are theirs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from admin_app.context import Actor
from admin_app.db.types import utc_now
from admin_app.domain.audit.recorder import record_event
from admin_app.domain.auth import sessions
from admin_app.domain.auth.security_events import record_security_event
from admin_app.domain.auth.sessions import LiveSession
from admin_app.domain.clock import is_within
from admin_app.domain.permissions import principal, privileges
from admin_app.domain.permissions.policy import Action, rights_of
from admin_app.domain.permissions.principal import AnyPrincipal, Principal
from admin_app.domain.permissions.rights import Rights
from admin_app.errors import PrivilegeError
from admin_app.extensions import AnySession
from admin_app.models.change_set import Kind
from admin_app.models.staff import Staff

# The name of the accounts' resource in rights.
STAFF = Staff.__name__.lower()
# Long enough to look at what somebody asks about, too short to be forgotten.
LASTS = timedelta(minutes=30)
BEGAN, STOPPED = "Began to see the dashboard as", "Stopped seeing the dashboard as"


def may_see_as(person: AnyPrincipal, other: AnyPrincipal) -> bool:
    """Whether a person may see as another: they may edit staff, and see everything that the other sees.

    A row rule may select different rows for each person ("own posts"), so where one limits the other person, this person has to see every row.
    """
    rights = rights_of(person)
    if person.id == other.id or not other.is_active or not rights.may(Action.EDIT, STAFF, guarded=True):
        return False
    on_every_row = Rights(tuple(replace(one, rows={}) for one in rights_of(other).grants))
    return rights.covers(on_every_row, guarded=privileges.guarded())


def seen_by(session: AnySession, found: LiveSession) -> Principal | None:
    """Return the person whom a session sees the dashboard as; None if it sees as its own person, or may no longer see as the other."""
    if found.seen_as_id is None or found.seen_as_since is None or not is_within(found.seen_as_since, LASTS, utc_now()):
        return None
    other = principal.person_of_id(session, found.seen_as_id)
    return other if other is not None and may_see_as(found.person, other) else None


def begin(session: AnySession, token: str, person: AnyPrincipal, other: Staff) -> None:
    """Let a session see as another person from now on, and record it; raise `PrivilegeError` if that is not allowed."""
    row = sessions.row_of(session, token)
    if row is None or not may_see_as(person, other):
        raise PrivilegeError(privileges.ABOVE)
    row.seen_as_id, row.seen_as_since = other.id, utc_now()
    record_security_event(session, other, BEGAN)


def end(session: AnySession, token: str, *, actor: Actor) -> None:
    """Let a session see as its own person again, and record it, unless that is done already."""
    row = sessions.row_of(session, token)
    if row is None or row.seen_as_since is None:
        return
    other = session.get(Staff, row.seen_as_id) if row.seen_as_id is not None else None
    row.seen_as_id = row.seen_as_since = None
    if other is not None:
        record_security_event(session, other, STOPPED, actor=actor)
    else:
        words = f"{STOPPED} a colleague who was deleted"
        record_event(session, actor=actor, kind=Kind.ACCESS, summary=words, resource=Staff.__tablename__)
