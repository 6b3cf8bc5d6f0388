"""Who signs in to the dashboard, and the sessions they are signed in with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, Text, literal
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from admin_app.db.record import Record
from admin_app.db.string_set import StringSet, StringSetType
from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model
from admin_app.models.role import Role


class Staff(Record):
    """A member of staff. The password hash is a secret: no list, form or file shows it, nor does the history keep it.

    An account that comes back from the history has no password, and so is switched off.
    """

    __guarded__ = True
    __history__ = ("name", "email", "roles", "is_active", "last_sign_in_at", "time_zone")
    __restored__ = {"password_hash": "", "is_active": False}

    name: Mapped[str] = mapped_column(String(80))
    # Kept in lower case, so that one address is one account however it is typed.
    email: Mapped[str] = mapped_column(String(120), unique=True, info={"format": "email"})
    # The keys of their roles. A column of the person, not a table between: one version, one entry in the history.
    # Nobody gets a role that was not given: what stands in the table is for rows that are older than roles.
    roles: Mapped[StringSet] = mapped_column(StringSetType, server_default='["viewer"]')
    is_active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(String(255), info={"secret": True})
    # Where their days begin and end, by IANA's name ("Europe/Prague"); "" is UTC.
    time_zone: Mapped[str] = mapped_column(String(64), default="", server_default="")
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # To look at only: `roles` says which they are. A key is letters, digits and "-", so nothing in it means more to LIKE.
    held_roles: Mapped[list[Role]] = relationship(
        primaryjoin=lambda: Staff.roles.like(literal('%"').concat(remote(foreign(Role.key))).concat('"%')),
        order_by=Role.key,
        viewonly=True,
    )

    def __str__(self) -> str:
        """Name the person."""
        return self.name

    @classmethod
    def has_role(cls, key: str) -> ColumnElement[bool]:
        """Return the condition on people to have the role of this key."""
        return cls.roles.like(f'%"{key}"%')

    @property
    def role_names(self) -> str:
        """What their roles are called."""
        return named(one.name for one in self.held_roles)


def named(names: Iterable[str]) -> str:
    """Say what these roles are called."""
    return ", ".join(names) or "No role"


# More of what a browser says about itself tells nobody anything.
LONGEST_USER_AGENT = 300


class StaffSession(Model):
    """One signed-in browser. The cookie carries a random token, the table only its hash: a stolen copy signs nobody in."""

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # To the minute or so: see `domain.auth.sessions.SEEN_EVERY`.
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # When the person last proved who they are: by signing in, or by the password before a dangerous act.
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # As the browser and the network told them: for the person to recognise, never to decide by.
    user_agent: Mapped[str] = mapped_column(String(LONGEST_USER_AGENT), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    # Whom the person sees the dashboard as, and since when; without a time, as themselves.
    seen_as_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"), index=True)
    seen_as_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the company's provider said of who signed in, sealed: it is shown to it again for its session to end as well.
    id_token: Mapped[str | None] = mapped_column(Text)

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])

    @property
    def handle(self) -> str:
        """What names the session on a page."""
        return handle_of(self.token_hash)


def handle_of(token_hash: str) -> str:
    """Return what names a session on a page: enough of the hash to find it among one person's, and no way to the token."""
    return token_hash[:16]
