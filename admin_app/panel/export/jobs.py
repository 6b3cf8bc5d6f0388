"""An export as a job: it is stored with its selection as arguments of an address, and a worker reads it again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from textwrap import shorten

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.context import acting, reading, time_zone
from admin_app.db.replica import on_replica
from admin_app.domain.auth.accounts import actor_of
from admin_app.domain.permissions.policy import Action
from admin_app.domain.work import ticks
from admin_app.errors import TransferError
from admin_app.extensions import Values, db
from admin_app.jobs import store as job_store
from admin_app.jobs.queue import the_queue
from admin_app.jobs.runner import Product, Progress
from admin_app.models.change_set import Kind
from admin_app.models.job import Job
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.access.authority import acting_for
from admin_app.panel.export.columns import ExportColumns
from admin_app.panel.export.export import Order, export_file, file_name, order
from admin_app.panel.registry import resource_at
from admin_app.panel.resource import Resource
from admin_app.selection.selection import VIEW, Selection
from admin_app.timezones import zone_of
from admin_app.transfer.formats import FileOptions
from admin_app.web.replica import the_replica

KIND = "export"
# A job's title has room for the resource and the format beside them.
LONGEST_WORDS = 120
# How often a replica is asked again if it lacks the job's data, and the seconds in between.
ASKED, MOMENT = 10, 0.1
NOT_ANY_MORE = "You can no longer export this. No file was created."
CHANGED = "What you can see has changed since you started this export. No file was created. Start it again."


def begin_export(access: Access, wanted: Order) -> Job:
    """Store the job, and wake a worker."""
    resource, selection, keys = access.resource, wanted.selection, [column.key for column in wanted.columns]
    narrowed = _narrowed_words(wanted)
    nouns = f"{resource.plural}{narrowed}" if narrowed else f"All {resource.nouns}"
    arguments = {
        "resource": resource.endpoint,
        "selection": _kept_arguments(selection),
        "columns": keys,
        "format": wanted.format.key,
        "options": asdict(wanted.options),
        "rules": _rules_of(access, keys),
    }
    job = job_store.submit(
        db.session,
        kind=KIND,
        staff_id=wanted.staff_id or 0,
        title=f"{nouns} · {wanted.format.label}",
        arguments=arguments,
    )
    db.session.commit()
    the_queue().wake(job.id)
    return job


def _kept_arguments(selection: Selection) -> list[tuple[str, str]]:
    """Return the arguments that select the rows, without views and chosen columns. Ticks are copied, because the person may change them meanwhile."""
    kept = ticks.keep_copy(db.session, selection.ticks) if selection.ticks else 0
    return [pair for pair in selection.changed(columns=(), view=0, ticks=kept).arguments() if pair[0] != VIEW]


def _narrowed_words(wanted: Order) -> str:
    """Say what narrows the list: ": selected, “bike”, No user"."""
    selection = wanted.selection
    words = [*(["selected"] if selection.ticks else []), *([f"“{selection.search}”"] if selection.search else [])]
    words += [member.sentence() for member in selection.filters]
    return f": {shorten(', '.join(words), LONGEST_WORDS, placeholder='…')}" if words else ""


def resource_of_job(job: Job) -> Resource | None:
    """Return the resource that a job is about; None if it is gone, or the job is about none."""
    return resource_at(job.arguments.get("resource"))


def may_have(access: Access, job: Job) -> bool:
    """Whether the person may have the job's file: they may still export these columns, under the same row rules."""
    keys: list[str] = job.arguments["columns"]
    is_offered = access.may(Action.EXPORT) and set(keys) <= ExportColumns(access).offered().keys()
    return is_offered and _rules_of(access, keys) == job.arguments.get("rules", {})


def _rules_of(access: Access, keys: Sequence[str]) -> dict[str, list[list[str]]]:
    """Return the row rules that apply to a file with these columns, by resource; resources without a rule are left out."""
    columns = ExportColumns(access).offered()
    relations = (columns[key].relation for key in keys)
    models = {relation.property.mapper.class_ for relation in relations if relation is not None}
    related = [other for model in models if (other := access.to(model)) is not None]
    found = {access.resource.endpoint: access.rule_names(Action.EXPORT)}
    found |= {one.resource.endpoint: one.rule_names(Action.VIEW) for one in related}
    return {name: rules for name, rules in found.items() if rules}


def run_export(job: Job, progress: Progress) -> Product:
    """Write the file. Rights are checked again: they may have changed while the job waited."""
    resource = resource_of_job(job)
    staff = db.session.get(Staff, job.staff_id)
    if resource is None or staff is None:
        raise TransferError(NOT_ANY_MORE)
    asked: Values = job.arguments
    # The job acts for the person who ordered it, and its filters use their time zone.
    actor = actor_of(staff)
    with time_zone(zone_of(staff.time_zone)), acting(lambda: actor, kind=Kind.EXPORT), acting_for(staff):
        access = access_to(resource)
        if not may_have(access, job):
            raise TransferError(CHANGED if access.may(Action.EXPORT) else NOT_ANY_MORE)
        wanted = order(
            access,
            [(key, value) for key, value in asked["selection"]],
            columns=asked["columns"],
            format_key=asked["format"],
            options=FileOptions(**asked["options"]),
            staff_id=job.staff_id,
        )
        make = partial(
            export_file,
            wanted,
            set_interrupt=progress.set_interrupt,
            on_total=progress.set_total,
            on_rows=progress.add,
            on_problem=progress.problem,
        )
        # Release the connection while a replica is asked and the file is written.
        db.session.remove()
        replica, chunks = _replica_with(job), make()
        if replica is None:
            return Product(file_name(wanted), chunks)
        with on_replica(replica):
            first = make(is_made_again=lambda: progress.stop is None)
            return Product(file_name(wanted), first, otherwise=chunks)


def _replica_with(job: Job) -> Engine | None:
    """Return the replica if it has the job's own row, and so everything that was committed before it."""
    replica = the_replica()
    if replica is None or replica.state.problem:
        return None
    for _ in range(ASKED):
        try:
            with reading(), Session(replica.engine) as session:
                state = session.scalar(select(Job.state).where(Job.id == job.id))
        except DBAPIError as error:
            replica.leave(error)
            return None
        # A repeated job was ordered again. Until the replica has that, it still shows the job as ended.
        if state in job_store.OPEN:
            return replica.engine
        time.sleep(MOMENT)
    return None
