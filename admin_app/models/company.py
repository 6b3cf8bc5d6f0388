"""A person's identity at the company: at its identity provider, and in its directory with its groups."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model

LONGEST_NAME = 255


class Identity(Model):
    """A provider's subject and its account. An email may pass to another person; issuer and subject never do."""

    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True, index=True)
    issuer: Mapped[str] = mapped_column(String(LONGEST_NAME))
    # OpenID Connect allows 255 ASCII characters.
    subject: Mapped[str] = mapped_column(String(LONGEST_NAME))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class DirectoryPerson(Model):
    """The directory's own ids for an account that it manages."""

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True, index=True)
    user_name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(LONGEST_NAME), index=True)


class DirectoryGroup(Model):
    """A group of the directory. `ADMIN_GROUPS` maps groups to roles."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(LONGEST_NAME))


class DirectoryMember(Model):
    """The membership of a person in a group."""

    group_id: Mapped[int] = mapped_column(ForeignKey("directory_group.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)


class DirectoryToken(Model):
    """The token that the directory signs in with. The table holds only its hash."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
