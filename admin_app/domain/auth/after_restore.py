"""End all access after a restore: the backup contains sessions and links that were ended since, so everybody has to sign in again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from admin_app.db.connection import rows_changed
from admin_app.domain.audit.recorder import record_event
from admin_app.domain.auth import alerts
from admin_app.extensions import AnySession, Base
from admin_app.formatting import counted, in_words
from admin_app.models.change_set import Kind
from admin_app.models.password_link import PasswordLink
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.two_factor import RecoveryCode


@dataclass(frozen=True)
class Ended:
    """How many sessions, links and recovery codes were ended."""

    sessions: int
    links: int
    codes: int

    def __str__(self) -> str:
        """List the numbers in words."""
        return in_words(
            [
                counted(self.sessions, "session", "sessions"),
                counted(self.links, "password link", "password links"),
                counted(self.codes, "recovery code", "recovery codes"),
            ]
        )


def sign_everybody_out(session: AnySession) -> Ended:
    """End every session, link and recovery code: nothing tells any more which of them had ended before the restore."""
    _tell_who_had_codes(session)
    ended = Ended(*(_end_all(session, model) for model in (StaffSession, PasswordLink, RecoveryCode)))
    words = f"Signed everyone out: ended {ended}"
    record_event(session, kind=Kind.ACCESS, summary=words, resource=Staff.__tablename__)
    return ended


def _tell_who_had_codes(session: AnySession) -> None:
    for staff in session.scalars(select(Staff).where(Staff.id.in_(select(RecoveryCode.staff_id)))):
        alerts.tell(session, staff, "Everyone's recovery codes were cancelled. Create new ones under Account.")


def _end_all(session: AnySession, model: type[Base]) -> int:
    ended = session.execute(delete(model), execution_options={"synchronize_session": False})
    return rows_changed(ended)
