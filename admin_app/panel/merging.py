"""Two people at one form: nothing is overwritten unseen. What only one touched is put together, the rest is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from wtforms import Field

from admin_app.domain.conflicts import UNKNOWN, Origin, Outcome, origin_of, outcome_of
from admin_app.extensions import db
from admin_app.panel.cells import cell_of_value, value_cell
from admin_app.panel.company import Company
from admin_app.panel.differences import Difference, Meanwhile, diff_of
from admin_app.panel.elements import Cell
from admin_app.panel.engine import foreign_key_of
from admin_app.panel.keeping import SEEN, TAKE, VERSION, Source
from admin_app.text import plain_lines

# What a choice sends: the other's value, or what is typed.
THEIRS, YOURS = "theirs", "yours"
# As many digits as the column's largest number has.
LONGEST_VERSION = 10


@dataclass
class Part:
    """A field of the form with its three values. `typed` is the field as it was sent, where another value took its place."""

    control: Field
    outcome: Outcome
    was: Any
    theirs: Any
    take: str = ""
    typed: dict[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether somebody has to choose yet."""
        return self.outcome is Outcome.CHOICE and self.take not in {THEIRS, YOURS}


@dataclass(frozen=True)
class Merge:
    """A form against the record as it is now."""

    parts: Sequence[Part]
    origin: Origin
    is_stale: bool
    # Whether the person has seen the record as it is now.
    is_seen: bool

    @property
    def is_settled(self) -> bool:
        """Whether the form may be saved: nobody else's change is overwritten, or left unseen by who changed something too."""
        return not self.is_stale or (self.is_seen and not any(part.is_open for part in self.parts))


class Merging(Company):
    """Forms that know what they were drawn from."""

    def merge(self, source: Source, record: Any) -> Merge:
        """Compare what was sent with what it was drawn from and what the record is now; take theirs where they alone changed it."""
        version = _version(source.own.get(VERSION), record.version)
        origin = origin_of(db.session, record, version) if version != record.version else Origin()
        is_seen = source.own.get(SEEN) == str(record.version)
        parts = [self._part(one, record, origin, source.own if is_seen else {}) for one in self._own_fields_of(source)]
        for part in parts:
            if part.outcome is Outcome.THEIRS or part.take == THEIRS:
                part.typed = dict(vars(part.control))
                refill(part.control, part.theirs)
        outcomes = {part.outcome for part in parts}
        is_touched = bool(outcomes & {Outcome.YOURS, Outcome.CHOICE}) or self._is_extra_typed(source)
        is_stale = version != record.version and bool(outcomes & {Outcome.THEIRS, Outcome.CHOICE}) and is_touched
        return Merge(parts, origin, is_stale, is_seen)

    def meanwhile(self, merge: Merge, record: Any) -> Meanwhile:
        """Turn a stale form into words and choices; what was typed stands in the fields again."""
        for part in merge.parts:
            if part.outcome is Outcome.CHOICE and part.typed:
                vars(part.control).update(part.typed)
        shown = [part for part in merge.parts if part.outcome is not Outcome.SAME]
        return Meanwhile(
            people=self.people(merge.origin),
            is_again=SEEN in request.form,
            differences={part.control.name: self._difference(part, is_asked=merge.is_seen) for part in shown},
            is_known=merge.origin.is_known,
            version=str(record.version),
        )

    def changed_since(self, record: Any, sent: str | None) -> Meanwhile | None:
        """Say what became of the record since a page was drawn at the version that it sent back; None where it is still so."""
        version = _version(sent, record.version)
        if version == record.version:
            return None
        origin = origin_of(db.session, record, version)
        names = [name for name in self._fact_names() if self._column_of(name) in origin.before]
        return Meanwhile(
            people=self.people(origin),
            is_known=origin.is_known,
            differences={
                name: Difference(
                    name=name,
                    label=self.get_column_name(name),
                    outcome=Outcome.THEIRS,
                    was=self._cell(name, self._stored(name, origin.before[self._column_of(name)])),
                    theirs=self._cell(name, getattr(record, name)),
                    theirs_diff=diff_of(origin.before[self._column_of(name)], getattr(record, name)),
                )
                for name in names
            },
        )

    def people(self, origin: Origin) -> tuple[tuple[str, Cell], ...]:
        """Name who changed the record, and when."""
        return tuple((one.actor, value_cell(one.at, is_whole=True)) for one in origin.doings)

    def is_changed(self, one: Field, record: Any) -> bool:
        """Whether a field holds something else than the record; a field that is none of the record's may always speak."""
        return not hasattr(record, one.name) or _plain(one.data) != _plain(getattr(record, one.name))

    def _own_fields_of(self, source: Source) -> list[Field]:
        return [one for one in source.form if hasattr(self.model, one.name)]

    def _is_extra_typed(self, source: Source) -> bool:
        return any(one.data for one in source.form if not hasattr(self.model, one.name))

    def _part(self, one: Field, record: Any, origin: Origin, own: dict[str, str]) -> Part:
        theirs = getattr(record, one.name)
        was = origin.value_of(record, self._column_of(one.name))
        was = was if was is UNKNOWN else self._stored(one.name, was)
        # What cannot be read equals nothing.
        yours = UNKNOWN if one.process_errors else one.data
        outcome = outcome_of(_plain(was), _plain(theirs), _plain(yours))
        take = own.get(f"{TAKE}{one.name}", "") if outcome is Outcome.CHOICE else ""
        return Part(one, outcome, was, theirs, take)

    def _difference(self, part: Part, *, is_asked: bool) -> Difference:
        name = part.control.name
        return Difference(
            name=name,
            label=part.control.label.text,
            outcome=part.outcome,
            was=None if part.was is UNKNOWN else self._cell(name, part.was),
            theirs=self._cell(name, part.theirs),
            theirs_diff=diff_of(part.was, part.theirs) if part.outcome is Outcome.CHOICE else (),
            yours_diff=diff_of(part.was, part.control.data) if part.outcome is Outcome.CHOICE else (),
            take_name=f"{TAKE}{name}",
            take=part.take,
            problem=f"Choose which {part.control.label.text} to keep." if is_asked and part.is_open else "",
        )

    def _column_of(self, name: str) -> str:
        """Return the name of the column behind a field: of a relation, its key's."""
        relation = self.relation(name)
        return name if relation is None else str(foreign_key_of(relation).key)

    def _stored(self, name: str, value: Any) -> Any:
        """Return what a column's value means as the field's: of a relation the record, or its bare id when that is gone."""
        relation = self.relation(name)
        if relation is None or value is None:
            return value
        return db.session.get(relation.mapper.class_, value) or value

    def _cell(self, name: str, value: Any) -> Cell:
        relation = self.relation(name)
        if relation is not None and isinstance(value, int):
            return value_cell(f"ID {value} (deleted)", is_whole=True)
        return cell_of_value(self.as_called(name, value))


def refill(one: Field, value: Any) -> None:
    """Put a value into a field, as if the form had been drawn with it."""
    one.raw_data = None
    one.process(None, value)


def _version(sent: str | None, present: int) -> int:
    """Read the version that a form was drawn from: the present one where it does not say, none at all where it says nonsense."""
    if sent is None:
        return present
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= LONGEST_VERSION else -1


def _plain(value: Any) -> Any:
    """Return what two values are compared by: text without the difference of line ends, records by their keys."""
    if isinstance(value, str):
        return plain_lines(value)
    return getattr(value, "id", value) if hasattr(type(value), "__mapper__") else value
