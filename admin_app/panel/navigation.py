"""The menu: every resource the person may see, the present one marked; jobs under way, and those that just ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, request, session

from admin_app.jobs import ledger
from admin_app.panel.at_hand import TOLD, at_hand
from admin_app.panel.elements import Link, MenuItem
from admin_app.panel.registry import resources
from admin_app.web.links import address_of, own_path
from admin_app.web.login import current_person

if TYPE_CHECKING:
    from admin_app.panel.resource import ResourceView


def init_app(app: Flask) -> None:
    """Give every page the menu."""
    app.context_processor(_menu)


def _menu() -> dict[str, Any]:
    if current_person() is None:
        return {"navigation": [], "job_news": [], "home_url": address_of("auth.sign_in")}
    seen = [resource for resource in resources() if resource.is_accessible()]
    start = MenuItem("Home", address_of("admin.index"), _page(request.endpoint == "admin.index"))
    activity = MenuItem("Activity", address_of("activity.index"), _page(request.blueprint == "activity"))
    under_way, ended = _jobs()
    words = f"Jobs ({under_way})" if under_way else "Jobs"
    jobs = MenuItem(words, address_of("jobs.index"), _page(request.blueprint == "jobs"), name="jobs")
    return {
        "navigation": [start, *(_item(resource) for resource in seen), activity, jobs],
        "job_news": ended,
        "home_url": address_of("admin.index"),
        "account_url": address_of("account.index"),
        "session_url": address_of("account.session"),
        "sign_out_url": address_of("auth.sign_out"),
    }


def _item(resource: ResourceView) -> MenuItem:
    """Link a resource, and the person's views of it."""
    views = resource.view_links()
    views_url = resource.link("views_view") if views else ""
    is_below = own_path() == views_url or any(view.is_current for view in views)
    is_here = request.blueprint == resource.endpoint
    current = "true" if is_here and is_below else _page(is_here)
    return MenuItem(resource.plural, resource.link("index_view"), current, views, views_url)


def _page(is_here: bool) -> str:  # noqa: FBT001 -- an answer turned into a word
    return "page" if is_here else ""


def _jobs() -> tuple[int, list[Link]]:
    """Return how many jobs of the person are under way, and what has ended since the last page said so."""
    found = at_hand()
    ended = [job for job in found.jobs if job.finished_at is not None]
    if TOLD not in session or ended:
        session[TOLD] = max([found.since, *(job.finished_at for job in ended if job.finished_at)]).isoformat()
    links = [Link(f"{job.title}: {job.state.value}", address_of("jobs.index")) for job in ended]
    return sum(job.state in ledger.OPEN for job in found.jobs), links
