"""Run jobs again: those that failed or were cancelled, and finished ones whose file is gone.

A file may be lost without its job: removed by hand, left on another machine, or missing from a restored backup.
"""

from __future__ import annotations

from collections.abc import Iterable

from admin_app.extensions import AnySession
from admin_app.jobs import store as job_store
from admin_app.jobs.files import Files
from admin_app.models.job import Job, JobState


def has_made_file(job: Job) -> bool:
    """Whether a job ended with a file, even if the file is gone by now."""
    return job.state is JobState.DONE and bool(job.file_name)


def without_file(jobs: Iterable[Job], files: Files) -> set[int]:
    """Return those of these jobs whose file is gone."""
    return {job_id for job_id, _ in files.gone([(job.id, job.attempt) for job in jobs if has_made_file(job)])}


def begin_anew(session: AnySession, *, job: Job, files: Files) -> bool:
    """Put a job back into the queue; False if it is running, or is done and has its file (not yet committed)."""
    if without_file([job], files):
        return job_store.make_again(session, job_id=job.id, finished_at=job.finished_at)
    return job_store.retry(session, job_id=job.id)
