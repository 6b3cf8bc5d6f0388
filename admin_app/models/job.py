"""Jobs: what was asked for, the progress, the result and its file if it is stored here; and the workers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import AnyRow, Model, Values
from admin_app.models.staff import Staff


class JobState(StrEnum):
    """The state of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Model):
    """One person's long task. The row is authoritative; the queue only wakes a worker for it."""

    # The id of an expired job must not be reused: files are named by it.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    arguments: Mapped[Values] = mapped_column(JSON)
    state: Mapped[JobState] = mapped_column(
        Enum(JobState, native_enum=False, length=20, values_callable=lambda states: [one.value for one in states]),
        default=JobState.WAITING,
        index=True,
    )
    # Each claim by a worker increments it: what an earlier attempt still writes is ignored.
    attempt: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int | None] = mapped_column(BigInteger)
    problem_count: Mapped[int] = mapped_column(default=0)
    # The first problems, as (row, words).
    problems: Mapped[list[AnyRow]] = mapped_column(JSON, default=list)
    error: Mapped[str] = mapped_column(Text, default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_size: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    staff: Mapped[Staff] = relationship()


class JobChunk(Model):
    """A piece of a job's file, if files are stored in the database."""

    __table_args__ = (Index(None, "job_id", "attempt", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Worker(Model):
    """A worker process, and when it last reported."""

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
