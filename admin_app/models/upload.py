"""Files that people send, to be imported: whose they are, how they are read, and their bytes where those are kept here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model, Values

LONGEST_NAME = 200


class Upload(Model):
    """A file of one person. A plan that is made of it keeps it for as long as there is the plan."""

    # The id of an upload that expired must not come back: files are named by it.
    __table_args__ = (Index(None, "resource", "headers_digest"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    # The resource's endpoint.
    resource: Mapped[str] = mapped_column(String(63))
    # "" for pasted text.
    file_name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    # "" until the file is here whole.
    sha256: Mapped[str] = mapped_column(String(64), default="")
    # As `transfer.import_.source.Reading` has it; nothing until somebody has seen the file.
    reading: Mapped[Values] = mapped_column(JSON, default=dict)
    # Which of the file's columns goes where, by its place: what the form of its columns said last.
    mapping: Mapped[Values] = mapped_column(JSON, default=dict)
    headers_digest: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PlannedUpload(Model):
    """Which plan is made of which upload; several may be made of one."""

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), index=True)


class UploadChunk(Model):
    """A piece of an upload's file, where files are kept in the database."""

    __table_args__ = (Index(None, "upload_id", "attempt", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
