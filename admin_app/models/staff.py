"""Who signs in to the dashboard, and the sessions they are signed in with."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.extensions import db
from admin_app.models.base import Record, UtcDateTime, utc_now

if TYPE_CHECKING:
    from admin_app.models.preference import Preference


class Role(StrEnum):
    """What a member of staff may do; `domain.permissions` says what each role holds."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"


class Staff(Record):
    """A member of staff. The password hash is a secret: no list, form or file shows it, nor does the history keep it.

    An account that comes back from the history has no password, and so is switched off.
    """

    __history__ = ("name", "email", "role", "is_active", "last_sign_in_at", "time_zone")
    __restored__ = {"password_hash": "", "is_active": False}

    name: Mapped[str] = mapped_column(String(80))
    # Kept in lower case, so that one address is one account however it is typed.
    email: Mapped[str] = mapped_column(String(120), unique=True, info={"format": "email"})
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=20, values_callable=lambda roles: [role.value for role in roles]),
        default=Role.VIEWER,
    )
    is_active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(String(255), info={"secret": True})
    # Where their days begin and end, by IANA's name ("Europe/Prague"); "" is UTC.
    time_zone: Mapped[str] = mapped_column(String(64), default="", server_default="")
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # To look at only: `domain.preferences` writes them, and the database lets them go with the person.
    preferences: Mapped[list[Preference]] = relationship(viewonly=True)

    def __str__(self) -> str:
        """Name the person."""
        return self.name


# More of what a browser says about itself tells nobody anything.
LONGEST_USER_AGENT = 300


class StaffSession(db.Model):  # type: ignore[name-defined,misc] # made by Flask-SQLAlchemy at run time
    """One signed-in browser. The cookie carries a random token, the table only its hash: a stolen copy signs nobody in."""

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # To the minute or so: see `domain.sessions.SEEN_EVERY`.
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # When the person last proved who they are: by signing in, or by the password before a dangerous act.
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # As the browser and the network told them: for the person to recognise, never to decide by.
    user_agent: Mapped[str] = mapped_column(String(LONGEST_USER_AGENT), default="")
    address: Mapped[str] = mapped_column(String(45), default="")

    staff: Mapped[Staff] = relationship()

    @property
    def handle(self) -> str:
        """What names the session on a page: enough of the hash to find it among one person's, and no way to the token."""
        return self.token_hash[:16]
