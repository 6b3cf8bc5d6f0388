"""Find possible duplicates among all records: a job walks the whole index, and stores the keys that several records share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from admin_app.context import reading, time_zone, writing
from admin_app.db.transaction import transaction
from admin_app.db.turns import let_others_write
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.duplicates import Start, Stretch, alike_keys
from admin_app.domain.work import found_groups
from admin_app.errors import MergeError
from admin_app.extensions import db
from admin_app.formatting import in_sentence
from admin_app.jobs import store as job_store
from admin_app.jobs.queue import the_queue
from admin_app.jobs.runner import Product, Progress
from admin_app.models.job import Job
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.access.authority import acting_for
from admin_app.panel.registry import resource_at
from admin_app.timezones import zone_of

KIND = "duplicates"
# The most groups of one job: nobody goes through more.
MOST_GROUPS = 100_000
# The number of a person's latest jobs that are searched for the last one about a key.
_MOST_JOBS = 50
NOT_ANY_MORE = "You can no longer see what was looked through."


def begin(access: Access, by: str, staff_id: int) -> Job:
    """Start a job (committed), or return the one that is still running."""
    last = last_job(access, by, staff_id)
    if last is not None and last.state in job_store.OPEN and not job_store.is_lost(last):
        return last
    resource = access.resource
    job = job_store.submit(
        db.session,
        kind=KIND,
        staff_id=staff_id,
        title=f"Possible duplicates: {resource.nouns} by {in_sentence(resource.label(by))}",
        arguments={"resource": resource.endpoint, "by": by},
    )
    db.session.commit()
    the_queue().wake(job.id)
    return job


def last_job(access: Access, by: str, staff_id: int) -> Job | None:
    """Return the person's last job about a key."""
    jobs = job_store.jobs_of(db.session, staff_id=staff_id, limit=_MOST_JOBS)
    return next((one for one in jobs if is_about(access, by, one)), None)


def is_about(access: Access, by: str, job: Job) -> bool:
    """Whether a job searches this resource by this key."""
    return job.kind == KIND and (job.arguments["resource"], job.arguments["by"]) == (access.resource.endpoint, by)


def run_duplicates(job: Job, progress: Progress) -> Product | None:
    """Walk along the index, one part per transaction. The groups of an earlier attempt are deleted."""
    db.session.rollback()
    with writing(), transaction(db.session):
        found_groups.forget(db.session, job_id=job.id)
    with _looking(job) as access:
        progress.set_total(_number_of(access))
    start: Start | None = Start()
    while start is not None:
        progress.check()
        with _looking(job) as access:
            part = _part(access, job.arguments["by"], start)
        with writing(), transaction(db.session):
            number = found_groups.keep(db.session, job_id=job.id, keys=part.keys)
        if number >= MOST_GROUPS:
            message = f"There are more than {MOST_GROUPS:,} groups. The first of them are kept."
            raise MergeError(message)
        let_others_write(db.engine)
        # The next part begins with the last group of this one.
        progress.done = min(progress.done + part.looked_at, progress.total or 0)
        start = part.following
    db.session.remove()
    return None


def _number_of(access: Access) -> int:
    """Count the records that the person may list."""
    rows = access.rows(Action.LIST)
    some = select(func.count()).select_from(access.resource.model)
    return db.session.scalar(some if rows is None else some.where(rows)) or 0


def _part(access: Access, by: str, start: Start) -> Stretch:
    resource = access.resource
    column, likeness = getattr(resource.model, by), resource.duplicate_keys[by]
    return alike_keys(db.session, column, likeness, start=start, rows=access.rows(Action.LIST))


@contextmanager
def _looking(job: Job) -> Iterator[Access]:
    """Search with the person's present rights; raise `MergeError` if they may no longer do this."""
    staff, resource = db.session.get(Staff, job.staff_id), resource_at(job.arguments["resource"])
    if staff is None or resource is None:
        raise MergeError(NOT_ANY_MORE)
    with reading(), time_zone(zone_of(staff.time_zone)), acting_for(staff):
        access = access_to(resource)
        if not access.may(Action.LIST) or job.arguments["by"] not in access.shown(resource.duplicate_keys):
            raise MergeError(NOT_ANY_MORE)
        yield access
    db.session.rollback()
