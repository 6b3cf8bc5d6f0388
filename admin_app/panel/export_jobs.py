"""An export as a job: written down with its selection as an address prints it, and read again when a worker takes it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from admin_app.current import acting, time_zone
from admin_app.domain.accounts import actor_of
from admin_app.domain.permissions import Act
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.jobs import ledger
from admin_app.jobs.queue import the_queue
from admin_app.jobs.running import KINDS, Product, Progress
from admin_app.models.change_set import Kind
from admin_app.models.job import Job
from admin_app.models.staff import Staff
from admin_app.panel.registry import resource_of, resources
from admin_app.panel.standing import standing_for
from admin_app.selection.selection import VIEW
from admin_app.transfer.formats import FileOptions
from admin_app.zones import zone_of

if TYPE_CHECKING:
    from admin_app.panel.exporting import Exporting, Order
    from admin_app.panel.resource import ResourceView

KIND = "export"
NOT_ANY_MORE = "You can no longer export this. No file was created."
CHANGED = "What you can see has changed since you started this export. No file was created. Start it again."


def begin_export(view: Exporting, order: Order) -> Job:
    """Write the job down, and wake a worker."""
    narrowed = _narrowed_words(order)
    arguments = {
        "resource": view.endpoint,
        # Views and chosen columns are the person's; which rows, the rest says.
        "selection": [pair for pair in order.selection.changed(columns=(), view=0).arguments() if pair[0] != VIEW],
        "columns": [column.key for column in order.columns],
        "format": order.format.key,
        "options": asdict(order.options),
        "rules": _rules_of(view, [column.key for column in order.columns]),
    }
    job = ledger.submit(
        db.session,
        kind=KIND,
        staff_id=order.staff_id or 0,
        title=f"{view.plural}{narrowed} · {order.format.label}",
        arguments=arguments,
    )
    db.session.commit()
    the_queue().wake(job.id)
    return job


def _narrowed_words(wanted: Order) -> str:
    """Say by what the list is narrowed: " (search, 2 filters)"."""
    search, number = wanted.selection.search, len(wanted.selection.filters)
    words = [*(["search"] if search else []), *([f"{number} filter{'' if number == 1 else 's'}"] if number else [])]
    return f" ({', '.join(words)})" if words else ""


def resource_of_job(job: Job) -> ResourceView | None:
    """Return the resource that a job is about, None where it is gone or the job is about none."""
    return next((one for one in resources() if one.endpoint == job.arguments.get("resource")), None)


def may_have(view: ResourceView, job: Job) -> bool:
    """Whether the person may have what the job is to write, or wrote: still export, these columns, by the same row rules."""
    keys: list[str] = job.arguments["columns"]
    is_offered = view.may(Act.EXPORT) and set(keys) <= view.exportable().keys()
    return is_offered and _rules_of(view, keys) == job.arguments.get("rules", {})


def _rules_of(view: Exporting, keys: Sequence[str]) -> dict[str, list[list[str]]]:
    """Return the row rules that a file of these columns is kept to, by resource; of those with none nothing."""
    columns = view.exportable()
    others = (columns[key].relation for key in keys)
    models = {relation.property.mapper.class_ for relation in others if relation is not None}
    related = [other for model in models if (other := resource_of(model)) is not None]
    found = {view.endpoint: view.rule_names(Act.EXPORT)} | {one.endpoint: one.rule_names(Act.VIEW) for one in related}
    return {name: rules for name, rules in found.items() if rules}


def run_export(job: Job, progress: Progress) -> Product:
    """Make the file. Rights are asked anew: they may have changed while the job waited."""
    view = resource_of_job(job)
    staff = db.session.get(Staff, job.staff_id)
    if view is None or staff is None:
        raise TransferError(NOT_ANY_MORE)
    asked: dict[str, Any] = job.arguments
    # What is done is done by the person who asked, and so are the days of its filters theirs.
    actor = actor_of(staff)
    with time_zone(zone_of(staff.time_zone)), acting(lambda: actor, kind=Kind.EXPORT), standing_for(staff):
        if not may_have(view, job):
            raise TransferError(CHANGED if view.may(Act.EXPORT) else NOT_ANY_MORE)
        order = view.order(
            [(key, value) for key, value in asked["selection"]],
            columns=asked["columns"],
            format_key=asked["format"],
            options=FileOptions(**asked["options"]),
            staff_id=job.staff_id,
        )
        chunks = view.export_file(
            order,
            on_begin=progress.set_interrupt,
            on_total=progress.set_total,
            on_rows=progress.add,
            on_problem=progress.problem,
        )
    # The connection is not needed while the file is written.
    db.session.remove()
    return Product(view.file_name(order), chunks)


KINDS[KIND] = run_export
