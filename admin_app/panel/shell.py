"""The data for the frame of every page: the person's saved views, and news about their jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import has_request_context, request, session

from admin_app.db.types import utc_now
from admin_app.domain.permissions.principal import Principal
from admin_app.domain.work.saved_views import ViewAtHand, views_at_hand
from admin_app.extensions import AnySession, db
from admin_app.jobs import store as job_store
from admin_app.selection.selection import VIEW, whole_number
from admin_app.web.auth.login import current_principal
from admin_app.web.request_context import request_context

# The most views below each resource in the navigation; the page of all views has the rest.
MOST_SHOWN = 6
# The key in the browser's session for the time up to which ended jobs were reported. It is kept there so that reading a page writes nothing into the database.
TOLD = "jobs_told"


@dataclass(frozen=True)
class Shell:
    """The person's first views of every resource, the requested view, and the news about their jobs since `since`."""

    views: Sequence[ViewAtHand]
    jobs: Sequence[job_store.News]
    since: datetime


def load_shell(session: AnySession, person: Principal, *, since: datetime, view_id: int) -> Shell:
    """Read the data for the frame of a person's page, and the view with this id."""
    views = views_at_hand(session, person, most=MOST_SHOWN, with_id=view_id)
    return Shell(views, job_store.news(session, staff_id=person.id, since=since), since)


def shell() -> Shell:
    """Return the data for the frame of this request's page, with the view that its URL names; it is read once."""
    return request_context().once(Shell, _shell)


def view_of_id(number: int) -> ViewAtHand | None:
    """Return the view of this id, if the person sees it."""
    person = current_principal()
    if not number or person is None:
        return None
    # The view in the address is loaded already; another one, such as a default view, needs a statement.
    known = shell().views if number == named_view() else views_at_hand(db.session, person, most=0, with_id=number)
    return next((one for one in known if one.id == number), None)


def named_view() -> int:
    """Return the id of the view that the address names, or 0."""
    return whole_number(request.args.get(VIEW, "")) if has_request_context() else 0


def _shell() -> Shell:
    person, since = current_principal(), _since()
    if person is None:
        return Shell((), (), since)
    return load_shell(db.session, person, since=since, view_id=named_view())


def _since() -> datetime:
    told = session.get(TOLD) if has_request_context() else None
    return datetime.fromisoformat(told) if isinstance(told, str) else utc_now()
