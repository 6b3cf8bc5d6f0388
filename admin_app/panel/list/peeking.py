"""A record looked at beside its list: the list's own address with `?peek=ID`, which means no other rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from flask import request

from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access
from admin_app.panel.filters.one_filter import FILTER
from admin_app.panel.list.view_models import Listing, Row
from admin_app.panel.view_models import Hidden

PEEK = "peek"

# Draws the record that a list's address names, beside the listing that stands at an address; None where there is none to show.
Beside = Callable[[Access, Listing, str], object]


def without_peek() -> list[Hidden]:
    """Return the arguments of the list at hand that say which rows it has."""
    return [pair for pair in request.args.items(multi=True) if pair[0] not in (PEEK, FILTER)]


def peek_url(list_url: str, key: object) -> str:
    """Return the address of a list with a record beside it."""
    return f"{list_url}{'&' if '?' in list_url else '?'}{urlencode({PEEK: key})}"


def with_peek(access: Access, row: Row, list_url: str) -> Row:
    """Add to a row the way to look at its record beside the list, for who may view it."""
    if not access.may(Action.VIEW):
        return row
    return replace(row, peek_url=peek_url(list_url, row.id), is_peeked=request.args.get(PEEK) == row.id)
