"""The pages of a record as tabs, each with its own address: every line of `TABS` is one, and every child list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import and_

from admin_app.db.record import Record
from admin_app.domain.audit.reader import count_of_history
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.archive import unarchived
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.links import link_for, record_url, return_url
from admin_app.panel.list.child_lists import children_of
from admin_app.panel.record.noted import noted_of
from admin_app.selection.paging.counting import Count, counts_of_children

FORM, DETAILS, HISTORY, NOTES = "edit_view", "details_view", "history_view", "notes_view"


@dataclass(frozen=True)
class RecordTab:
    """A page that every record has: its view, the required right, its label, and the function that counts its entries, if there is one."""

    view: str
    action: Action
    label: str
    count: Callable[[Access, Record], Count | int] | None = None


@dataclass(frozen=True)
class Tab:
    """A tab as it is drawn."""

    label: str
    url: str
    count: str = ""
    is_current: bool = False


def _history(access: Access, record: Record) -> Count:
    return count_of_history(db.session, access.resource.model, record.id)


TABS = (
    RecordTab(FORM, Action.EDIT, "Edit"),
    RecordTab(DETAILS, Action.VIEW, "Details"),
    RecordTab(HISTORY, Action.HISTORY, "History", _history),
    RecordTab(NOTES, Action.VIEW, "Notes", lambda access, record: noted_of(access, record).number),
)


def tabs_of(access: Access, record: Record, view: str) -> tuple[Tab, ...]:
    """Return the tabs of the pages that the person may open; child lists follow the first tab."""
    pages = list(_pages(access, record, view))
    return (*pages[:1], *_lists(access, record, view), *pages[1:])


def _pages(access: Access, record: Record, view: str) -> Iterator[Tab]:
    for one in TABS:
        # The form shows everything that the details page shows.
        is_hidden = one.view == DETAILS != view and access.reaches(record, Action.EDIT)
        url = "" if is_hidden else link_for(access, one.action, one.view, record)
        if url:
            count = str(one.count(access, record)) if one.count is not None else ""
            yield Tab(one.label, url, count, is_current=one.view == view)


def _lists(access: Access, record: Record, view: str) -> Iterator[Tab]:
    page = "" if view in {FORM, DETAILS} else record_url(access, record, url=return_url(access.resource))
    for relation, child in children_of(access):
        attribute = getattr(access.resource.model, relation.key)
        rows = [one for one in (child.seen(), unarchived(child.resource.model)) if one is not None]
        shown = and_(*rows) if rows else None
        counts = counts_of_children(db.session, attribute, [record.id], rows=shown)
        yield Tab(access.resource.label(relation.key), f"{page}#{relation.key}", str(counts[record.id]))
