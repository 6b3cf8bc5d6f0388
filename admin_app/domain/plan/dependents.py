"""Find the lines of a deletion on whose records something else hangs than the plan said."""

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
    """Return the numbers of such lines among these, by what is to be said of them.

    The records are locked: on PostgreSQL what would come to hang on them waits.
    """
    counts, found = dependent_counts(model), defaultdict[str, list[int]](list)
    if counts is None:
        return found
    table = table_of(model)
    lines = select(_LINE.c.number, _LINE.c.hanging, counts).join_from(_LINE, table, is_record(table, _LINE.c.record_id))
    # A line of the version before says nothing, and is taken as it is.
    for number, then, now in session.execute(lines.where(which, _LINE.c.hanging != counts)):
        if news := difference(model, then, now, scopes, is_act=True):
            found[news].append(number)
    return found
