"""Two people edit one record: its state when a form was opened, from the history, and the resolution for each field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select

from admin_app.db.json_values import history_columns
from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.db.versions import has_counter
from admin_app.domain.audit.links import keys_from_history
from admin_app.domain.records.redirects import is_merged_by
from admin_app.extensions import AnyRow, AnySession, Values, table_of
from admin_app.kinds import kind_of
from admin_app.models.change_set import Change, ChangeSet, Did
from admin_app.relations import links_of

T = TypeVar("T")

# A form older than this many changes is compared field by field, without the history.
MOST_CHANGES = 200


class Unknown:
    """The former value of a field if nobody can tell it. It equals nothing, not even itself."""

    __hash__ = None  # type: ignore[assignment] # a value that equals nothing cannot be in a set

    def __eq__(self, other: object) -> bool:
        """Equal nothing."""
        return False


UNKNOWN = Unknown()


class Resolution(StrEnum):
    """Whose value a field gets after two people edited the record."""

    SAME = "same"
    THEIRS = "theirs"
    YOURS = "yours"
    CHOICE = "choice"


@dataclass(frozen=True)
class LastChange:
    """Who changed the record, and when."""

    actor: str
    at: datetime
    actor_id: int | None
    # Whether the change was a deletion by a merge into another record.
    is_merge: bool = False


@dataclass(frozen=True)
class EarlierState:
    """A record at an earlier version. If it `is_known`, `before` holds the former values of the columns that changed since."""

    is_known: bool = True
    before: Values = field(default_factory=dict)
    last_changes: Sequence[LastChange] = ()

    def value_of(self, record: Record, key: str) -> object:
        """Return a column's value at that version, or `UNKNOWN` if the history does not tell."""
        links = links_of(type(record))
        if not self.is_known or key not in {**history_columns(type(record)), **links}:
            return UNKNOWN
        if key in self.before:
            return self.before[key]
        return links[key].keys(record) if key in links else getattr(record, key)


def earlier_state(session: AnySession, record: Record, version: int) -> EarlierState:
    """Reconstruct the record's state at an earlier version; unknown if the history lacks a change since then."""
    if not has_counter(table_of(type(record))) or not 1 <= version <= record.version:
        return EarlierState(is_known=False)
    columns, links = history_columns(type(record)), links_of(type(record))
    rows = _changes(session, record, limit=min(record.version - version, MOST_CHANGES), above=version)
    last_changes = [LastChange(change_set.actor, change_set.at, change_set.actor_id) for _, change_set in rows]
    is_known = {change.version for change, _ in rows} == set(range(version + 1, record.version + 1))
    before: Values = {}
    for change, _ in rows:
        for key, value in (change.before or {}).items():
            if key in columns:
                before.setdefault(key, kind_of(columns[key]).from_history(value))
            elif key in links:
                before.setdefault(key, keys_from_history(links[key], value))
    return EarlierState(is_known, before, _each_once(last_changes))


def deletion_of(session: AnySession, model: type[Record], record_id: Key) -> LastChange | None:
    """Return who deleted the record with this id, and when, if the history tells."""
    change = deleting_change(session, model, record_id)
    if change is None:
        return None
    made = session.get_one(ChangeSet, change.change_set_id)
    return LastChange(made.actor, made.at, made.actor_id, is_merged_by(session, model, change))


def deleting_change(session: AnySession, model: type[Record], record_id: Key) -> Change | None:
    """Return the change that deleted the record with this id, if it was the last one that the history has."""
    here = (Change.model == table_of(model).name, Change.record_id == record_id)
    newest = session.scalars(select(Change).where(*here).order_by(Change.id.desc()).limit(1)).first()
    return newest if newest is not None and newest.act == Did.DELETE else None


def resolution_of(was: object, theirs: object, yours: object) -> Resolution:
    """Decide between three values: a field that only one side changed gets that side's value; the person chooses if both changed it differently."""
    if yours == theirs:
        return Resolution.SAME
    if yours == was:
        return Resolution.THEIRS
    return Resolution.YOURS if theirs == was else Resolution.CHOICE


def merged_links(was: Iterable[T], theirs: Iterable[T], yours: Iterable[T]) -> list[T]:
    """Merge two changes of the same links: keep what either side added, and leave out what either side removed."""
    before, after = set(was), set(yours)
    both = (set(theirs) | (after - before)) - (before - after)
    return [one for one in dict.fromkeys([*theirs, *yours]) if one in both]


def _changes(session: AnySession, record: Record, *, limit: int, above: int) -> Sequence[AnyRow]:
    """Read the newest changes after a version, in their order."""
    here = (Change.model == table_of(type(record)).name, Change.record_id == record.id, Change.version > above)
    newest = select(Change, ChangeSet).join(ChangeSet, ChangeSet.id == Change.change_set_id).where(*here)
    return session.execute(newest.order_by(Change.id.desc()).limit(limit)).all()[::-1]


def _each_once(last_changes: Sequence[LastChange]) -> list[LastChange]:
    """Keep the last change of each person."""
    return list({one.actor: one for one in last_changes}.values())
