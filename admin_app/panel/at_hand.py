"""What every page says beside its own matter: the person's saved views, and news of their jobs.

Read once a request, where it can be by the statement that finds out who the person is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, has_request_context, request, session

from admin_app.db.types import utc_now
from admin_app.domain.auth.sessions import WHOSE, Rows
from admin_app.domain.work.saved_views import ViewAtHand, asked_at_hand, views_at_hand
from admin_app.jobs import store as job_store
from admin_app.models.together import Query
from admin_app.selection.selection import VIEW, whole_number
from admin_app.web.auth.login import expect, read

# Below each resource in the navigation; the rest is on the page of all views.
MOST_SHOWN = 6
# In the browser's session: the moment up to which ended jobs were told of. So reading a page writes nothing into the database.
TOLD = "jobs_told"


@dataclass(frozen=True)
class AtHand:
    """The person's first views of every resource, with the one that was asked for by its id, and their jobs' news since `since`."""

    views: list[ViewAtHand]
    jobs: list[job_store.News]
    since: datetime
    asked: int


def at_hand(with_id: int = 0) -> AtHand:
    """Return what this request's page says beside its own matter; `with_id` names the view where the address does not."""
    found: AtHand | None = g.get("at_hand")
    if found is None or with_id not in {0, found.asked}:
        _read(with_id or named_view())
        found = g.at_hand
    return found


def expect_at_hand(*queries: Query, **parameters: Any) -> None:
    """Have it, and a page's own queries about who is signed in, read by the statement that finds them out."""
    expect((*_ASKED, *queries), since=_since(), view_id=named_view(), **parameters)


def read_along(*queries: Query, **parameters: Any) -> Rows:
    """Return the rows of a page's own queries, each a constant, read by the statement that reads what is at hand."""
    return _read(named_view(), *queries, **parameters)


def named_view() -> int:
    """Return the id of the view that the address names, or 0."""
    # `get` of what is not there costs ten times what `in` does.
    return whole_number(request.args[VIEW]) if has_request_context() and VIEW in request.args else 0


def _read(view_id: int, *queries: Query, **parameters: Any) -> Rows:
    since = _since()
    is_expected = view_id == named_view()
    asked = (*_ASKED, *queries)
    views, jobs, *others = read(asked, is_expected=is_expected, since=since, view_id=view_id, **parameters)
    g.at_hand = AtHand(views_at_hand(views), job_store.news(jobs), since, view_id)
    return others


def _since() -> datetime:
    told = session.get(TOLD) if has_request_context() else None
    return datetime.fromisoformat(told) if isinstance(told, str) else utc_now()


_ASKED = (asked_at_hand(WHOSE, most=MOST_SHOWN), job_store.asked_for_news(WHOSE))
