"""The jobs page: waiting, running and finished jobs, with their files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import humanize
from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_app import formatting
from admin_app.db.limits import as_key
from admin_app.db.transaction import transaction
from admin_app.db.types import utc_now
from admin_app.domain.permissions.policy import rights_of
from admin_app.errors import NotFoundError
from admin_app.extensions import db
from admin_app.jobs import backfills, rerun
from admin_app.jobs import store as job_store
from admin_app.jobs.queue import the_queue
from admin_app.models.job import Job, JobState
from admin_app.panel.access.access import access_to
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.export.jobs import KIND, may_have, resource_of_job
from admin_app.panel.kinds import value_cell
from admin_app.panel.view_models import Cell
from admin_app.transfer.formats import CSV, FORMATS
from admin_app.transfer.formats.csv import csv_chunks
from admin_app.web.auth import login
from admin_app.web.flash import announce

MOST_SHOWN = 100
SHOWN_PROBLEMS = 5


@dataclass(frozen=True)
class JobLine:
    """A job on the page; addresses are "" if there is nothing to do or to download."""

    id: int
    title: str
    owner: str
    state: JobState
    words: str
    done: int
    total: int | None
    asked: Cell
    problems: tuple[str, ...]
    file_words: str
    file_url: str
    problems_url: str
    can_cancel: bool
    can_retry: bool
    is_gone: bool
    can_make_again: bool


class JobsPage(ProtectedView):
    """A person's own jobs, and everybody's for people with all rights."""

    files = frozenset({"file", "problems"})
    retried = frozenset({"cancel", "retry"})

    def is_visible(self) -> bool:
        """Stand in our own menu."""
        return False

    def back_from_file(self, _name: str) -> str:
        """Lead to the jobs, whose links the files are."""
        return url_for("jobs.index")

    @expose("/")
    def index(self) -> str:
        """Show the jobs, newest first."""
        is_owner, wants_all = _is_owner(), request.args.get("all") == "1"
        is_all = is_owner and wants_all
        jobs = job_store.jobs_of(db.session, staff_id=None if is_all else _me(), limit=MOST_SHOWN)
        return self._page(jobs, is_owner=is_owner, is_all=is_all)

    def _page(self, jobs: Sequence[Job], *, is_owner: bool, is_all: bool) -> str:
        gone = rerun.without_file(jobs, the_queue().files)
        lines = [_line(job, is_gone=job.id in gone) for job in jobs]
        return str(
            self.render(
                "pages/jobs.html",
                jobs=lines,
                is_owner=is_owner,
                is_all=is_all,
                here=url_for("jobs.index", all=1) if is_all else url_for("jobs.index"),
                is_under_way=any(one.state in job_store.OPEN for one in lines),
                fillings=backfills.under_way(db.session) if is_owner else (),
                is_anybody_working=job_store.is_anybody_working(db.session),
            )
        )

    @expose("/cancel/", methods=("POST",))
    def cancel(self) -> ResponseReturnValue:
        """Cancel a job."""
        return self._act(_cancel, "“{}” was cancelled. No file was kept.", "“{}” had already ended.")

    @expose("/retry/", methods=("POST",))
    def retry(self) -> ResponseReturnValue:
        """Start a job again that failed or was cancelled, or whose file is gone."""
        return self._act(_begin_anew, "“{}” was started again.", "“{}” is already running or done.")

    def _act(self, act: Callable[[Job], bool], done: str, not_done: str) -> ResponseReturnValue:
        job = _requested(may_be_others=True)
        title, job_id = job.title, job.id
        with transaction(db.session):
            is_done = act(job)
        if is_done and act is _begin_anew:
            the_queue().wake(job_id)
        announce((done if is_done else not_done).format(formatting.inside_quotes(title)))
        return login.lead_to(url_for("jobs.index", all=1) if job.staff_id != _me() else url_for("jobs.index"))

    @expose("/file/")
    def file(self) -> Response | tuple[str, HTTPStatus]:
        """Send the file of one's own job, unless the person has lost a right that it needs."""
        job = _requested()
        if not rerun.has_made_file(job):
            abort(404)
        if not _may_have_file(job):
            abort(403)
        chunks = the_queue().files.read(job.id, job.attempt)
        if chunks is None:
            return self._page([job], is_owner=_is_owner(), is_all=False), HTTPStatus.NOT_FOUND
        known = FORMATS.get(job.file_name.rpartition(".")[2])
        return Response(
            chunks,
            content_type=known.content_type if known else "application/octet-stream",
            headers={
                "Content-Disposition": f'attachment; filename="{job.file_name}"',
                "Content-Length": str(job.file_size),
            },
        )

    @expose("/problems/")
    def problems(self) -> Response:
        """Send the problems of one's own job as CSV; they speak of the file's rows, so who lost the right to it does not get them either."""
        job = _requested()
        if not job.problems:
            abort(404)
        if not _may_have_file(job):
            abort(403)
        return Response(
            csv_chunks(["Row", "Problem"], [tuple(one) for one in job.problems]),
            content_type=CSV.content_type,
            headers={"Content-Disposition": f'attachment; filename="job-{job.id}-problems.csv"'},
        )


def _me() -> int:
    return login.signed_in_principal().id


def _is_owner() -> bool:
    return rights_of(login.signed_in_principal()).has_everything


def _requested(*, may_be_others: bool = False) -> Job:
    """Return the requested job: one's own or, for an owner, anybody's. Other jobs answer 404."""
    key = as_key(Job, request.args.get("id", ""))
    try:
        return job_store.requested(
            db.session, job_id=key or 0, staff_id=None if may_be_others and _is_owner() else _me()
        )
    except NotFoundError:
        abort(404)


def _may_have_file(job: Job) -> bool:
    resource = resource_of_job(job)
    return resource is not None and job.kind == KIND and may_have(access_to(resource), job)


def _cancel(job: Job) -> bool:
    return job_store.cancel(db.session, job_id=job.id)


def _begin_anew(job: Job) -> bool:
    """Start a job again. If it had a file, the person needs today's rights; the worker checks those of the job's owner."""
    if job.staff_id == _me() and rerun.has_made_file(job) and not _may_have_file(job):
        abort(403)
    return rerun.begin_anew(db.session, job=job, files=the_queue().files)


def _line(job: Job, *, is_gone: bool) -> JobLine:
    is_mine, is_lost = job.staff_id == _me(), job_store.is_lost(job)
    tells = bool(job.problems) and (not is_mine or _may_have_file(job))
    has_file = rerun.has_made_file(job) and not is_gone
    return JobLine(
        id=job.id,
        title=job.title,
        owner=job.staff.name,
        state=JobState.FAILED if is_lost else job.state,
        words=job_store.LOST if is_lost else _words(job),
        done=job.done,
        total=job.total,
        asked=value_cell(job.created_at, is_whole=True),
        problems=tuple(f"Row {row:,}: {words}" for row, words in job.problems[:SHOWN_PROBLEMS] if tells),
        file_words=formatting.size(job.file_size) if has_file else "",
        file_url=url_for("jobs.file", id=job.id) if has_file and is_mine else "",
        problems_url=url_for("jobs.problems", id=job.id)
        if job.problem_count > SHOWN_PROBLEMS and is_mine and tells
        else "",
        can_cancel=job.state in job_store.OPEN and not is_lost,
        can_retry=is_lost or job.state in {JobState.FAILED, JobState.CANCELLED},
        is_gone=is_gone,
        can_make_again=is_gone and (not is_mine or _may_have_file(job)),
    )


def _words(job: Job) -> str:
    """Describe the state of a job."""
    match job.state:
        case JobState.RUNNING:
            return _progress(job, utc_now())
        case JobState.DONE:
            problems = (
                f", with {formatting.counted(job.problem_count, 'problem', 'problems')}" if job.problem_count else ""
            )
            return f"{formatting.counted(job.done, 'row', 'rows')}{problems}"
        case JobState.FAILED:
            return job.error
        case _:
            return ""


def _progress(job: Job, now: datetime) -> str:
    """Describe the progress: "12,000 of 50,000 rows, 8,000 a second, 5 seconds left"."""
    of = f" of {formatting.number(job.total)}" if job.total is not None else ""
    words = [f"{formatting.number(job.done)}{of} rows"]
    seconds = (now - (job.started_at or now)).total_seconds()
    if job.done and seconds >= 1:
        speed = job.done / seconds
        words.append(f"{formatting.number(round(speed))} a second")
        if job.total:
            words.append(f"{humanize.naturaldelta(max(job.total - job.done, 0) / speed)} left")
    return ", ".join(words)
