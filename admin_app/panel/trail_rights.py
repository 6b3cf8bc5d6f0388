"""What of the trail a person sees and may take back: the acts, records, fields and names that their rights reach."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import abort

from admin_app.domain.history import Wanted
from admin_app.domain.permissions import Act
from admin_app.domain.undo import fields_changed, is_redo, strays
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet, Did, Kind
from admin_app.models.stored import kept_columns, recorded_models
from admin_app.panel.registry import resource_of, resources
from admin_app.panel.resource import ResourceView
from admin_app.web.login import current_person


def visible() -> Wanted:
    """Return what of the trail the person may see. What a record was is for who may see it now: gone ones are judged by nothing."""
    shown = [resource for resource in resources() if resource.may(Act.HISTORY)]
    rows = {one.model: which for one in shown if (which := one.rows(Act.HISTORY)) is not None}
    person = current_person()
    return Wanted(
        hidden=sorted(set(recorded_models()) - {_table(one) for one in shown}),
        rows=rows,
        own=person.id if person is not None and rows else None,
        unnamed=[_table(one) for one in shown if not one.shows_title()],
    )


def summary_of(done: ChangeSet) -> str:
    """Say what an act was; where the name in it is not for the person, by the record's number."""
    model = recorded_models().get(done.resource)
    resource = resource_of(model) if model is not None else None
    if resource is None or resource.shows_title():
        return done.summary or "No description"
    if done.record_id is None:
        return f"{_way(done)} of {resource.nouns}"
    return f"{_way(done)}: {resource.number_of(done.record_id)}"


def _way(done: ChangeSet) -> str:
    return "Redo" if is_redo(done) else "Change" if done.kind == Kind.FORM else done.kind.capitalize()


def require_fields(done: ChangeSet, touched: Collection[ResourceView]) -> None:
    """Answer 403 where an undo would give back values of fields that the person may not write."""
    for resource in touched:
        fixed = [key for key in kept_columns(resource.model) if not resource.may_write(key, Act.UNDO)]
        if fixed and fields_changed(db.session, done.id, resource.model) & set(fixed):
            abort(403)


def require_rows_before(done: ChangeSet, touched: Collection[ResourceView]) -> None:
    """Answer as if an act were not there where it made or changed records that the person does not see, 403 where it is not theirs to undo."""
    for resource in touched:
        for rows, status in ((resource.seen(), 404), (resource.rows(Act.UNDO), 403)):
            if rows is not None and strays(db.session, done.id, resource.model, rows, [Did.CREATE, Did.UPDATE]):
                abort(status)


def require_rows_after(set_id: int, touched: Collection[ResourceView]) -> None:
    """Answer as if an act were not there where what it gave back is out of the person's reach, or cannot be judged as it is gone."""
    for resource in touched:
        rows = resource.rows(Act.UNDO)
        if rows is not None and strays(db.session, set_id, resource.model, rows, [Did.UPDATE, Did.DELETE]):
            abort(404)


def _table(resource: ResourceView) -> str:
    table: Any = resource.model.__table__
    return str(table.name)
