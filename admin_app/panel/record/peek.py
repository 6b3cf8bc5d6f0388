"""A record beside its list: its facts, its actions, and the rows before and after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import request

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.formatting import has_markup
from admin_app.panel.access.access import Access
from admin_app.panel.links import link, record_url
from admin_app.panel.list.peeking import PEEK, peek_url
from admin_app.panel.list.row_actions import links_of_record
from admin_app.panel.list.view_models import Listing
from admin_app.panel.record.facts import fact, fact_names
from admin_app.panel.record.opened import opened
from admin_app.panel.record.preview import text_of_html
from admin_app.panel.view_models import Fact, Link

# The script's header for a row that a person only passes with the panel open: twenty of these would displace the records they opened.
PASSING = "Peek-Passing"


@dataclass(frozen=True)
class Peek:
    """The panel; addresses are "" if the person may not use them, or if there is no such row."""

    title: str
    row: str
    facts: tuple[Fact, ...]
    open_url: str
    close_url: str
    actions: tuple[Link, ...]
    delete_url: str
    previous_url: str
    next_url: str
    # The row's position on the page, "" if it is not on it.
    position: str


def peek_at(access: Access, listing: Listing, list_url: str) -> Peek | None:
    """Draw the record in the list's address; None if there is none, or the person may not view it."""
    record = access.find(request.args[PEEK]) if PEEK in request.args else None
    if record is None or not access.reaches(record, Action.VIEW):
        return None
    if PASSING not in request.headers:
        opened(access.resource, record)
    keys = [row.id for row in listing.rows]
    place = keys.index(print_key(record.id)) if print_key(record.id) in keys else -1
    before, after = keys[: max(place, 0)][-1:], keys[place + 1 :][:1] if place >= 0 else []
    return Peek(
        title=access.title_of(record),
        row=f"{listing.id}-row-{print_key(record.id)}",
        facts=tuple(_facts(access, record)),
        open_url=record_url(access, record, url=list_url),
        close_url=list_url,
        actions=tuple(_actions(access, record, list_url)),
        delete_url=_to(access, record, "delete_view", list_url) if access.reaches(record, Action.DELETE) else "",
        previous_url=peek_url(list_url, before[0]) if before else "",
        next_url=peek_url(list_url, after[0]) if after else "",
        position=f"{place + 1} of {len(keys)} on this page" if place >= 0 else "",
    )


def _facts(access: Access, record: Record) -> Iterator[Fact]:
    """Yield the record's facts; of HTML only the text."""
    for name in fact_names(access):
        one = fact(access, record, name)
        is_html = name in access.resource.html_columns and has_markup(one.cell.text)
        yield replace(one, cell=one.cell._replace(text=text_of_html(one.cell.text))) if is_html else one


def _actions(access: Access, record: Record, list_url: str) -> Iterator[Link]:
    yield from links_of_record(access, record, list_url)
    if access.reaches(record, Action.HISTORY):
        yield Link("History", _to(access, record, "history_view", list_url))


def _to(access: Access, record: Record, view: str, list_url: str) -> str:
    return link(access.resource, view, record, url=list_url)
