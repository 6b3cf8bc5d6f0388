"""The menu: every resource that the person may see, by group, with the current one marked; running jobs, and jobs that just ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Flask, request, session, url_for

from admin_app.domain.permissions.policy import Action
from admin_app.domain.work.inbox import MOST_UNREAD
from admin_app.jobs import store as job_store
from admin_app.models.job import JobState
from admin_app.models.preference import Theme
from admin_app.panel.access.access import access_to
from admin_app.panel.in_time import in_time
from admin_app.panel.inbox.sight import number_unread
from admin_app.panel.layout.keys import with_letters
from admin_app.panel.links import link
from admin_app.panel.list.list_counts import count_at_hand, in_short
from admin_app.panel.list.saved_view_bar import view_links
from admin_app.panel.list.selections import schema_for
from admin_app.panel.registry import resources
from admin_app.panel.resource import CONTENT, Resource
from admin_app.panel.shell import TOLD, shell
from admin_app.panel.view_models import Link, MenuGroup, MenuItem
from admin_app.web.auth.login import current_principal, seen_as
from admin_app.web.urls import own_path

# The heading of the places for work on the content.
WORK = "Work"
# The themes that the frame offers: value, label, icon.
_THEMES = (
    (Theme.SYSTEM, "System", "monitor"),
    (Theme.LIGHT, "Light", "sun"),
    (Theme.DARK, "Dark", "moon"),
)


@dataclass(frozen=True)
class JobNews:
    """A job that has just ended, with the addresses of the jobs page and of its file, if it made one."""

    label: str
    url: str
    file_url: str


def init_app(app: Flask) -> None:
    """Give every page the menu."""
    app.context_processor(_menu)


def _menu() -> dict[str, object]:
    person = current_principal()
    if person is None:
        return {"navigation": [], "job_news": [], "home_url": url_for("auth.sign_in")}
    under_way, ended = _jobs()
    unread = _unread(person.id)
    return {
        "searched_lists": _searched_lists,
        "navigation": _groups(under_way, unread),
        "number_unread": unread,
        "job_news": ended,
        "home_url": url_for("admin.index"),
        "account_url": url_for("account.index"),
        "help_url": url_for("help.index"),
        "keys_url": url_for("help.keys"),
        "look_url": url_for("account.look"),
        "themes": _THEMES,
        "search_url": url_for("search.index"),
        "session_url": url_for("account.session"),
        "sign_out_url": url_for("auth.sign_out"),
    }


def _groups(under_way: int, unread: str) -> list[MenuGroup]:
    """Group the places: the home page alone, the content, the work on it, and the groups that resources name."""
    seen = [resource for resource in resources() if access_to(resource).may(Action.LIST)]
    start = MenuItem("Home", url_for("admin.index"), _page(request.endpoint == "admin.index"), icon="house")
    names = dict.fromkeys([CONTENT, WORK, *(one.menu_group for one in seen)])
    found = [
        MenuGroup(name, (*_items(seen, name), *(_work(under_way, unread) if name == WORK else ()))) for name in names
    ]
    return _lettered([MenuGroup("", (start,)), *(group for group in found if group.items)])


def _lettered(groups: Sequence[MenuGroup]) -> list[MenuGroup]:
    """Give every place its key."""
    items = with_letters([item for group in groups for item in group.items])
    return [replace(group, items=tuple(replace(one, letter=next(items)[1]) for one in group.items)) for group in groups]


def _items(seen: Sequence[Resource], group: str) -> list[MenuItem]:
    return [_item(one) for one in seen if one.menu_group == group]


def _work(under_way: int, unread: str) -> tuple[MenuItem, ...]:
    """Link the pages about past and current work."""
    activity = MenuItem("Activity", url_for("activity.index"), _page(request.blueprint == "activity"), icon="activity")
    here = _page(request.blueprint == "jobs")
    jobs = MenuItem("Jobs", url_for("jobs.index"), here, icon="list-todo", name="jobs", under_way=under_way)
    is_inbox = _page(request.blueprint == "inbox")
    inbox = MenuItem("Inbox", url_for("inbox.index"), is_inbox, icon="inbox", unread=unread)
    return activity, jobs, inbox


def _unread(staff_id: int) -> str:
    """Return the number of unread entries in the person's own inbox, "" for none. Someone who sees the dashboard as them does not get it."""
    # A page that has used up its time is shown without the number.
    number = in_time(lambda: number_unread(staff_id)) if seen_as() is None else None
    return f"{MOST_UNREAD - 1}+" if (number or 0) >= MOST_UNREAD else str(number or "")


def _searched_lists() -> list[Link]:
    """Link the lists that the person may search, for a page that was not found."""
    seen = [access for one in resources() if (access := access_to(one)).may(Action.LIST) and schema_for(access).search]
    return [Link(access.resource.plural, link(access.resource, "index_view")) for access in seen]


def _item(resource: Resource) -> MenuItem:
    """Link a resource, and the person's views of it."""
    views = view_links(resource)
    views_url = link(resource, "views_view") if views else ""
    is_below = own_path() == views_url or any(view.is_current for view in views)
    is_here = request.blueprint == resource.endpoint
    current = "true" if is_here and is_below else _page(is_here)
    url, count = link(resource, "index_view"), count_at_hand(access_to(resource))
    number = "" if count is None else in_short(count)
    return MenuItem(resource.plural, url, current, views, views_url, icon=resource.icon, count=number)


def _page(is_here: bool) -> str:  # noqa: FBT001 -- an answer turned into a word
    return "page" if is_here else ""


def _jobs() -> tuple[int, list[JobNews]]:
    """Return the number of the person's running jobs, and the jobs that ended since the last page reported any."""
    found = shell()
    if seen_as() is not None:
        # The time of the last report in this browser concerns the signed-in person's jobs.
        return sum(job.state in job_store.OPEN for job in found.jobs), []
    ended = [job for job in found.jobs if job.finished_at is not None]
    if TOLD not in session or ended:
        session[TOLD] = max([found.since, *(job.finished_at for job in ended if job.finished_at)]).isoformat()
    return sum(job.state in job_store.OPEN for job in found.jobs), [_news_of(job) for job in ended]


def _news_of(job: job_store.News) -> JobNews:
    has_file = job.state is JobState.DONE and bool(job.file_name)
    file_url = url_for("jobs.file", id=job.id) if has_file else ""
    return JobNews(f"{job.title}: {job.state.value}", url_for("jobs.index"), file_url)
