"""Why an undo leaves a record alone: the reason in words, the record in the way, and whether one may insist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from admin_app.domain.giving_back import hanging_columns
from admin_app.domain.nouns import noun_of
from admin_app.extensions import AnySession
from admin_app.kinds import kind_of
from admin_app.models.caseless import same_in
from admin_app.models.change_set import Change, Did
from admin_app.models.stored import kept_columns, recorded_models
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
        return Obstacle(change, "There are no such records any more.")
    record = session.get(model, change.record_id)
    if change.act == Did.DELETE:
        return _of_deleted(session, change, model, record)
    if record is None:
        return Obstacle(change, "It was deleted since." if change.act == Did.UPDATE else "It is gone already.")
    return _of_made(session, change, record) if change.act == Did.CREATE else _of_changed(session, change, record)


def misfit(session: AnySession, change: Change, model: type[Any]) -> Obstacle | None:
    """Return what keeps the former values from fitting in: a unique value that is taken, a record that is gone."""
    for key, column in kept_columns(model).items():
        value = kind_of(column).from_history((change.before or {}).get(key))
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
                return Obstacle(change, f"{name} {value}, which it belonged to, is gone. Bring that back first.")
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
        return Obstacle(change, "It is there again already.", other=record)
    return misfit(session, change, model) or Obstacle(change, "Something else stands in the way.")


def _of_made(session: AnySession, change: Change, record: Any) -> Obstacle:
    if hanging := hanging_on(session, record):
        return Obstacle(change, f"It has {hanging} now. Delete it by hand to say what becomes of them.", other=record)
    return Obstacle(change, "It was changed again since.", can_insist=True, other=record)


def _of_changed(session: AnySession, change: Change, record: Any) -> Obstacle:
    if not change.before:
        return Obstacle(change, "What was changed is not kept, a password for instance, so it cannot come back.")
    if found := misfit(session, change, type(record)):
        return found
    columns = kept_columns(type(record))
    if not columns.keys() & change.before.keys():
        return Obstacle(change, "What was changed is kept in another way since, so it cannot come back.")
    again = [
        label(key.removesuffix("_id") if columns[key].foreign_keys else key).lower()
        for key, value in (change.after or {}).items()
        if key in columns and getattr(record, key) != kind_of(columns[key]).from_history(value)
    ]
    return Obstacle(change, f"Changed again since: {in_words(again)}.", can_insist=True, other=record)
