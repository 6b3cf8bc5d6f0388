"""The table of change sets, grouped by day. A change set of one field of one record shows the change itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from admin_app.context import zone
from admin_app.db.types import utc_now
from admin_app.domain.audit.diff import Piece, PieceKind
from admin_app.domain.audit.reader import ActivityFilter, changes_of_one_record
from admin_app.domain.audit.undo import keeps_former
from admin_app.extensions import db
from admin_app.models.change_set import CHANGING, Change, ChangeSet, Did
from admin_app.panel.history.activity_row import activity_rows
from admin_app.panel.history.entries import fields_of
from admin_app.panel.history.view_models import ActivityDay, ActivityRow, FieldChange

# The most letters of a change that is shown in the table: more would need a second line.
SHORT = 80


def by_day(rows: Sequence[ActivityRow]) -> list[ActivityDay]:
    """Group rows by the day of the change in the viewer's time zone."""
    today = utc_now().astimezone(zone()).date()
    return [ActivityDay(_name(day, today), tuple(some)) for day, some in groupby(rows, key=lambda row: row.day)]


def rows_of(sets: Sequence[ChangeSet], seen: ActivityFilter) -> list[ActivityRow]:
    """Draw change sets, with the changed field if it is a single short one. The changes need one statement, and one per relation."""
    single = [one.id for one in sets if one.count == 1 and one.kind in CHANGING]
    changes = [
        one for one in changes_of_one_record(db.session, single, seen.hidden, rows=seen.rows) if one.act == Did.UPDATE
    ]
    told, kept_back = _told(changes), {one.change_set_id for one in changes if not keeps_former(one)}
    rows = zip([one.id for one in sets], activity_rows(sets), strict=True)
    return [replace(row, told=told.get(key), can_undo=row.can_undo and key not in kept_back) for key, row in rows]


def _told(changes: Sequence[Change]) -> Mapping[int, FieldChange]:
    drawn = zip(changes, fields_of(changes), strict=True)
    return {
        change.change_set_id: _whole(fields[0]) for change, fields in drawn if len(fields) == 1 and _is_short(fields[0])
    }


def _is_short(field: FieldChange) -> bool:
    """Whether a line has room for the change."""
    kinds = {piece.kind for piece in field.pieces}
    return PieceKind.GAP not in kinds and sum(len(piece.text) for piece in field.pieces) <= SHORT


def _whole(field: FieldChange) -> FieldChange:
    """Show the whole new value in place of the whole old one: in one line, a word-by-word difference is hard to read."""
    both = (PieceKind.GONE, PieceKind.CAME)
    texts = ("".join(one.text for one in field.pieces if one.kind in {PieceKind.SAME, kind}) for kind in both)
    return FieldChange(field.label, tuple(Piece(kind, text) for kind, text in zip(both, texts, strict=True) if text))


def _name(day: date, today: date) -> str:
    if day == today:
        return "Today"
    return "Yesterday" if day == today - timedelta(days=1) else f"{day:%A}, {day.day} {day:%B %Y}"
