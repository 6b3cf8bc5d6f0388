"""A record shown beside its list: `?peek=ID` in the list's own address does not change the rows."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from admin_app.panel.access.access import Access
from admin_app.panel.filters.one_filter import FILTER
from admin_app.panel.list.view_models import Listing
from admin_app.panel.view_models import Hidden

PEEK = "peek"

# A function that draws the record beside a list, given its access, table and address; None if there is no record to show.
Beside = Callable[[Access, Listing, str], object]


def without_peek() -> list[Hidden]:
    """Return the current list's arguments that decide its rows."""
    return [pair for pair in request.args.items(multi=True) if pair[0] not in (PEEK, FILTER)]


def peek_url(list_url: str, printed: str) -> str:
    """Return the address of a list with the record of this key beside it."""
    return f"{list_url}{'&' if '?' in list_url else '?'}{PEEK}={printed}"


def peeked() -> str:
    """Return the printed key of the record beside the current list; "" if there is none."""
    return request.args.get(PEEK, "")
