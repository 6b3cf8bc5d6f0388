"""The numbers of records of saved views. A script requests them after the page is drawn, and each view has a limited time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.in_time import within
from admin_app.panel.list.list_counts import in_short
from admin_app.panel.list.selections import plain_selection
from admin_app.panel.list.view_models import ViewRow
from admin_app.selection.paging.counting import count_of
from admin_app.selection.paging.planner import planned

# Seconds for one view, and for all of them.
LIMIT, WHOLE_LIMIT = 0.25, 1.0


def with_counts(access: Access, rows: Sequence[tuple[ViewRow, str]]) -> list[ViewRow]:
    """Add the number of records to each view, given with its arguments; "" if counting takes too long."""
    end = time.monotonic() + WHOLE_LIMIT
    counts = [within(LIMIT, end, partial(_count, access, arguments)) for _, arguments in rows]
    return [replace(row, count=count or "") for (row, _), count in zip(rows, counts, strict=True)]


def _count(access: Access, arguments: str) -> str:
    try:
        selection = plain_selection(access, parse_qsl(arguments, keep_blank_values=True))
    except SelectionError:
        # The view names a column that is gone; its own page says so.
        return ""
    return "" if selection.problems else in_short(count_of(db.session, planned(db.session, selection)))
