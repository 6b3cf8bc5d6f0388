"""Edited rows that no longer match their list: they stay in place, marked, until the list is loaded again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.db.keys import Key, print_key, read_key
from admin_app.db.record import Record
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.web.flash import notices

OUTSIDE = "No longer in this list"
# Stands for the row before the first one; no key contains it.
_BEGINNING = "-"


def written(list_url: str, order: Sequence[Key], outside: Collection[Key]) -> str:
    """Write which rows of a page stay in the list at this URL, each after the row before it.

    "1f0c2d3e -:4 7:8,9": row 4 began the page, rows 8 and 9 came after row 7. It travels in a cookie.
    """
    runs: dict[str, list[str]] = {}
    anchor = _BEGINNING
    for key in order:
        if key in outside:
            runs.setdefault(anchor, []).append(print_key(key))
        else:
            anchor = print_key(key)
    return " ".join([_digest(list_url), *(f"{after}:{','.join(keys)}" for after, keys in runs.items())]) if runs else ""


def with_staying(
    access: Access, list_url: str, rows: Sequence[Record], options: Sequence[ORMOption]
) -> Sequence[Record]:
    """Return a page's records together with the rows that stay, which are read by one statement."""
    runs = _said(access, list_url)
    inside = {one.id for one in rows}
    keys = {key for run in runs.values() for key in run} - inside
    if not keys:
        return rows
    model, seen = access.resource.model, access.seen()
    wanted = select(model).where(model.id.in_(keys)).options(*options)
    found = {one.id: one for one in db.session.scalars(wanted if seen is None else wanted.where(seen))}
    behind = {after: [found[key] for key in run if key in found] for after, run in runs.items()}
    # Rows whose predecessor is no longer on the page come first.
    first = [one for after, run in behind.items() if after not in inside for one in run]
    return [*first, *(one for row in rows for one in (row, *behind.get(row.id, ())))]


def _said(access: Access, list_url: str) -> Mapping[Key | None, Sequence[Key]]:
    """Return the rows that stay, by the row that they follow; this page's message names them."""
    model, runs = access.resource.model, dict[Key | None, Sequence[Key]]()
    for _, notice in notices():
        digest, _, said = notice.staying.partition(" ")
        if digest == _digest(list_url):
            for run in said.split():
                after, _, keys = run.partition(":")
                behind = None if after == _BEGINNING else read_key(model, after)
                runs[behind] = [key for one in keys.split(",") if (key := read_key(model, one))]
    return runs


def _digest(list_url: str) -> str:
    return hashlib.sha256(list_url.encode()).hexdigest()[:8]
