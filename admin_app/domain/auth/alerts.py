"""What people are told of when how they sign in has changed: noted with the act, due once that is committed.

Who stole a session, or a browser left open, and makes themselves at home there, does not go unseen.
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
    """One thing that was done, for the person it was done to."""

    name: str
    email: str
    time_zone: str
    words: str


@dataclass
class _Alerts:
    """What a session's transaction noted, and what was committed since somebody asked."""

    noted: list[Alert] = field(default_factory=list)
    due: list[Alert] = field(default_factory=list)


def tell(session: AnySession, staff: Staff, words: str) -> None:
    """Tell the person this, at the address that they had before the act: a thief may have changed that as well."""
    before: Sequence[str] = inspect_record(staff).attrs.email.history.deleted
    alert = Alert(staff.name, before[0] if before else staff.email, staff.time_zone, words)
    state_of(session, _Alerts).noted.append(alert)


def due(session: AnySession) -> list[Alert]:
    """Return the committed alerts that are due; each is returned once."""
    alerts = state_of(session, _Alerts)
    found, alerts.due = alerts.due, []
    return found


def let_go(session: Session) -> None:
    """Let what was noted be told, unless only a savepoint ended."""
    if not session.in_nested_transaction():
        alerts = state_of(session, _Alerts)
        alerts.due += alerts.noted
        alerts.noted = []


def forget(session: Session) -> None:
    """Tell nobody of what was rolled back."""
    state_of(session, _Alerts).noted = []
