"""Work on one job: take it up, say every second how far it is, stop when told to, and leave a whole file or none."""

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

# Seconds between two words about a job: each is a short write, and a cancelled job stops with the next one.
PULSE = 1.0


class Stop(StrEnum):
    """Why a job is to stop."""

    # It was cancelled, or is another worker's now.
    NOT_OURS = "not ours"
    # The worker was told to stop.
    SHUTDOWN = "shutdown"


class StoppedError(Exception):
    """The job is to stop."""


@dataclass
class Progress:
    """How far a job is; what works on it writes here, a thread beside it carries it to the ledger."""

    done: int = 0
    total: int | None = None
    problem_count: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    stop: Stop | None = None
    # Ends the statement under way, where the work has said how.
    interrupt: Callable[[], None] | None = None

    def add(self, count: int) -> None:
        """Say that so many rows more are done."""
        self.done += count

    def set_total(self, total: int) -> None:
        """Say how many rows there are."""
        self.total = total

    def set_interrupt(self, interrupt: Callable[[], None]) -> None:
        """Say how to end a statement that takes long."""
        self.interrupt = interrupt

    def begin_again(self) -> None:
        """Forget how far the work was."""
        self.done, self.problem_count, self.problems = 0, 0, []

    def problem(self, row: int, words: str) -> None:
        """Note what could not be done as it should."""
        self.problem_count += 1
        if len(self.problems) < job_store.MOST_PROBLEMS:
            self.problems.append((row, words))

    def check(self) -> None:
        """Stop here if the job is to stop."""
        if self.stop is not None:
            raise StoppedError


@dataclass(frozen=True)
class Product:
    """A file that a job makes; `otherwise` makes it once more where the database that `chunks` are read from breaks off."""

    name: str
    chunks: Iterable[bytes]
    otherwise: Iterable[bytes] | None = None


# What does the work of a kind of job: given the job and its progress, it returns the file it makes, if it makes one.
Work = Callable[[Job, Progress], Product | None]

# The jobs of this process, to be told when it stops.
_progress: dict[int, Progress] = {}


def run_job(job_id: int, files: Files, work: Mapping[str, Work]) -> None:
    """Do a job from its beginning to its end, whatever that is; `work` has what is to be done by the kind of job."""
    with _short() as session:
        # It waits until the maintenance is over: the worker looks again every few seconds.
        if current_app.config["MAINTENANCE"] or present_mode(session).is_maintained:
            return
        job = job_store.claim(session, job_id=job_id)
        if job is None:
            return
        session.commit()
        session.refresh(job)
        session.expunge(job)
    # What an earlier attempt left, by a worker that was killed.
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
        # A job that is to stop had its statement ended by us.
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
    """Give the job back if the worker stops, say why it failed if it did; a cancelled one knows already."""
    with _short() as session:
        if progress.stop is Stop.SHUTDOWN:
            job_store.release(session, job_id=job.id, attempt=job.attempt)
        elif progress.stop is None:
            _log(job, "failed", error)
            job_store.fail(session, job_id=job.id, attempt=job.attempt, error=_in_words(error))
        session.commit()


def _log(job: Job, what: str, error: Exception) -> None:
    """Write where it happened too, unless it is the store: that is one line, however often it is met."""
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
    """Carry the progress to the ledger while the work is under way, and hear from there that it is to stop."""
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
                # The work will fail by itself if the database stays away.
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
    """Open a session that writes at once and briefly."""
    with writing(), Session(db.engine, expire_on_commit=False) as session:
        yield session
