"""Relations over several columns in the history: a change of one column names another record, which only all columns identify."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import or_, select

from admin_app.db.json_values import has_key, history_columns, recorded_models
from admin_app.db.keys import Key, key_in
from admin_app.db.record import Record
from admin_app.extensions import Values, db, table_of
from admin_app.kinds import kind_of
from admin_app.models.change_set import Change, Did
from admin_app.relations import ToOne, relations_of

# The values of columns that a change left alone, by the change itself: a planned change has no id yet.
Beside = Mapping[int, Values]


def ties_of_several(model: type[Record]) -> list[ToOne]:
    """Return a model's to-one relations over several columns."""
    found = (one for one in relations_of(model).values() if isinstance(one, ToOne) and not one.is_view)
    return [one for one in found if len(one.own_columns) > 1]


def held_beside(changes: Iterable[Change]) -> Beside:
    """Return the values of such relations' columns that these changes left alone, by two statements per model."""
    by_model: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.act == Did.UPDATE and _left_alone(change):
            by_model[change.model].append(change)
    return {key: values for some in by_model.values() for key, values in _held(some).items()}


def pointed_at(tie: ToOne, change: Change, beside: Beside) -> Sequence[object] | None:
    """Return the key of the related record before and after a change; None if it is no longer known."""
    columns, told = history_columns(tie.model), list[object]()
    for values in (change.before or {}, change.after or {}):
        given = {key: kind_of(columns[key]).from_history(values[key]) for key in tie.own_names if key in values}
        whole = {**beside.get(id(change), {}), **given} if given else {}
        if given and not whole.keys() >= {*tie.own_names}:
            return None
        told.append(tie.reference_in(whole))
    return told


def _left_alone(change: Change) -> set[str]:
    """Return the unchanged columns of the relations that a change changed."""
    model = recorded_models().get(change.model)
    touched = {*(change.before or {}), *(change.after or {})}
    ties = [] if model is None else ties_of_several(model)
    return {name for tie in ties if touched & {*tie.own_names} for name in tie.own_names} - touched


def _held(changes: Sequence[Change]) -> Beside:
    model = recorded_models()[changes[0].model]
    now, later = _now(model, changes), _later(model, changes)
    found: dict[int, Values] = {}
    for change in changes:
        values = dict(now.get(change.record_id, {}))
        # From the newest change back: the old value of a change is the new value of the one before.
        for number, before in later.get(change.record_id, ()):
            if change.id is not None and number > change.id:
                values.update(before)
        found[id(change)] = {name: values[name] for name in _left_alone(change) if name in values}
    return found


def _now(model: type[Record], changes: Sequence[Change]) -> Mapping[Key, Values]:
    """Return the present values of the records that exist."""
    table, columns = table_of(model), history_columns(model)
    names = sorted({name for change in changes for name in _left_alone(change)})
    key = key_in(table)
    wanted = select(key, *(columns[name] for name in names)).where(key.in_({one.record_id for one in changes}))
    rows = db.session.connection().execute(wanted)
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def _later(model: type[Record], changes: Sequence[Change]) -> Mapping[Key, list[tuple[int, Values]]]:
    """Return the old values in later changes of these columns, the latest change first."""
    numbers = [one.id for one in changes if one.id is not None]
    if not numbers:
        return {}
    columns, dialect = history_columns(model), db.engine.dialect.name
    names = {name for change in changes for name in _left_alone(change)}
    said = or_(*(has_key(table_of(Change).c.before, name, dialect) for name in sorted(names)))
    mine = (Change.model == changes[0].model, Change.record_id.in_({one.record_id for one in changes}))
    rows = db.session.execute(
        select(Change.record_id, Change.id, Change.before)
        .where(*mine, Change.id > min(numbers), said)
        .order_by(Change.id.desc())
    )
    found: dict[Key, list[tuple[int, Values]]] = defaultdict(list)
    for key, number, before in rows:
        kept = {
            name: kind_of(columns[name]).from_history((before or {})[name]) for name in names if name in (before or {})
        }
        found[key].append((number, kept))
    return found
