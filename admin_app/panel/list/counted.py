"""The number of rows of a selection: a list's exact number, and whether it exceeds a limit.

An exact count is valid for a minute, for all pages and orders of the list: counting again would take as long. It is kept in
the browser's signed session, for one list only, so that reading a page writes nothing into the database.
"""

from __future__ import annotations

import time
from dataclasses import replace

from flask import session

from admin_app.context import reading
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.in_time import in_time
from admin_app.selection.paging.counting import Count, count_of
from admin_app.selection.paging.pages import Page
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection

KEPT = "counted"
SECONDS = 60


def with_exact_count(access: Access, selection: Selection, page: Page) -> Page:
    """Store an exact count if the page has just made one; otherwise give the page a stored one that is still valid."""
    # The person is part of the key, because seeing as someone else uses the same session.
    person = access.authority.principal
    name = f"{person.id if person else 0} {access.resource.endpoint} {selection.digest} {selection.ticks}"
    if selection.is_counted and page.count.is_exact:
        session[KEPT] = [name, page.count.number, int(time.time())]
        return page
    known, number, at = session.get(KEPT) or ("", 0, 0)
    is_known = known == name and not page.count.is_exact and 0 <= time.time() - at < SECONDS
    # If this page has counted more rows, the stored number is wrong.
    is_right = page.count.is_estimate or number > page.count.number
    return replace(page, count=Count(number)) if is_known and is_right else page


def count_up_to(selection: Selection, limit: int) -> Count:
    """Count rows up to a limit, without the write lock. If counting takes too long, the limit counts as exceeded."""
    with reading():
        try:
            count = in_time(lambda: _count_up_to(selection, limit))
        finally:
            db.session.rollback()
    return Count(limit, is_exact=False) if count is None else count


def _count_up_to(selection: Selection, limit: int) -> Count:
    return count_of(db.session, replace(planned(db.session, selection), count_limit=limit, is_counted=False))
