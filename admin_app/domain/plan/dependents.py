"""Find the lines of a deletion whose records have other dependents than the plan said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select

from admin_app.db.keys import is_record
from admin_app.db.record import Record
from admin_app.domain.records.deletion_scope import DeletionScopes
from admin_app.domain.records.dependent_counts import dependent_counts, difference
from admin_app.extensions import AnySession, table_of
from admin_app.models.plan import PlanLine

_LINE = table_of(PlanLine)


def changed_since(
    session: AnySession, model: type[Record], which: ColumnElement[bool], scopes: DeletionScopes
) -> Mapping[str, Sequence[int]]:
    """Return the numbers of such lines, by the message about their new dependents.

    The caller has locked the records: on PostgreSQL a new dependent waits for that lock.
    """
    counts, found = dependent_counts(model), defaultdict[str, list[int]](list)
    if counts is None:
        return found
    table = table_of(model)
    lines = select(_LINE.c.number, _LINE.c.hanging, counts).join_from(_LINE, table, is_record(table, _LINE.c.record_id))
    # A line written by the previous version has no counts. It is carried out.
    for number, then, now in session.execute(lines.where(which, _LINE.c.hanging != counts)):
        if news := difference(model, then, now, scopes, is_act=True):
            found[news].append(number)
    return found
