"""Limit the history by rights: which change sets, records, fields and names a person sees, and what they may undo."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from flask import abort
from sqlalchemy import ColumnElement, Table, and_

from admin_app.db.json_values import recorded_models, row_columns
from admin_app.db.record import Record
from admin_app.domain.audit.reader import ActivityFilter, is_shown
from admin_app.domain.audit.undo import fields_changed, touches_rows_beyond
from admin_app.domain.audit.undo_words import named_way
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.merge import is_merge
from admin_app.extensions import db, table_of
from admin_app.models.change_set import ChangeSet, Did, Kind
from admin_app.models.note import Note
from admin_app.panel.access.access import (
    Access,
    access_to,
    accesses_to,
    base_class,
    rows_by_base_class,
    seen_by_base_class,
)
from admin_app.panel.access.notes import NOTES, notes_seen
from admin_app.panel.access.of_record import access_of_record
from admin_app.panel.registry import resources
from admin_app.relations import row_links
from admin_app.web.auth.login import current_principal


def visible() -> ActivityFilter:
    """Return the filter for the history that the person may see. A record's history is shown to people who see the record; that of a deleted record to nobody with a row rule."""
    shown = [access for one in resources() if (access := access_to(one)).may(Action.HISTORY)]
    rows = rows_by_base_class(shown, Action.HISTORY)
    person = current_principal()
    noted = notes_seen()
    return ActivityFilter(
        hidden=sorted(set(recorded_models()) - {_table(one) for one in shown} - {NOTES}),
        rows=rows if noted is None else {**rows, Note: noted},
        own=person.id if person is not None and rows else None,
        unnamed=[_table(one) for one in shown if not one.shows_title()],
    )


def summary_of(done: ChangeSet) -> str:
    """Return a change set's summary, with the record's number in place of a name that the person may not see."""
    access = access_of_record(done.resource, done.record_id)
    if access is None or not _names_unseen(done, access):
        return done.summary or "No description"
    return _unnamed(done, access)


def purpose_of(done: ChangeSet) -> str:
    """Return a change set's summary for the page of re-authentication, which comes before the check of rights: without a name that the person may not see."""
    access = access_of_record(done.resource, done.record_id)
    return summary_of(done) if access is None or is_shown(db.session, done, visible()) else _unnamed(done, access)


def _unnamed(done: ChangeSet, access: Access) -> str:
    if done.record_id is None:
        return f"{_way(done)} of {access.resource.nouns}"
    return f"{_way(done)}: {access.number_of(done.record_id)}"


def _way(done: ChangeSet) -> str:
    return "Change" if done.kind == Kind.FORM else named_way(done).capitalize()


def _names_unseen(done: ChangeSet, access: Access) -> bool:
    """Whether a summary names a record whose name the person may not see, or a merged one that they may never have seen."""
    return not access.shows_title() or (access.seen() is not None and is_merge(done))


def require_fields(done: ChangeSet, touched: Collection[Access]) -> None:
    """Answer 403 if an undo would write fields that the person may not write, at all or in these records."""
    for access in _undoing(touched):
        model = access.resource.model
        fixed = [
            key
            for key in (*row_columns(model), *row_links(model))
            if not all(one.may_write(key, Action.UNDO) for one in (access, *accesses_to(model, key)))
        ]
        held = _held(access)
        changed = fields_changed(db.session, done.id, model) if fixed or held else set()
        beyond = (held[key] for key in changed & held.keys())
        if changed & set(fixed) or any(
            touches_rows_beyond(db.session, done.id, model, free, [Did.UPDATE]) for free in beyond
        ):
            abort(403)


def _held(access: Access) -> dict[str, ColumnElement[bool]]:
    """Return the conditions on rows whose relations lead to no hidden record, by the field that stores the relation."""
    held: dict[str, list[ColumnElement[bool]]] = {}
    for name, one in access.resource.relations.items():
        if (free := access.leads_into_sight(name)) is not None:
            for key in one.history():
                held.setdefault(key, []).append(free)
    return {key: and_(*free) for key, free in held.items()}


def require_undo(touched: Collection[Access]) -> None:
    """Answer 403 if a change set touched a table in which the person may undo nothing."""
    if {base_class(one) for one in touched} != {base_class(one) for one in _undoing(touched)}:
        abort(403)


def require_rows_before(done: ChangeSet, touched: Sequence[Access]) -> None:
    """Answer 404 if a change set created or changed records that the person does not see, and 403 if they may not undo it."""
    did = [Did.CREATE, Did.UPDATE]
    _require_rows(done.id, seen_by_base_class(touched), did, 404)
    _require_rows(done.id, rows_by_base_class(_undoing(touched), Action.UNDO), did, 403)


def require_rows_after(set_id: int, touched: Collection[Access]) -> None:
    """Answer 404 if an undo restored records that the person does not reach, or that are gone again and cannot be checked."""
    _require_rows(set_id, rows_by_base_class(_undoing(touched), Action.UNDO), [Did.UPDATE, Did.DELETE], 404)


def _require_rows(
    set_id: int, rows: Mapping[type[Record], ColumnElement[bool]], did: Collection[Did], status: int
) -> None:
    for model, which in rows.items():
        if touches_rows_beyond(db.session, set_id, model, which, did):
            abort(status)


def _undoing(touched: Collection[Access]) -> list[Access]:
    """Return the accesses with a right to undo; the person may only view some classes of a table."""
    return [one for one in touched if one.may(Action.UNDO)]


def _table(access: Access) -> str:
    table: Table = table_of(access.resource.model)
    return str(table.name)
