"""Files in records: each content is stored once, whoever sent it, with the time until which an unused one is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model


class StoredFile(Model):
    """A file's content. Each record that refers to it has its own name for it."""

    # The id of a removed file must not be reused: files are named by it.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    # None until the file is complete.
    sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    # Its type, judged by its content.
    content_type: Mapped[str] = mapped_column(String(100), default="")
    # Whether a preview is stored as well.
    has_preview: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # When it is next checked for use.
    look_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StoredFileChunk(Model):
    """A piece of such a file, if files are stored in the database."""

    __table_args__ = (Index(None, "stored_file_id", "attempt", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
