"""Why an undo skips a record: the reason in words, the record in the way, and whether a person may insist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select

from admin_app.db.attributes import name_of
from admin_app.db.caseless import same_in
from admin_app.db.compared import compared
from admin_app.db.joined import of_root
from admin_app.db.json_values import history_columns, recorded_models, row_columns
from admin_app.db.record import Record
from admin_app.db.unique_together import replaced
from admin_app.domain.audit.links import keys_from_history, linked_records, links_state
from admin_app.domain.audit.undo_sql import dependent_keys, groups_of
from admin_app.domain.naming import names_of, noun_of
from admin_app.extensions import AnySession, TableColumn, table_of
from admin_app.formatting import counted, in_sentence, in_words, label
from admin_app.kinds import kind_of
from admin_app.models.change_set import Change, Did
from admin_app.relations import links_into, links_of, row_links


@dataclass(frozen=True)
class UndoConflict:
    """A record that an undo skips; `other` is the record in the way.

    `tells` names the tables and fields that the words reveal, with "" for the existence of a record: not everybody
    may know that.
    """

    change: Change
    words: str
    can_insist: bool = False
    other: Record | None = None
    tells: tuple[tuple[str, str], ...] = ()

    @property
    def version(self) -> int:
        """The record's version that a person may insist on; 0 if they may not insist."""
        return self.other.version if self.can_insist and self.other is not None else 0


def conflict_of(session: AnySession, change: Change) -> UndoConflict:
    """Say why a change was not undone."""
    model = recorded_models().get(change.model)
    if model is None:
        return UndoConflict(change, "Records of this kind no longer exist.")
    record = session.get(model, change.record_id)
    if change.act == Did.DELETE:
        return _of_deleted(session, change, model, record)
    if record is None:
        return UndoConflict(change, "It has been deleted since." if change.act == Did.UPDATE else "It is already gone.")
    return _of_made(session, change, record) if change.act == Did.CREATE else _of_changed(session, change, record)


def misfit(session: AnySession, change: Change, model: type[Record]) -> UndoConflict | None:
    """Return what blocks the former values: a choice that is gone, a unique value that is taken, or a related record that is gone."""
    for key, column in row_columns(model).items():
        held = (change.before or {}).get(key)
        tells = ((change.model, key),)
        if not kind_of(column).may_return(held):
            return UndoConflict(change, f"{label(key)} “{held}” can no longer be chosen.", tells=tells)
        value = kind_of(column).from_history(held)
        if value is None:
            continue
        if column.unique:
            same = of_root(model, same_in(column, column, value))
            other = session.scalar(select(model).where(same, model.id != change.record_id))
            if other is not None:
                words = f"{label(key)} “{value}” is used by another {noun_of(model)} now."
                return UndoConflict(change, words, other=other, tells=tells)
        for foreign_key in column.foreign_keys:
            target = foreign_key.column
            if session.scalar(select(target).where(target == value)) is None:
                name = label(key.removesuffix("_id"))
                words = f"{name} {value}, which it belonged to, no longer exists. Restore that first."
                return UndoConflict(change, words, tells=tells)
    return _taken_together(session, change, model) or _lost_link(session, change, model)


def _taken_together(session: AnySession, change: Change, model: type[Record]) -> UndoConflict | None:
    """Return the conflict with another record that has the same combination of unique values by now."""
    before, columns = change.before or {}, row_columns(model)
    record = session.get(model, change.record_id)
    for group in groups_of(model):
        names = list(group.columns)
        if before.keys().isdisjoint(names):
            continue
        values = {
            name: kind_of(columns[name]).from_history(before[name]) if name in before else getattr(record, name)
            for name in names
        }
        then = {columns[name].name: literal(value, columns[name].type) for name, value in values.items()}
        same = [one == replaced(one, then) for one in group.values]
        if other := session.scalar(select(model).where(*same, model.id != change.record_id)):
            said = in_words([in_sentence(label(name.removesuffix("_id"))) for name in names])
            tells = tuple((change.model, name) for name in names)
            return UndoConflict(change, f"Another {noun_of(model)} has the same {said} now.", other=other, tells=tells)
    return None


def _lost_link(session: AnySession, change: Change, model: type[Record]) -> UndoConflict | None:
    """Return the conflict of a link that cannot be restored, because the record on its other side is gone."""
    for name, relation in row_links(model).items():
        keys = keys_from_history(relation, (change.before or {}).get(name))
        there = {relation.key_of(one) for one in linked_records(session, relation, keys)}
        if gone := [key for key in keys if key not in there]:
            words = f"{label(name)}: {noun_of(relation.target)} {gone[0]} no longer exists. Restore that first."
            return UndoConflict(change, words, tells=((change.model, name),))
    return None


def counted_dependents(session: AnySession, record: Record) -> Mapping[str, Sequence[str]]:
    """Return the numbers of records that refer to this one, such as "2 posts", by their table."""
    found: dict[str, Sequence[str]] = {}
    linked = {one.other_link: (table_of(one.model).name, *names_of(one.model)) for one in links_into(type(record))}
    for key in dependent_keys(type(record)):
        pointing = (one.parent == getattr(record, name_of(type(record), one.column)) for one in key.elements)
        number = session.scalar(select(func.count()).select_from(key.table).where(*pointing)) or 0
        usual = (key.table.name, key.table.name, f"{key.table.name}s")
        table, noun, nouns = linked.get(key.elements[0].parent, usual)
        found |= {table: [*found.get(table, ()), counted(number, noun, nouns)]} if number else {}
    return found


def _of_deleted(session: AnySession, change: Change, model: type[Record], record: Record | None) -> UndoConflict:
    if record is not None:
        return UndoConflict(change, "It already exists again.", other=record)
    return misfit(session, change, model) or UndoConflict(change, "Something else prevents it.")


def _of_made(session: AnySession, change: Change, record: Record) -> UndoConflict:
    if dependents := counted_dependents(session, record):
        counts = in_words([one for counts in dependents.values() for one in counts])
        words = f"It has {counts} now. Delete it yourself and choose what happens to them."
        return UndoConflict(change, words, other=record, tells=tuple((table, "") for table in dependents))
    return UndoConflict(change, "It has been changed since.", can_insist=True, other=record)


def _of_changed(session: AnySession, change: Change, record: Record) -> UndoConflict:
    if not change.before:
        return UndoConflict(change, "The old value is not stored (a password, for example), so it cannot be restored.")
    if found := misfit(session, change, type(record)):
        return found
    columns, links = history_columns(type(record)), links_of(type(record))
    if not (columns.keys() | links.keys()) & change.before.keys():
        return UndoConflict(change, "The old value was stored in another form, so it cannot be restored.")
    again = [
        in_sentence(label(key.removesuffix("_id") if columns[key].foreign_keys else key))
        for key, value in (change.after or {}).items()
        if key in columns and _is_other(columns[key], getattr(record, key), kind_of(columns[key]).from_history(value))
    ]
    now = links_state(record)
    again += [in_sentence(label(key)) for key, value in (change.after or {}).items() if now.get(key, value) != value]
    return UndoConflict(change, f"Changed since: {in_words(again)}.", can_insist=True, other=record)


def _is_other(column: TableColumn, one: object, other: object) -> bool:
    return compared(column.type, one) != compared(column.type, other)
