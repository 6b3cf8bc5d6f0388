"""Who somebody is to the company: at its provider of identities, and in its directory, with their groups."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model

LONGEST_NAME = 255


class Identity(Model):
    """Whom a provider means by a subject. An email may pass on to somebody else; issuer and subject never do."""

    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True, index=True)
    issuer: Mapped[str] = mapped_column(String(LONGEST_NAME))
    # OpenID Connect allows 255 ASCII characters.
    subject: Mapped[str] = mapped_column(String(LONGEST_NAME))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class DirectoryPerson(Model):
    """What the directory calls an account that it looks after."""

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True, index=True)
    user_name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(LONGEST_NAME), index=True)


class DirectoryGroup(Model):
    """A group of the directory; `ADMIN_GROUPS` says which roles it gives."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(LONGEST_NAME))


class DirectoryMember(Model):
    """That a person is in a group."""

    group_id: Mapped[int] = mapped_column(ForeignKey("directory_group.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)


class DirectoryToken(Model):
    """What the directory shows to be let in: the table holds its hash only."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
