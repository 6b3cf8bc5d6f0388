"""Everything stored about a person, as a file for them: the record, its history, its notes, and dependent records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, Table, or_, select

from admin_app.db.joined import column_in, of_root
from admin_app.db.json_values import recorded_models, row_columns
from admin_app.db.keys import Key, key_in, stored
from admin_app.db.record import Record
from admin_app.domain.forgetting.pointing import keys_to, points_at
from admin_app.domain.forgetting.subject import Subject
from admin_app.extensions import AnySession, Values, table_of
from admin_app.kinds import kind_of
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.note import Note


def held_about(session: AnySession, subject: Subject) -> Values:
    """Return everything stored about the person, as values for JSON."""
    return {
        "record": {"kind": subject.table, "id": _plain(subject.key), "values": _record(session, subject)},
        "dependents": {name: rows for name, rows in _dependents_of(session, subject).items() if rows},
        "history": _history(session, subject),
        "notes": [
            {"at": one.created_at.isoformat(), "by": one.author, "text": one.text}
            for one in session.scalars(notes_about(subject)).all()
        ],
    }


def notes_about(subject: Subject) -> Select[Note]:
    """Select the notes about a record."""
    return select(Note).where(Note.subject == subject.table, Note.subject_id.in_(subject.keys)).order_by(Note.id)


def _record(session: AnySession, subject: Subject) -> Values | None:
    rows = _rows(session, table_of(subject.model), key_in(table_of(subject.model)) == subject.key)
    return rows[0] if rows else None


def _dependents_of(session: AnySession, subject: Subject) -> Mapping[str, Sequence[Values]]:
    """Return the records that refer to this one, by their tables."""
    found: dict[type[Record], list[ColumnElement[bool]]] = {}
    for model, key in keys_to(subject):
        found.setdefault(model, []).append(of_root(model, points_at(subject, key)))
    return {table_of(model).name: _rows(session, table_of(model), or_(*which)) for model, which in found.items()}


def _rows(session: AnySession, table: Table, which: ColumnElement[bool]) -> list[Values]:
    model = recorded_models()[table.name]
    columns = row_columns(model)
    values = (column_in(table, one) for one in columns.values())
    found = session.execute(select(*values).where(which).order_by(key_in(table)))
    return [
        {name: kind_of(column).to_history(value) for (name, column), value in zip(columns.items(), row, strict=True)}
        for row in found
    ]


def _history(session: AnySession, subject: Subject) -> list[Values]:
    chosen = select(ChangeSet.at, ChangeSet.actor, ChangeSet.reason, Change.act, Change.before, Change.after)
    rows = session.execute(
        chosen.join(ChangeSet, ChangeSet.id == Change.change_set_id)
        .where(Change.model == subject.table, Change.record_id.in_(subject.keys))
        .order_by(Change.id)
    )
    return [
        {"at": row.at.isoformat(), "by": row.actor, "reason": row.reason}
        | {"act": row.act, "before": row.before, "after": row.after}
        for row in rows
    ]


def _plain(key: Key) -> object:
    return key if isinstance(key, int | str) else stored(key)
