"""The verbs of a job: submit it, claim it, report its progress, finish it, release it. Each is one or two short statements.

A job is changed only from an expected state, so that of two workers, or a worker and a person, only one succeeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import joinedload

from admin_app.db.connection import rows_changed
from admin_app.db.types import utc_now
from admin_app.domain.clock import latest
from admin_app.errors import NotFoundError
from admin_app.extensions import AnySession, Values
from admin_app.metrics import Level
from admin_app.models.job import Job, JobState, Worker

# A worker reports every second. After this many seconds without a report it counts as gone.
LOST_AFTER = timedelta(seconds=15)
# A job that has ended two workers would probably end a third.
MOST_ATTEMPTS = 2
# How many problems are stored and shown; the rest are counted.
MOST_PROBLEMS = 1000

LOST = "The worker stopped before the job was done."
OPEN = (JobState.WAITING, JobState.RUNNING)


def submit(session: AnySession, *, kind: str, staff_id: int, title: str, arguments: Values) -> Job:
    """Submit a job (not yet committed)."""
    job = Job(kind=kind, staff_id=staff_id, title=title[:200], arguments=arguments)
    session.add(job)
    return job


def jobs_of(session: AnySession, *, staff_id: int | None, limit: int) -> Sequence[Job]:
    """Return the jobs of a person, or of everybody, newest first."""
    statement = select(Job).options(joinedload(Job.staff)).order_by(Job.id.desc()).limit(limit)
    return session.scalars(statement if staff_id is None else statement.where(Job.staff_id == staff_id)).all()


# Every page sends it. Building the statement each time would take four times as long.
_NEWS = (
    select(Job.id, Job.title, Job.state, Job.finished_at, Job.file_name)
    .where(Job.staff_id == bindparam("person_id"), or_(Job.state.in_(OPEN), Job.finished_at > bindparam("since")))
    .order_by(Job.id)
)


@dataclass(frozen=True)
class News:
    """A job as every page shows it: plain values that outlive their transaction."""

    id: int
    title: str
    state: JobState
    finished_at: datetime | None
    # "" where it made no file.
    file_name: str = ""


def news(session: AnySession, *, staff_id: int, since: datetime) -> list[News]:
    """Return a person's jobs for a page: the running ones, and those that ended since then, oldest first."""
    return [News(*row) for row in session.execute(_NEWS, {"person_id": staff_id, "since": since})]


def cancel(session: AnySession, *, job_id: int) -> bool:
    """Cancel a job that has not ended. Its worker notices within a second or two and removes what it wrote."""
    return _change(session, Job.id == job_id, Job.state.in_(OPEN), **_ended(JobState.CANCELLED))


def retry(session: AnySession, *, job_id: int) -> bool:
    """Put a job that failed, was cancelled or lost its worker back into the queue."""
    ended = Job.state.in_((JobState.FAILED, JobState.CANCELLED))
    return _change(session, Job.id == job_id, or_(ended, _is_lost()), attempt=0, **_BEGINNING)


def make_again(session: AnySession, *, job_id: int, finished_at: datetime | None) -> bool:
    """Put a finished job back into the queue, unless it has run again meanwhile: then it ended at another time."""
    wanted = (Job.id == job_id, Job.state == JobState.DONE, Job.finished_at == finished_at)
    return _change(session, *wanted, attempt=0, **_BEGINNING)


def claim(session: AnySession, *, job_id: int) -> Job | None:
    """Claim a waiting job; None if it is no longer waiting."""
    now = utc_now()
    values = {"state": JobState.RUNNING, "started_at": now, "heartbeat_at": now, "attempt": Job.attempt + 1}
    is_taken = _change(session, Job.id == job_id, Job.state == JobState.WAITING, **values)
    return session.get(Job, job_id) if is_taken else None


def beat(session: AnySession, *, job_id: int, attempt: int, done: int, total: int | None) -> bool:
    """Report a job's progress; False if it no longer belongs to this worker."""
    return _change(session, *_own(job_id, attempt), heartbeat_at=utc_now(), done=done, total=total)


def finish(session: AnySession, *, job_id: int, attempt: int, expires_at: datetime, **results: object) -> bool:
    """Finish a job; False if it no longer belongs to this worker: then its results must be removed."""
    return _change(session, *_own(job_id, attempt), **{**_ended(JobState.DONE), **results, "expires_at": expires_at})


def fail(session: AnySession, *, job_id: int, attempt: int, error: str) -> bool:
    """End a job with the reason for its failure."""
    return _change(session, *_own(job_id, attempt), **{**_ended(JobState.FAILED), "error": error[:2000]})


def release(session: AnySession, *, job_id: int, attempt: int) -> bool:
    """Give a job back, because its worker was told to stop. Another worker begins it again."""
    return _change(session, *_own(job_id, attempt), attempt=attempt - 1, **_BEGINNING)


def recover(session: AnySession) -> list[int]:
    """Take jobs from workers that are gone: to begin them again, or to fail if that was tried. Return all waiting jobs."""
    _change(session, _is_lost(), Job.attempt < MOST_ATTEMPTS, **_BEGINNING)
    _change(session, _is_lost(), **{**_ended(JobState.FAILED), "error": LOST})
    return list(session.scalars(select(Job.id).where(Job.state == JobState.WAITING).order_by(Job.id)))


def expired(session: AnySession) -> Sequence[Job]:
    """Return the expired jobs. A job that ended while a clock was ahead is kept from now on (not yet committed)."""
    now = utc_now()
    for job in session.scalars(select(Job).where(Job.finished_at > latest(now), Job.expires_at > latest(now))):
        if job.finished_at is not None and job.expires_at is not None:
            job.finished_at, job.expires_at = now, now + (job.expires_at - job.finished_at)
    return session.scalars(select(Job).where(Job.expires_at < utc_now()).limit(100)).all()


def is_lost(job: Job) -> bool:
    """Whether a job's worker has not reported for so long that it counts as gone."""
    now, heard = utc_now(), job.heartbeat_at or job.created_at
    return job.state is JobState.RUNNING and not now - LOST_AFTER <= heard <= latest(now)


def worker_seen(session: AnySession, *, worker_id: str) -> None:
    """Note that a worker is alive, and forget those that are long gone."""
    session.merge(Worker(id=worker_id, seen_at=utc_now()))
    is_gone = or_(Worker.seen_at < utc_now() - 10 * LOST_AFTER, Worker.seen_at > latest(utc_now()))
    session.execute(delete(Worker).where(is_gone))


def worker_left(session: AnySession, *, worker_id: str) -> None:
    """Forget a worker that stops."""
    session.execute(delete(Worker).where(Worker.id == worker_id))


def is_anybody_working(session: AnySession) -> bool:
    """Whether any worker is alive."""
    return session.scalar(select(Worker.id).where(_is_alive(utc_now())).limit(1)) is not None


def oldest_waiting(session: AnySession) -> datetime | None:
    """Return since when the oldest waiting job has waited, if any is waiting."""
    return session.scalar(select(func.min(Job.created_at)).where(Job.state == JobState.WAITING))


def levels(session: AnySession) -> dict[Level, float]:
    """Return how many jobs and workers there are on all machines, for metrics."""
    found = dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all())
    oldest, now = oldest_waiting(session), utc_now()
    alive = select(func.count()).select_from(Worker).where(_is_alive(now))
    return {
        Level.WAITING: found.get(JobState.WAITING, 0),
        Level.RUNNING: found.get(JobState.RUNNING, 0),
        Level.FAILED: found.get(JobState.FAILED, 0),
        Level.OLDEST: max((now - oldest).total_seconds(), 0) if oldest is not None else 0,
        Level.WORKERS: session.scalar(alive) or 0,
    }


def requested(session: AnySession, *, job_id: int, staff_id: int | None) -> Job:
    """Return a job of this person, or of anybody for None. Otherwise raise `NotFoundError`: other people's jobs look like missing ones."""
    job = session.get(Job, job_id)
    if job is None or (staff_id is not None and job.staff_id != staff_id):
        message = f"Job {job_id} does not exist."
        raise NotFoundError(message)
    return job


_BEGINNING: Values = {
    "state": JobState.WAITING,
    "done": 0,
    "total": None,
    "error": "",
    "problem_count": 0,
    "problems": [],
    "file_name": "",
    "file_size": 0,
    "started_at": None,
    "heartbeat_at": None,
    "finished_at": None,
    "expires_at": None,
}


def _ended(state: JobState) -> Values:
    # Failed and cancelled jobs are shown for a week.
    return {"state": state, "finished_at": utc_now(), "expires_at": utc_now() + timedelta(days=7)}


def _own(job_id: int, attempt: int) -> tuple[ColumnElement[bool], ...]:
    return Job.id == job_id, Job.state == JobState.RUNNING, Job.attempt == attempt


def _is_alive(now: datetime) -> ColumnElement[bool]:
    return and_(Worker.seen_at > now - LOST_AFTER, Worker.seen_at <= latest(now))


def _is_lost() -> ColumnElement[bool]:
    now = utc_now()
    # A living worker reports every few seconds: a time in the future comes from a clock that was ahead.
    return and_(Job.state == JobState.RUNNING, or_(Job.heartbeat_at < now - LOST_AFTER, Job.heartbeat_at > latest(now)))


def _change(session: AnySession, *wanted: ColumnElement[bool], **values: object) -> bool:
    statement = update(Job).where(*wanted).values(**values).execution_options(synchronize_session=False)
    number = rows_changed(session.execute(statement))
    session.expire_all()
    return number > 0
