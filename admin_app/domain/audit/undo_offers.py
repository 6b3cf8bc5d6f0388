"""Where an undo is offered: not of what the history cannot give back at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select

from admin_app.db.joined import tables_of
from admin_app.db.json_values import recorded_models
from admin_app.db.record import Record
from admin_app.domain.audit.recorder import last_change_set, last_tables
from admin_app.domain.audit.undo_sql import not_kept
from admin_app.extensions import AnySession
from admin_app.models.change_set import Change, ChangeSet, Did


def for_good_among(session: AnySession, sets: Iterable[ChangeSet]) -> frozenset[int]:
    """Return the ids of the change sets of which nothing comes back; no statement is sent where the history is whole."""
    asked = {one.id: one.resource for one in sets if _is_partly_kept(one.resource)}
    if not asked:
        return frozenset()
    changes = select(Change.change_set_id, Change.model, Change.act).where(Change.change_set_id.in_(asked))
    found: dict[int, list[bool]] = defaultdict(list)
    for key, name, act in session.execute(changes.distinct()):
        found[key].append(_stays_away(name, act, asked[key]))
    return frozenset(key for key, stay_away in found.items() if all(stay_away))


def is_for_good(session: AnySession, change_set: ChangeSet) -> bool:
    """Whether nothing of a change set comes back."""
    return change_set.id in for_good_among(session, [change_set])


def last_undoable(session: AnySession) -> int | None:
    """Return the id of the change set that the session's last commit wrote, if an undo gives something of it back."""
    key = last_change_set(session)
    if key is None or not any(map(_is_partly_kept, last_tables(session))):
        return key
    return None if is_for_good(session, session.get_one(ChangeSet, key)) else key


def _is_partly_kept(name: str) -> bool:
    """Whether the history lacks what it takes to make a deleted record again."""
    model = recorded_models().get(name)
    return model is not None and bool(not_kept(model))


def _stays_away(name: str, act: str, deleted: str) -> bool:
    """Whether a change does not come back, as records of the table `deleted` do not: a deletion of one, or what befell a record that may have pointed at one."""
    models = recorded_models()
    return act == Did.DELETE if name == deleted else name in models and _points_at(models[name], models[deleted])


def _points_at(model: type[Record], other: type[Record]) -> bool:
    targets = set(tables_of(other))
    return any(key.column.table in targets for table in tables_of(model) for key in table.foreign_keys)
