"""The addresses of a resource's pages, of its records, and of a list in another state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from admin_app.db.keys import is_numbered, print_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access
from admin_app.panel.access.new_record import may_add
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import Hidden
from admin_app.selection.selection import Selection
from admin_app.web.urls import local_path

# The argument of a new record's form with the record to copy.
COPY = "copy"


def link(resource: Resource, view: str, record: Record | None = None, /, **arguments: Any) -> str:
    """Return the address of a resource's page, of a record if one is given."""
    if "id" in arguments:
        arguments["id"] = print_key(arguments["id"])
    address = url_for(f"{resource.endpoint}.{view}", **arguments)
    return address if record is None else with_id(address, record)


def with_id(address: str, record: Record) -> str:
    """Add the record's id to an address."""
    return with_key(address, print_key(record.id))


def with_key(address: str, printed: str) -> str:
    """Add a printed key to an address."""
    return f"{address}{'&' if '?' in address else '?'}id={printed}"


def return_url(resource: Resource) -> str:
    """Return where Cancel and Save lead: the list (with its filters and page) that the person came from."""
    said = request.form.get("url") or request.args.get("url") or ""
    return local_path(said, link(resource, "index_view"))


def record_url(access: Access, record: Record, **arguments: object) -> str:
    """Return the address of the record's page, or of its form if the person may edit every record that they see; "" if they may open neither."""
    is_edited = (
        access.reaches(record, Action.EDIT) if access.resource.judges_records else access.is_everywhere(Action.EDIT)
    )
    if not is_edited and not access.may(Action.VIEW):
        return ""
    view = "edit_view" if is_edited else "details_view"
    # A list calls this for every row.
    address = access.once((view, *arguments.items()), lambda: link(access.resource, view, **arguments))
    return with_id(address, record)


def short_url(access: Access, record: Record) -> str:
    """Return the record's short URL, as people paste it into tickets; "" for a person who may not view records."""
    if not access.may(Action.VIEW):
        return ""
    # A key that is a text could equal the name of another page.
    is_short = is_numbered(access.resource.model)
    return (
        link(access.resource, "short_view", key=record.id)
        if is_short
        else link(access.resource, "details_view", record)
    )


def link_for(access: Access, action: Action, view: str, record: Record) -> str:
    """Return the address of a view of the record, with this page's way back; "" if the person may not do this with it."""
    resource = access.resource
    return link(resource, view, record, url=return_url(resource)) if access.reaches(record, action) else ""


def copy_url(access: Access, record: Record) -> str:
    """Return the address of the form that copies this record; "" if the person may not create one."""
    may = may_add(access) and access.reaches(record, Action.VIEW)
    arguments = {COPY: print_key(record.id), "url": return_url(access.resource)}
    return link(access.resource, "create_view", **arguments) if may else ""


@dataclass(frozen=True)
class ListLinks:
    """Links of a list. `path` is the page with the list, `others` are arguments of that page that do not belong to the list."""

    path: str
    others: Sequence[Hidden] = ()

    def to(self, selection: Selection, filters: Sequence[Hidden] = ()) -> str:
        """Return the address that shows this selection, narrowed further by these filters."""
        arguments = [*self.hidden(selection), *filters]
        return f"{self.path}?{urlencode(arguments)}" if arguments else self.path

    def hidden(self, selection: Selection, *, leave_out: str = "") -> list[Hidden]:
        """Return the list's state as hidden controls of a form, without the argument that the form has a control for."""
        own = [(key, value) for key, value in selection.arguments() if key != leave_out]
        return [*self.others, *own]


def list_links(resource: Resource, view: str = "index_view") -> ListLinks:
    """Return the addresses of a resource's list, or of another page that takes a list's arguments: "act_view/publish"."""
    name, _, last = view.partition("/")
    return ListLinks(link(resource, name, action=last) if last else link(resource, name))
