"""The audit entry of one transaction: collected in memory, then written into the history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import insert

from admin_app.context import act_under_way
from admin_app.db.json_values import recorded_models
from admin_app.db.keys import Key
from admin_app.db.types import utc_now
from admin_app.domain.naming import names_of
from admin_app.extensions import AnySession, Values
from admin_app.formatting import counted, in_words
from admin_app.models.change_set import LONGEST_ACTOR, LONGEST_SUMMARY, Change, ChangeSet, Did, Kind


@dataclass
class AuditEntry:
    """The changes of the current transaction so far. `pending` are the rows still to be written; `heading` holds the change set's columns that callers have set."""

    set_id: int | None = None
    is_noted: bool = False
    heading: Values = field(default_factory=dict)
    pending: dict[tuple[str, Key], Values] = field(default_factory=dict)
    counts: Counter[tuple[Did, str]] = field(default_factory=Counter)
    # The table, key and title of the record that the change set is mainly about, and what was done to that record.
    main: tuple[str, Key, str, Did] | None = None
    # The fields that were changed, for the log.
    fields: set[str] = field(default_factory=set)


def can_be_given_back(entry: AuditEntry) -> bool:
    """Whether an undo of the pending changes could restore anything. It could not if only passwords changed: the history does not keep them."""
    rows = entry.pending.values()
    return entry.set_id is not None or any(row["act"] is not Did.UPDATE or row["before"] for row in rows)


def add_change(entry: AuditEntry, row: Values) -> None:
    """Add what a flush did to a record, merging it with an earlier change of the record in this transaction."""
    first = entry.pending.pop((row["model"], row["record_id"]), None)
    merged: Values | None = row
    if first is not None:
        entry.counts[first["act"], row["model"]] -= 1
        entry.counts = +entry.counts
        merged = _merged(first, row)
    if merged is not None:
        entry.pending[row["model"], row["record_id"]] = merged
        entry.counts[merged["act"], row["model"]] += 1


def _merged(first: Values, second: Values) -> Values | None:
    """Merge two changes of a record into one; return None if they cancel out."""
    was_made, is_gone = first["act"] is Did.CREATE, second["act"] is Did.DELETE
    if was_made and is_gone:
        return None
    before = None if was_made else {**(second["before"] or {}), **first["before"]}
    after = None if is_gone else {**(first["after"] or {}), **second["after"]}
    act = first["act"] if was_made else second["act"]
    if before and after:
        same = {key for key in before if before[key] == after[key]}
        before, after = ({key: one[key] for key in one if key not in same} for one in (before, after))
        if not before:
            return None
    return {**second, "act": act, "before": before, "after": after}


def write_entry(session: AnySession, entry: AuditEntry) -> int:
    """Write the change set unless it is written already, and the pending changes; return the set's id."""
    connection, sets, changes = session.connection(), ChangeSet.__table__, Change.__table__
    if entry.set_id is None:
        said = insert(sets).values(at=utc_now(), **heading_of(entry)).returning(sets.c.id)
        entry.set_id = int(connection.execute(said).scalar_one())
    if entry.pending:
        entry.fields.update(*(row["after"] or () for row in entry.pending.values() if row["act"] is Did.UPDATE))
        rows = [{**row, "change_set_id": entry.set_id} for row in entry.pending.values()]
        entry.pending.clear()
        connection.execute(insert(changes), rows)
    return entry.set_id


def heading_of(entry: AuditEntry) -> Values:
    """Return those columns of the change set that are known by now."""
    acting = act_under_way()
    if "actor" not in entry.heading and acting is not None:
        # Read once: the change set may delete the actor's own account.
        entry.heading["actor_id"], entry.heading["actor"] = acting.who()
    heading = {**entry.heading, "actor": entry.heading.get("actor", "")[:LONGEST_ACTOR]}
    model, record_id, _, _ = entry.main or ("", None, "", Did.UPDATE)
    return {
        "kind": acting.kind if acting is not None else Kind.COMMAND,
        "request_id": acting.request_id if acting is not None else "",
        "resource": model,
        "record_id": record_id,
        "count": sum(entry.counts.values()),
        **heading,
        "summary": str(heading.get("summary") or _summary(entry))[:LONGEST_SUMMARY],
    }


def _summary(entry: AuditEntry) -> str:
    """Say in one line what was changed: "Deleted user “Ann” and changed 17 posts"."""
    main, _, title, did = entry.main or ("", None, "", Did.UPDATE)
    parts: list[str] = []
    for (act, table), number in sorted(entry.counts.items(), key=lambda pair: pair[0] != (did, main)):
        noun, nouns = names_of(recorded_models()[table])
        named = f"{noun} “{title}”" if number == 1 and (act, table) == (did, main) else counted(number, noun, nouns)
        parts.append(f"{act.past if parts else act.past.capitalize()} {named}")
    return in_words(parts)
