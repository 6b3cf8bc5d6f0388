"""Who signs in to the dashboard, and their sessions."""

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
    """A member of staff.

    The password hash is a secret: no list, form or file shows it, and the history does not keep it. An account that
    is restored from the history has no password and is switched off.
    """

    __guarded__ = True
    __history__ = ("name", "email", "roles", "is_active", "last_sign_in_at", "time_zone")
    __restored__ = {"password_hash": "", "is_active": False}

    name: Mapped[str] = mapped_column(String(80))
    # Lower case, so that one address is one account however it is typed.
    email: Mapped[str] = mapped_column(String(120), unique=True, info={"format": "email"})
    # The keys of their roles. A column and not a link table, so that there is one version and one history entry.
    # Nobody gets a role without being given it; the default is for rows older than roles.
    roles: Mapped[StringSet] = mapped_column(StringSetType, server_default='["viewer"]')
    is_active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(String(255), info={"secret": True})
    # Their time zone by its IANA name ("Europe/Prague"); "" is UTC.
    time_zone: Mapped[str] = mapped_column(String(64), default="", server_default="")
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # For reading only: `roles` is authoritative. A key has only letters, digits and "-", so LIKE takes it literally.
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
        """Return the condition on people to have the role with this key."""
        return cls.roles.like(f'%"{key}"%')

    @property
    def role_names(self) -> str:
        """The names of their roles."""
        return named(one.name for one in self.held_roles)


def named(names: Iterable[str]) -> str:
    """Return the names of these roles in one text."""
    return ", ".join(names) or "No role"


# What a browser says about itself beyond this helps nobody.
LONGEST_USER_AGENT = 300


class StaffSession(Model):
    """One signed-in browser. The cookie carries a random token, and the table only its hash, so a stolen copy of the table signs nobody in."""

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # To about a minute: see `domain.auth.sessions.SEEN_EVERY`.
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # When the person last proved who they are: at sign-in, or by re-authentication.
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # As the browser and the network reported them: for the person to recognise, never to decide by.
    user_agent: Mapped[str] = mapped_column(String(LONGEST_USER_AGENT), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    # Whom the person sees the dashboard as, and since when; None: themselves.
    seen_as_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"), index=True)
    seen_as_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The provider's ID token of the sign-in, encrypted: signing out there needs it.
    id_token: Mapped[str | None] = mapped_column(Text)

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])

    @property
    def handle(self) -> str:
        """The id of the session on a page."""
        return handle_of(self.token_hash)


def handle_of(token_hash: str) -> str:
    """Return what names a session on a page: enough of the hash to find it among one person's, and no way to the token."""
    return token_hash[:16]
