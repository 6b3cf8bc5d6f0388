"""Edit conflicts: nothing is overwritten unseen. Changes of different fields are merged; for the others the person chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isnan
from typing import cast

from wtforms import Field

from admin_app.db.attributes import hides_secret
from admin_app.db.compared import compared_field
from admin_app.db.key_parts import Parts
from admin_app.db.record import Record
from admin_app.domain.audit.links import linked_records
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.conflicts import (
    UNKNOWN,
    EarlierState,
    LastChange,
    Resolution,
    earlier_state,
    merged_links,
    resolution_of,
)
from admin_app.domain.records.text_merge import both_changes
from admin_app.extensions import Values, db
from admin_app.formatting import exact_time, in_words, plain_lines, sentence_case, short_name
from admin_app.panel.access.access import Access
from admin_app.panel.fields import RelationField, as_drawn
from admin_app.panel.forms.conflict_view_models import Changer, Difference, Meanwhile, diff_of
from admin_app.panel.forms.source import SEEN, TAKE, VERSION, Source
from admin_app.panel.kinds import column_cell, value_cell
from admin_app.panel.record.facts import fact_names
from admin_app.panel.record_cells import cell_of_value, links_cell
from admin_app.panel.view_models import UNSEEN, Cell
from admin_app.relations import ManyToMany, ToOne
from admin_app.relations.to_one import dangling_key
from admin_app.web.attempts import attempt_once
from admin_app.web.auth.login import current_principal

# The values of a choice: the other person's value, one's own input, or a text with both changes.
THEIRS, YOURS, BOTH = "theirs", "yours", "both"
# Digits of the column's largest number.
LONGEST_VERSION = 10


@dataclass
class Part:
    """A field of the form with its three values, and the choice if both people changed it."""

    control: Field
    outcome: Resolution
    was: object
    theirs: object
    take: str = ""
    # The text with both changes, if they are in different lines.
    both: str | None = None
    # Whether the field combines both people's changes of links.
    is_merged: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the person still has to choose."""
        choices = {THEIRS, YOURS} if self.both is None else {THEIRS, YOURS, BOTH}
        return self.outcome is Resolution.CHOICE and self.take not in choices


@dataclass(frozen=True)
class Merge:
    """The comparison of a form with the record as it is now."""

    parts: Sequence[Part]
    origin: EarlierState
    is_stale: bool
    # Whether the person has seen the record's present state.
    is_seen: bool

    @property
    def is_agreed(self) -> bool:
        """Whether no choice is open, and the person has seen what others changed."""
        return self.is_settled and (self.is_seen or not self.is_stale)

    @property
    def is_settled(self) -> bool:
        """Whether the form may be saved, because it overwrites nobody else's change unseen."""
        return not any(part.is_open for part in self.parts)

    def told(self) -> str:
        """Say which changes of others are kept, and who made them if that is known; "" if there are none."""
        labels = [part.control.label.text for part in self.parts if part.outcome is Resolution.THEIRS or part.is_merged]
        if not self.is_stale or not labels:
            return ""
        people, is_known = (
            self.origin.last_changes,
            self.origin.is_known and all(one.actor for one in self.origin.last_changes),
        )
        who = ["You" if is_own(one) else short_name(one.actor) for one in people] if is_known else []
        where = "in another window" if who == ["You"] else "meanwhile"
        return f"{' '.join(filter(None, (in_words(who), 'had changed', in_words(labels))))} {where}. Both changes are kept."


class Conflicts:
    """The conflicts between a record's form and what others changed since it was drawn."""

    def __init__(self, access: Access, record: Record) -> None:
        """Keep the access and the record."""
        self._resource = access.resource
        self._access = access
        self._record = record

    def merge(self, source: Source) -> Merge:
        """Compare the sent values with those that the form was drawn from and the present ones. A field that only others changed gets their value."""
        record = self._record
        version = _version(source.own.get(VERSION), record.version)
        origin = earlier_state(db.session, record, version) if version != record.version else EarlierState()
        is_seen = source.own.get(SEEN) == str(record.version)
        fields = [one for one in source.form if self._is_own(one)]
        parts = [self._part(one, origin, source.own if is_seen else {}) for one in fields]
        for part in parts:
            if part.outcome is Resolution.THEIRS or part.take == THEIRS:
                refill(part.control, part.theirs, stored=part.theirs)
            elif part.take == BOTH and part.both is not None:
                refill(part.control, part.both, stored=part.theirs)
        outcomes = {part.outcome for part in parts}
        is_touched = bool(outcomes & {Resolution.YOURS, Resolution.CHOICE}) or any(
            one.data for one in source.form if not self._is_own(one)
        )
        is_theirs_too = bool(outcomes & {Resolution.THEIRS, Resolution.CHOICE}) or any(part.is_merged for part in parts)
        is_stale = version != record.version and is_theirs_too and is_touched
        return Merge(parts, origin, is_stale, is_seen)

    def meanwhile(self, merge: Merge, source: Source) -> Meanwhile:
        """Describe a stale form's conflicts and choices; the fields keep what was typed."""
        for part in merge.parts:
            if part.outcome is Resolution.CHOICE and part.take in {THEIRS, BOTH}:
                part.control.process(source.sent, part.theirs)
        shown = [part for part in merge.parts if part.outcome is not Resolution.SAME]
        return Meanwhile(
            people=_people(merge.origin),
            is_again=SEEN in source.own,
            differences={part.control.name: self._difference(part, is_asked=merge.is_seen) for part in shown},
            is_known=merge.origin.is_known,
            version=str(self._record.version),
        )

    def changed_since(self, sent: str | None) -> Meanwhile | None:
        """Describe what happened to the record since the version that a page sent back; None if nothing did."""
        record = self._record
        version = _version(sent, record.version)
        if version == record.version:
            return None
        origin = earlier_state(db.session, record, version)
        names = [name for name in fact_names(self._access) if not origin.before.keys().isdisjoint(self._kept_as(name))]
        found = {name: self._meant(name, self._before(name, origin)) for name in names}
        earlier = {name: self._told(name, value) for name, value in found.items()}
        return Meanwhile(
            people=_people(origin),
            is_known=origin.is_known,
            differences={
                name: Difference(
                    name=name,
                    label=self._resource.label(name),
                    outcome=Resolution.THEIRS,
                    was=self._former_cell(name, earlier[name]),
                    theirs=self._cell(name, getattr(record, name)),
                    theirs_diff=diff_of(earlier[name], getattr(record, name)) if self._is_text(name) else (),
                )
                for name in names
            },
        )

    def _is_own(self, one: Field) -> bool:
        return hasattr(self._resource.model, one.name)

    def _part(self, one: Field, origin: EarlierState, own: dict[str, str]) -> Part:
        theirs = getattr(self._record, one.name)
        values = {key: origin.value_of(self._record, key) for key in self._kept_as(one.name)}
        is_known = bool(values) and not any(one is UNKNOWN for one in values.values())
        was = self._meant(one.name, values) if is_known else UNKNOWN
        # An unreadable input equals nothing.
        yours = UNKNOWN if one.process_errors else as_drawn(one, was)
        gone = self._dangling(one.name)
        if isinstance(one, RelationField) and one.is_left_dangling:
            yours = gone
        elif isinstance(one, RelationField) and was is not UNKNOWN and _is_key(was) and one.was_drawn_of(was):
            # Nobody touched it here, whatever it leads to meanwhile.
            yours = was
        present = gone if theirs is None else theirs
        outcome = resolution_of(*(_plain(self._record, one.name, value) for value in (was, present, yours)))
        if (
            outcome is Resolution.CHOICE
            and self._resource.is_links(one.name)
            and was is not UNKNOWN
            and yours is not UNKNOWN
        ):
            return self._merged(one, cast("list[Record]", was), cast("list[Record]", theirs), is_seen=bool(own))
        take = own.get(f"{TAKE}{one.name}", "") if outcome is Resolution.CHOICE else ""
        is_mixed = outcome is Resolution.CHOICE and self._is_text(one.name)
        return Part(one, outcome, was, theirs, take, _both(was, theirs, yours) if is_mixed else None)

    def _dangling(self, name: str) -> object:
        """Return the key of a related record that does not exist; the ORM sees no value there."""
        relation = self._resource.relation(name)
        if not isinstance(relation, ToOne) or getattr(self._record, name) is not None:
            return None
        return dangling_key(self._record, relation)

    def _is_text(self, name: str) -> bool:
        """Whether two changes of the field can be merged as text; two files cannot."""
        return name not in self._resource.file_columns

    def _merged(self, one: Field, was: list[Record], theirs: list[Record], *, is_seen: bool) -> Part:
        """Combine both people's changes of the links in the field. If the person has seen that, their input decides."""
        if not is_seen:
            one.data = merged_links(was, theirs, one.data)
        return Part(one, Resolution.YOURS, was, theirs, is_merged=True)

    def _difference(self, part: Part, *, is_asked: bool) -> Difference:
        name, was = part.control.name, self._told(part.control.name, part.was)
        has_pieces = part.outcome is Resolution.CHOICE and self._is_text(name)
        return Difference(
            name=name,
            label=part.control.label.text,
            outcome=part.outcome,
            was=self._former_cell(name, was),
            theirs=UNSEEN if hides_secret(self._resource.model, name) else self._cell(name, part.theirs),
            theirs_diff=diff_of(was, part.theirs) if has_pieces else (),
            yours_diff=diff_of(was, part.control.data) if has_pieces else (),
            both=None if part.both is None else value_cell(part.both, is_whole=True),
            take_name=f"{TAKE}{name}",
            take=part.take or ("" if part.both is None else BOTH),
            problem=f"Choose which {part.control.label.text} to keep." if is_asked and part.is_open else "",
        )

    def _told(self, name: str, was: object) -> object:
        """Return a field's former value if the person may know it. They may never have seen it: a request can claim any version."""
        is_told = self._access.reaches(self._record, Action.HISTORY) and not hides_secret(self._resource.model, name)
        return was if is_told else UNKNOWN

    def _former_cell(self, name: str, was: object) -> Cell | None:
        return None if was is UNKNOWN else self._cell(name, was)

    def _kept_as(self, name: str) -> Sequence[str]:
        """Return the names under which the history keeps a field: for a relation, the columns of its key."""
        relation = self._resource.relation(name)
        return [name] if relation is None else relation.history()

    def _before(self, name: str, origin: EarlierState) -> Values:
        """Return the former values, if the history has at least one."""
        kept = self._kept_as(name)
        return {key: origin.before[key] if key in origin.before else getattr(self._record, key) for key in kept}

    def _meant(self, name: str, values: Values) -> object:
        """Return history values as the field's value: for a relation the record, or its id if it is gone."""
        relation = self._resource.relation(name)
        if isinstance(relation, ToOne):
            return relation.referenced_record(db.session, values) or relation.reference_in(values)
        (value,) = values.values()
        if isinstance(relation, ManyToMany) and value is not None:
            return linked_records(db.session, relation, value)
        return value

    def _cell(self, name: str, value: object) -> Cell:
        relation = self._resource.relation(name)
        if relation is not None and isinstance(value, list):
            return links_cell(self._access.beyond(name), value, is_whole=True)
        if relation is not None and isinstance(value, int | Parts):
            return value_cell(f"ID {value} (deleted)", is_whole=True)
        called = self._resource.as_called(name, value)
        if called is value and name in self._resource.file_columns:
            return column_cell(self._resource.attribute(name)[0], value, is_whole=True)
        return cell_of_value(called)


def _both(was: object, theirs: object, yours: object) -> str | None:
    """Return the text with both changes; None if they overlap, or the values are not text."""
    if isinstance(was, str) and isinstance(theirs, str) and isinstance(yours, str):
        return both_changes(was, theirs, yours)
    return None


def _is_key(was: object) -> bool:
    """Whether a relation led to no record that is there now."""
    return was is not None and not isinstance(was, Record)


def is_changed(one: Field, record: Record) -> bool:
    """Whether a field differs from the record; fields that are not the record's always count."""
    if isinstance(one, RelationField) and one.lets_go:
        return True
    if not hasattr(record, one.name):
        return True
    return _plain(record, one.name, one.data) != _plain(record, one.name, getattr(record, one.name))


def is_own(change: LastChange) -> bool:
    """Whether the current person made the change themselves, in another window."""
    person = current_principal()
    return person is not None and change.actor_id == person.id


def words_of_deletion(change: LastChange, what: str, *, is_named: bool) -> str:
    """Say when a record was deleted or merged. Who did it is said if it was the reader, or if it may be named (`is_named`)."""
    at = exact_time(change.at)
    did, into = ("merged", " into a different one") if change.is_merge else ("deleted", "")
    if is_own(change):
        return f"You {did} {what}{into} at {at}"
    if is_named and change.actor:
        return f"{short_name(change.actor)} {did} {what}{into} at {at}"
    return f"{sentence_case(what)} was {did}{into} at {at}"


def _people(origin: EarlierState) -> tuple[Changer, ...]:
    """Return who changed the record, and when."""
    return tuple(Changer(one.actor, value_cell(one.at, is_whole=True), is_own(one)) for one in origin.last_changes)


def refill(one: Field, value: object, *, stored: object = None) -> None:
    """Put a value into a field, as if the form had been drawn with it. The stored value need not meet the rules."""
    one.raw_data = None
    one.process(None, value)
    if one.data is None and value == "":
        # Some fields turn an empty input into no value.
        one.data = value
    one.object_data = stored


def _version(sent: str | None, present: int) -> int:
    """Read the version that a form was drawn from: the present one if none was sent, an impossible one if it cannot be read."""
    if sent is None:
        # A retry must not take the present version, which nobody has seen.
        attempt_once()
        return present
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= LONGEST_VERSION else -1


def _plain(record: Record, name: str, value: object) -> object:
    """Return a field's value for a comparison: text without differences in line ends, records by their keys."""
    if isinstance(value, str):
        value = plain_lines(value)
    if isinstance(value, float | Decimal) and isnan(value):
        # An unreadable value equals nothing, not even itself.
        return "NaN"
    if hasattr(type(value), "__mapper__"):
        return getattr(value, "id", value)
    if isinstance(value, list) and value and all(hasattr(type(one), "__mapper__") for one in value):
        return sorted((one.id for one in value), key=repr)
    return value if value is UNKNOWN else compared_field(type(record), name, value)
