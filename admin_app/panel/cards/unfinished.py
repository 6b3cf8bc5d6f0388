"""A person's unfinished work: drafts, waiting plans, uploads, jobs and their files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from urllib.parse import quote, urlencode

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from admin_app.db.keys import read_key
from admin_app.db.types import utc_now
from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.plan.plan import waiting_of
from admin_app.domain.work.drafts import drafts_of
from admin_app.extensions import db
from admin_app.jobs import rerun, uploads
from admin_app.jobs import store as job_store
from admin_app.jobs.queue import the_queue
from admin_app.panel.access.access import access_at
from admin_app.panel.cards.view_models import CardRow
from admin_app.panel.drafts import IN_ADDRESS, RECORD_FORMS
from admin_app.panel.kinds import value_cell
from admin_app.panel.links import link
from admin_app.panel.plan.own_plan import is_import
from admin_app.panel.plan.words import title_of
from admin_app.panel.view_models import Link

MOST = 8
# A file that a job made is news for a day.
NEWS = timedelta(days=1)


@dataclass(frozen=True)
class _Begun:
    at: datetime
    label: str
    url: str
    said: str


def unfinished(person: AnyPrincipal) -> tuple[CardRow, ...]:
    """Return a person's unfinished work, the newest first, by one statement for each sort."""
    found = [*_drafts(person), *_plans(person), *_uploads(person), *_jobs(person)]
    newest = sorted(found, key=attrgetter("at"), reverse=True)[:MOST]
    return tuple(CardRow(Link(one.label, one.url), one.said, value_cell(one.at, is_whole=False)) for one in newest)


def _drafts(person: AnyPrincipal) -> Iterator[_Begun]:
    """Yield links to the forms of drafts, without forms whose page is gone or no longer open to the person."""
    for key, address, at in drafts_of(db.session, person):
        # As drafts.form_address() writes it: a form of no record has no number, and lists know no field `id`.
        path, _, number = address.partition("?id=")
        if label := _form_label(path, number):
            arguments = {"id": number, IN_ADDRESS: key} if number else {IN_ADDRESS: key}
            yield _Begun(at, label, f"{request.script_root}{quote(path)}?{urlencode(arguments)}", "not saved")


def _form_label(path: str, number: str) -> str:
    """Return the label of the form of records at an address; "" if the person may not open it, or if it asks how to do something."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path)
    except HTTPException:
        return ""
    name, _, view = endpoint.partition(".")
    access = access_at(name)
    if access is None or view not in RECORD_FORMS or not access.may(_NEEDS.get(view, Action.LIST)):
        return ""
    if view == "create_view":
        return f"New {access.resource.noun}"
    if view == "edit_page_view":
        return f"{access.resource.plural} edited in the list"
    key = read_key(access.resource.model, number)
    if key is None:
        return access.resource.plural
    return access.number_of(key) if view == "edit_view" else f"Note on {access.number_of(key)}"


_NEEDS = {"create_view": Action.CREATE, "edit_view": Action.EDIT, "edit_page_view": Action.EDIT}


def _plans(person: AnyPrincipal) -> Iterator[_Begun]:
    for plan in waiting_of(db.session, person.id, most=MOST):
        access = access_at(plan.resource)
        if access is not None and access.may(Action.IMPORT if is_import(plan) else Action.BULK):
            url = link(access.resource, "plan_view", id=plan.id)
            yield _Begun(plan.created_at, title_of(plan, access.resource), url, "waits for you")


def _uploads(person: AnyPrincipal) -> Iterator[_Begun]:
    for upload in uploads.open_of(db.session, staff_id=person.id, most=MOST):
        access = access_at(upload.resource)
        if access is not None and access.may(Action.IMPORT):
            label = f"Import {access.resource.nouns}: {upload.file_name or 'pasted rows'}"
            yield _Begun(
                upload.created_at, label, link(access.resource, "import_source_view", id=upload.id), "not imported"
            )


def _jobs(person: AnyPrincipal) -> Iterator[_Begun]:
    """Yield links to running jobs, and to the files of jobs that ended lately."""
    jobs = job_store.jobs_of(db.session, staff_id=person.id, limit=MOST)
    ready = [one for one in jobs if rerun.has_made_file(one) and one.finished_at and one.finished_at > utc_now() - NEWS]
    gone = rerun.without_file(ready, the_queue().files) if ready else set()
    for job in jobs:
        if job.state in job_store.OPEN:
            yield _Begun(job.created_at, job.title, url_for("jobs.index"), "under way")
        elif job in ready and job.id not in gone:
            yield _Begun(job.created_at, job.title, url_for("jobs.file", id=job.id), "Download")
