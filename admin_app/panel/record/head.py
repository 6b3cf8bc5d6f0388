"""The head of a record's pages: the way back, its name and id, a line about it, its tabs, its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from admin_app.db.keys import Key, print_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access
from admin_app.panel.kinds import value_cell
from admin_app.panel.links import link, return_url, short_url
from admin_app.panel.record.facts import fact
from admin_app.panel.record.steps import steps_of
from admin_app.panel.record.tabs import Tab, tabs_of
from admin_app.panel.view_models import Cell, Fact, Steps

# The identity of the list on its own page, with which its rows' ids begin.
LISTING = "listing"


@dataclass(frozen=True)
class RecordHead:
    """The head of a record's pages; `changed_by` is "" if it is unknown who changed it last."""

    title: str
    number: Key
    # "" if the person may not see it.
    list_url: str
    # The page that the person came from, if it was not the list.
    back_url: str
    short_url: str
    belongs_to: tuple[Fact, ...]
    created: Cell | None
    changed: Cell | None
    changed_by: str
    tabs: tuple[Tab, ...]
    steps: Steps | None = None
    is_archived: bool = False


def head_of(access: Access, record: Record, view: str, *, changed_by: str = "") -> RecordHead:
    """Build the head of the current page; `changed_by` is the last person who changed the record, if known."""
    resource = access.resource
    back, index = return_url(resource), link(resource, "index_view")
    is_list = urlsplit(back).path == index
    relations = [name for name, one in resource.relations.items() if not one.is_many]
    return RecordHead(
        title=access.title_of(record),
        number=record.id,
        list_url=f"{back if is_list else index}#{LISTING}-row-{print_key(record.id)}"
        if access.may(Action.LIST)
        else "",
        back_url="" if is_list else back,
        short_url=short_url(access, record),
        belongs_to=tuple(fact(access, record, name) for name in access.shown(relations)),
        created=_time(access, record, "created_at"),
        changed=_time(access, record, "updated_at") if record.version > 1 else None,
        changed_by=changed_by,
        tabs=tabs_of(access, record, view),
        steps=steps_of(access, record, view) if view in {"edit_view", "details_view"} else None,
        is_archived=access.archived() is not None and bool(getattr(record, resource.model.__archived_at__)),
    )


def _time(access: Access, record: Record, name: str) -> Cell | None:
    value = getattr(record, name, None)
    return value_cell(value, is_whole=False) if value is not None and access.shows(name) else None
