"""Failed sign-ins in the history: repeated ones are counted in one entry, so that a stranger who tries for ever does not fill the disk."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Table, select, update

from admin_app import metrics
from admin_app.db.types import utc_now
from admin_app.domain.audit.recorder import record_event
from admin_app.domain.clock import is_within
from admin_app.extensions import AnySession
from admin_app.metrics import Event
from admin_app.models.change_set import ChangeSet, Kind

# Failures for one address within this time share one entry with a count.
TOGETHER = timedelta(minutes=15)
# The number of addresses that get an entry of their own within that time; all others share one. At most about 5,000 entries a day, a
# megabyte.
MOST_ADDRESSES = 50
LONGEST_ADDRESS = 120
OTHERS = "Other addresses"
# People sometimes type their password into this field.
NO_ADDRESS = "Not a valid email address"


def record(session: AnySession, typed: str, *, resource: str) -> None:
    """Record a failed sign-in with this address (not yet committed). The password is stored nowhere."""
    metrics.count(Event.SIGN_IN_FAILURE)
    address = typed[:LONGEST_ADDRESS] if "@" in typed else NO_ADDRESS
    recent = _recent(session)
    if address not in recent and len(recent) >= MOST_ADDRESSES:
        address = OTHERS
    if address in recent:
        # The only entries of the history that are changed: their count grows for a quarter of an hour.
        sets: Table = ChangeSet.__table__
        session.execute(update(sets).where(sets.c.id == recent[address]).values(count=sets.c.count + 1))
        return
    record_event(
        session,
        actor=(None, address),
        kind=Kind.SIGN_IN_FAILED,
        summary="Could not sign in",
        resource=resource,
        count=1,
    )


def _recent(session: AnySession) -> dict[str, int]:
    """Return the entries whose counts may still grow: their ids, by address."""
    newest = (
        select(ChangeSet.actor, ChangeSet.id, ChangeSet.at)
        .where(ChangeSet.kind == Kind.SIGN_IN_FAILED)
        .order_by(ChangeSet.id.desc())
        .limit(MOST_ADDRESSES + 1)
    )
    now = utc_now()
    return {actor: id_ for actor, id_, at in session.execute(newest) if is_within(at, TOGETHER, now)}
