"""Tell people about changes to how they sign in: an alert is noted with the change, and due once that is committed.

So a thief who uses a stolen session or an open browser to set up access of their own does not go unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import inspect as inspect_record
from sqlalchemy.orm import Session

from admin_app.db.session_state import state_of
from admin_app.extensions import AnySession
from admin_app.models.staff import Staff


@dataclass(frozen=True)
class Alert:
    """One change, for the person whose account it concerns."""

    name: str
    email: str
    time_zone: str
    words: str


@dataclass
class _Alerts:
    """The alerts that the session's transaction noted, and those committed since `due` was last called."""

    noted: list[Alert] = field(default_factory=list)
    due: list[Alert] = field(default_factory=list)


def tell(session: AnySession, staff: Staff, words: str) -> None:
    """Note an alert for the address that the person had before this transaction: a thief may have changed it as well."""
    before: Sequence[str] = inspect_record(staff).attrs.email.history.deleted
    alert = Alert(staff.name, before[0] if before else staff.email, staff.time_zone, words)
    state_of(session, _Alerts).noted.append(alert)


def due(session: AnySession) -> list[Alert]:
    """Return the committed alerts that are due; each is returned once."""
    alerts = state_of(session, _Alerts)
    found, alerts.due = alerts.due, []
    return found


def let_go(session: Session) -> None:
    """Make the noted alerts due, unless only a savepoint ended."""
    if not session.in_nested_transaction():
        alerts = state_of(session, _Alerts)
        alerts.due += alerts.noted
        alerts.noted = []


def forget(session: Session) -> None:
    """Drop the alerts of a transaction that was rolled back."""
    state_of(session, _Alerts).noted = []
