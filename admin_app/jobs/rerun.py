"""Jobs done once more: those that came to nothing, and those whose file is gone although they are done.

A file goes by other ways than its job: removed by hand, left on another machine, not in the backup that was restored.
"""

from __future__ import annotations

from collections.abc import Iterable

from admin_app.extensions import AnySession
from admin_app.jobs import store as job_store
from admin_app.jobs.files import Files
from admin_app.models.job import Job, JobState


def has_made_file(job: Job) -> bool:
    """Whether a job ended with a file, wherever that is by now."""
    return job.state is JobState.DONE and bool(job.file_name)


def without_file(jobs: Iterable[Job], files: Files) -> set[int]:
    """Return which of these jobs made a file that is not there any more."""
    return {job_id for job_id, _ in files.gone([(job.id, job.attempt) for job in jobs if has_made_file(job)])}


def begin_anew(session: AnySession, *, job: Job, files: Files) -> bool:
    """Let a job be done once more; False where it is under way, or done and its file there (not yet committed)."""
    if without_file([job], files):
        return job_store.make_again(session, job_id=job.id, finished_at=job.finished_at)
    return job_store.retry(session, job_id=job.id)
