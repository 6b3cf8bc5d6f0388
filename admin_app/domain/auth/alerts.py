"""What people are told of when how they sign in has changed: noted with the act, due once that is committed.

Who stole a session, or a browser left open, and makes themselves at home there, does not go unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import inspect as inspect_record
from sqlalchemy.orm import Session

from admin_app.extensions import AnySession
from admin_app.models.staff import Staff

# Where a session keeps what its transaction noted, and what was committed since somebody asked.
_NOTED, _DUE = "alerts noted", "alerts due"


@dataclass(frozen=True)
class Alert:
    """One thing that was done, for the person it was done to."""

    name: str
    email: str
    time_zone: str
    words: str


def tell(session: AnySession, staff: Staff, words: str) -> None:
    """Tell the person this, at the address that was theirs before the act: whoever changes that as well is told on too."""
    before: Sequence[str] = inspect_record(staff).attrs.email.history.deleted
    alert = Alert(staff.name, before[0] if before else staff.email, staff.time_zone, words)
    session.info.setdefault(_NOTED, []).append(alert)


def due(session: AnySession) -> list[Alert]:
    """Return what was committed and is to be told now; each is returned once."""
    found: list[Alert] = session.info.pop(_DUE, [])
    return found


def let_go(session: Session) -> None:
    """Let what was noted be told, unless only a savepoint ended."""
    if not session.in_nested_transaction() and _NOTED in session.info:
        session.info.setdefault(_DUE, []).extend(session.info.pop(_NOTED))


def forget(session: Session) -> None:
    """Tell nobody of what was rolled back."""
    session.info.pop(_NOTED, None)
