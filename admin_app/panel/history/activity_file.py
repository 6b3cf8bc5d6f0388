"""Activity as a file: one line per change set, the newest first."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from itertools import chain, islice

from flask import Response

from admin_app.context import act_under_way
from admin_app.extensions import db
from admin_app.formatting import counted
from admin_app.models.change_set import ChangeSet
from admin_app.models.staff import Staff
from admin_app.panel.history.activity_row import activity_row
from admin_app.transfer.export.export_audit import ExportAudit, audited_rows
from admin_app.transfer.formats import CSV
from admin_app.transfer.formats.csv import csv_chunks
from admin_app.web.download import download

# The most change sets of a file; for more, a person has to narrow them first.
MOST_ACTS = 10_000
HEADER = ("Time", "Person", "Act", "Kind", "List", "Records", "Reason")
# As long as the description of a list's filters in the history.
LONGEST_ASKED = 200


def activity_file(sets: Sequence[ChangeSet], *, asked: str) -> Response:
    """Send these change sets. The history records who exported them, and with which filters."""
    lines = [_line(one) for one in sets]
    rows = audited_rows(db.engine, iter(lines), _taking(asked))
    return download(_written(rows), content_type=CSV.content_type, name="activity.csv")


def _written(rows: Generator[Sequence[str], None, None]) -> Generator[bytes, None, None]:
    with closing(rows):
        # The first line is read, and the export recorded, before even the header is sent.
        yield from csv_chunks(HEADER, chain([*islice(rows, 1)], rows))


def _line(done: ChangeSet) -> tuple[str, ...]:
    row = activity_row(done)
    return (row.at.iso, row.who, row.summary, done.kind, row.resource, str(done.count), row.reason)


def _taking(asked: str) -> ExportAudit:
    acting = act_under_way()
    return ExportAudit(
        actor=acting.who() if acting is not None else (None, ""),
        request_id=acting.request_id if acting is not None else "",
        resource=Staff.__table__.name,
        words=lambda number: f"{counted(number, 'entry', 'entries')} of the activity",
        asked=asked[:LONGEST_ASKED],
    )
