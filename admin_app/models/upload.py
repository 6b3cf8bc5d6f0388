"""Files that people send for an import: their owner, how they are read, and their bytes if those are stored in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model, Values

LONGEST_NAME = 200


class Upload(Model):
    """A person's file. It is kept as long as a plan is based on it."""

    # The id of an expired upload must not be reused: files are named by it.
    __table_args__ = (Index(None, "resource", "headers_digest"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    # The resource's endpoint.
    resource: Mapped[str] = mapped_column(String(63))
    # "" for pasted text.
    file_name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    # "" until the file is complete.
    sha256: Mapped[str] = mapped_column(String(64), default="")
    # A `transfer.import_.source.Reading`; empty until a person has seen the file.
    reading: Mapped[Values] = mapped_column(JSON, default=dict)
    # Which column of the file goes where, by position: the last input of the columns form.
    mapping: Mapped[Values] = mapped_column(JSON, default=dict)
    headers_digest: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PlannedUpload(Model):
    """Which plan is based on which upload; one upload may have several."""

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), index=True)


class UploadChunk(Model):
    """A piece of an upload's file, if files are stored in the database."""

    __table_args__ = (Index(None, "upload_id", "attempt", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
