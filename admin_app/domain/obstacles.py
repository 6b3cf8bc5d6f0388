"""Why an undo leaves a record alone: the reason in words, the record in the way, and whether one may insist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from admin_app.domain.giving_back import hanging_columns
from admin_app.domain.nouns import noun_of
from admin_app.extensions import AnySession
from admin_app.models.caseless import same_in
from admin_app.models.change_set import Change, Did
from admin_app.models.stored import from_json, kept_columns, recorded_models
from admin_app.text import counted, in_words, label


@dataclass(frozen=True)
class Obstacle:
    """A record that is left alone; `other` is the record in the way."""

    change: Change
    words: str
    can_insist: bool = False
    other: Any = None


def obstacle_of(session: AnySession, change: Change) -> Obstacle:
    """Say why a change was not undone."""
    model = recorded_models().get(change.model)
    if model is None:
        return Obstacle(change, "Records of this kind no longer exist.")
    record = session.get(model, change.record_id)
    if change.act == Did.DELETE:
        return _of_deleted(session, change, model, record)
    if record is None:
        return Obstacle(change, "It has been deleted since." if change.act == Did.UPDATE else "It is already gone.")
    return _of_made(session, change, record) if change.act == Did.CREATE else _of_changed(session, change, record)


def misfit(session: AnySession, change: Change, model: type[Any]) -> Obstacle | None:
    """Return what keeps the former values from fitting in: a unique value that is taken, a record that is gone."""
    for key, column in kept_columns(model).items():
        value = from_json(column, (change.before or {}).get(key))
        if value is None:
            continue
        if column.unique:
            other = session.scalar(select(model).where(same_in(column, column, value), model.id != change.record_id))
            if other is not None:
                return Obstacle(change, f"{label(key)} “{value}” is used by another {noun_of(model)} now.", other=other)
        for foreign_key in column.foreign_keys:
            target = foreign_key.column
            if session.scalar(select(target).where(target == value)) is None:
                name = label(key.removesuffix("_id"))
                return Obstacle(change, f"{name} {value}, which it belonged to, no longer exists. Restore that first.")
    return None


def hanging_on(session: AnySession, record: Any) -> str:
    """Name what points at a record, "2 posts"; "" for nothing."""
    found = []
    for column in hanging_columns(type(record)):
        number = session.scalar(select(func.count()).select_from(column.table).where(column == record.id)) or 0
        found += [counted(number, column.table.name, f"{column.table.name}s")] if number else []
    return in_words(found)


def _of_deleted(session: AnySession, change: Change, model: type[Any], record: Any) -> Obstacle:
    if record is not None:
        return Obstacle(change, "It already exists again.", other=record)
    return misfit(session, change, model) or Obstacle(change, "Something else prevents it.")


def _of_made(session: AnySession, change: Change, record: Any) -> Obstacle:
    if hanging := hanging_on(session, record):
        return Obstacle(
            change, f"It has {hanging} now. Delete it yourself and choose what happens to them.", other=record
        )
    return Obstacle(change, "It has been changed since.", can_insist=True, other=record)


def _of_changed(session: AnySession, change: Change, record: Any) -> Obstacle:
    if not change.before:
        return Obstacle(change, "The old value is not stored (a password, for example), so it cannot be restored.")
    if found := misfit(session, change, type(record)):
        return found
    columns = kept_columns(type(record))
    if not columns.keys() & change.before.keys():
        return Obstacle(change, "The old value was stored in another form, so it cannot be restored.")
    again = [
        label(key.removesuffix("_id") if columns[key].foreign_keys else key).lower()
        for key, value in (change.after or {}).items()
        if key in columns and getattr(record, key) != from_json(columns[key], value)
    ]
    return Obstacle(change, f"Changed since: {in_words(again)}.", can_insist=True, other=record)
