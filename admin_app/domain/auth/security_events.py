"""Record acts on how a person signs in: links, sessions, second factors. They need not change a record."""

from __future__ import annotations

from admin_app.context import Actor
from admin_app.domain.audit.recorder import record_event
from admin_app.extensions import AnySession
from admin_app.models.change_set import Kind
from admin_app.models.staff import Staff


def record_security_event(session: AnySession, staff: Staff, what: str, *, actor: Actor | None = None) -> None:
    """Record an act on how a person signs in. The person's name is added to `what`: “Ended a session of”."""
    record_event(
        session,
        actor=actor,
        kind=Kind.ACCESS,
        summary=f"{what} colleague “{staff.name}”",
        resource=Staff.__tablename__,
        record_id=staff.id,
    )
