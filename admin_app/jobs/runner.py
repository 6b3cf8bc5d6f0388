"""Run one job: claim it, report progress every second, stop when told to, and leave a complete file or none."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.context import writing
from admin_app.db.troubles import say, trouble_of
from admin_app.db.types import utc_now
from admin_app.domain.modes import present_mode
from admin_app.errors import AdminError
from admin_app.extensions import db, this_application
from admin_app.jobs import store as job_store
from admin_app.jobs.files import Files
from admin_app.models.job import Job

log = logging.getLogger(__name__)

# Seconds between two progress reports. Each is a short write, and a cancelled job stops at the next one.
PULSE = 1.0


class Stop(StrEnum):
    """Why a job has to stop."""

    # It was cancelled, or another worker has it now.
    NOT_OURS = "not ours"
    # The worker was told to stop.
    SHUTDOWN = "shutdown"


class StoppedError(Exception):
    """The job has to stop."""


@dataclass
class Progress:
    """The progress of a job. The work writes it, and a thread beside the work reports it to the job store."""

    done: int = 0
    total: int | None = None
    problem_count: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    stop: Stop | None = None
    # Cancels the current statement, if the work has set it.
    interrupt: Callable[[], None] | None = None

    def add(self, count: int) -> None:
        """Count further rows as done."""
        self.done += count

    def set_total(self, total: int) -> None:
        """Set the number of rows."""
        self.total = total

    def set_interrupt(self, interrupt: Callable[[], None]) -> None:
        """Set what cancels a long statement."""
        self.interrupt = interrupt

    def begin_again(self) -> None:
        """Reset the progress."""
        self.done, self.problem_count, self.problems = 0, 0, []

    def problem(self, row: int, words: str) -> None:
        """Note a problem with a row."""
        self.problem_count += 1
        if len(self.problems) < job_store.MOST_PROBLEMS:
            self.problems.append((row, words))

    def check(self) -> None:
        """Raise `StoppedError` if the job has to stop."""
        if self.stop is not None:
            raise StoppedError


@dataclass(frozen=True)
class Product:
    """The file that a job creates. `otherwise` creates it again if the database that `chunks` are read from fails."""

    name: str
    chunks: Iterable[bytes]
    otherwise: Iterable[bytes] | None = None


# The work of a kind of job: it takes the job and its progress, and returns the file it creates, if any.
Work = Callable[[Job, Progress], Product | None]

# The jobs of this process, to be told when it stops.
_progress: dict[int, Progress] = {}


def run_job(job_id: int, files: Files, work: Mapping[str, Work]) -> None:
    """Run a job from beginning to end, whatever the end is. `work` has a function for each kind of job."""
    with _short() as session:
        # It waits until maintenance is over: the worker looks again every few seconds.
        if current_app.config["MAINTENANCE"] or present_mode(session).is_maintained:
            return
        job = job_store.claim(session, job_id=job_id)
        if job is None:
            return
        session.commit()
        session.refresh(job)
        session.expunge(job)
    # What an earlier attempt left, whose worker was killed.
    files.remove(job.id)
    progress = _progress[job.id] = Progress()
    try:
        with _pulse(job, progress):
            product = work[job.kind](job, progress)
            size = 0 if product is None else _write(job, product, files, progress)
            progress.check()
    except Exception as error:  # noqa: BLE001 -- whatever it was, the person who waits has to be told
        _came_to_nothing(job, progress, error)
        files.remove(job.id, job.attempt)
    else:
        _succeed(job, progress, product, size, files)
    finally:
        del _progress[job.id]


def stop_all() -> bool:
    """Tell every job of this process to stop and be given back; return whether there is any."""
    for progress in list(_progress.values()):
        _halt(progress, Stop.SHUTDOWN)
    return bool(_progress)


def _write(job: Job, product: Product, files: Files, progress: Progress) -> int:
    try:
        return files.write(job.id, job.attempt, _watched(product.chunks, progress))
    except DBAPIError as error:
        # We cancelled the statement of a job that has to stop.
        if product.otherwise is None or progress.stop is not None:
            raise
        _log(job, "begins again with another database", error)
    progress.begin_again()
    return files.write(job.id, job.attempt, _watched(product.otherwise, progress))


def _succeed(job: Job, progress: Progress, product: Product | None, size: int, files: Files) -> None:
    days = current_app.config["FILE_DAYS"]
    with _short() as session:
        is_ours = job_store.finish(
            session,
            job_id=job.id,
            attempt=job.attempt,
            expires_at=utc_now() + timedelta(days=days),
            done=progress.done,
            total=progress.total if progress.total is not None else progress.done,
            problem_count=progress.problem_count,
            problems=progress.problems,
            file_name=product.name if product is not None else "",
            file_size=size,
        )
        session.commit()
    if not is_ours:
        files.remove(job.id, job.attempt)


def _came_to_nothing(job: Job, progress: Progress, error: Exception) -> None:
    """Give the job back if the worker stops; store the reason if it failed. A cancelled job is up to date already."""
    with _short() as session:
        if progress.stop is Stop.SHUTDOWN:
            job_store.release(session, job_id=job.id, attempt=job.attempt)
        elif progress.stop is None:
            _log(job, "failed", error)
            job_store.fail(session, job_id=job.id, attempt=job.attempt, error=_in_words(error))
        session.commit()


def _log(job: Job, what: str, error: Exception) -> None:
    """Log the traceback, unless the store itself is in trouble: that is logged on one line, once a minute."""
    if isinstance(error, DBAPIError) and trouble_of(error) is not None:
        say(log, error)
    else:
        log.warning("job %s %s", job.id, what, exc_info=error)


def _in_words(error: Exception) -> str:
    if isinstance(error, AdminError):
        return str(error)
    if isinstance(error, OSError):
        return f"The file could not be written: {error.strerror or error}."
    if (trouble := trouble_of(error)) is not None:
        return str(trouble)
    if isinstance(error, DBAPIError):
        return f"The database reported an error: {str(error.orig).strip().splitlines()[0]}."
    return "Something went wrong. The worker's log says what."


def _watched(chunks: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    for chunk in chunks:
        progress.check()
        yield chunk


@contextmanager
def _pulse(job: Job, progress: Progress) -> Iterator[None]:
    """Report the progress to the job store while the work runs, and learn there that the job has to stop."""
    over = threading.Event()
    app = this_application()

    def carry() -> None:
        while not over.wait(PULSE):
            try:
                with app.app_context(), _short() as session:
                    is_ours = job_store.beat(
                        session, job_id=job.id, attempt=job.attempt, done=progress.done, total=progress.total
                    )
                    session.commit()
            except DBAPIError as error:
                # The work itself fails if the database stays away.
                _log(job, "could not say how far it is", error)
            else:
                if not is_ours:
                    _halt(progress, Stop.NOT_OURS)

    thread = threading.Thread(target=carry, name=f"pulse of job {job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _halt(progress: Progress, reason: Stop) -> None:
    progress.stop = progress.stop or reason
    if progress.interrupt is not None:
        progress.interrupt()


@contextmanager
def _short() -> Iterator[Session]:
    """Open a session for short, immediate writes."""
    with writing(), Session(db.engine, expire_on_commit=False) as session:
        yield session
