"""Words that a list's order groups together: posts of a few users, in a list sorted by user name.

Neither way of `planner` is fast for them. Walking the order may pass millions of rows before the first match, and looking
up all matches gives too many rows to sort. But the related records are few and quickly sorted, and the rows of the first
of them fill a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from admin_app.extensions import AnySession, Statement
from admin_app.selection.search.search import related_found
from admin_app.selection.selection import Selection
from admin_app.selection.sorting.keyset import Cursor

# This many related records nearly always have enough rows for a page.
HEADS = 200


def first_segments(
    session: AnySession, selection: Selection, start: Cursor | None, *, backwards: bool
) -> tuple[Sequence[Statement], bool]:
    """Return the queries for the first rows of a clustered selection, and whether they give all rows.

    This costs one small statement.
    """
    word, order = selection.clustered, selection.order
    assert word is not None and order.relation is not None  # noqa: S101, PT018 -- for mypy: the caller has checked it
    other, has_it = related_found(word, order.relation)
    ones = order.related_ones(other, start=start, backwards=backwards)
    found = [] if ones is None else session.execute(ones.where(has_it).limit(HEADS)).all()
    is_all = len(found) < HEADS
    narrowed = replace(selection, by_index=(word,), heads=tuple(key for key, _ in found))
    end = None if is_all else Cursor(found[-1][1], found[-1][0], None)
    return list(narrowed.segments(start, backwards=backwards, end=end)), is_all
