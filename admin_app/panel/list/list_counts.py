"""The numbers of rows in the navigation: counted together by one statement, every few seconds in each process.

Only whole tables without archived records are counted like that. A person with a row rule sees the number of a list
only if the current page has counted it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.context import autocommit, reading, time_limit
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.archive import unarchived
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.registry import resources
from admin_app.selection.paging import planner
from admin_app.selection.paging.counting import Count, counts_of_tables
from admin_app.selection.selection import Selection
from admin_app.web.request_context import request_context

# Seconds for which a number is trusted, and seconds for counting all of them.
FRESH = 10
LIMIT = 0.1
_PLACE = "list_counts"


@dataclass(frozen=True)
class _Believed:
    """Numbers by resource, and when they were counted."""

    counts: Mapping[str, Count] = field(default_factory=dict)
    since: float = -1e9


@dataclass
class _Kept:
    """The numbers that a process trusts, and when it last began to count, successful or not."""

    believed: _Believed = field(default_factory=_Believed)
    tried: float = -1e9
    lock: Lock = field(default_factory=Lock)


@dataclass
class _Here:
    """The count of the current request's list."""

    counts: dict[str, Count] = field(default_factory=dict)


def init_app(app: Flask) -> None:
    """Create the application's store of numbers."""
    app.extensions[_PLACE] = _Kept()


def note(access: Access, selection: Selection, count: Count) -> None:
    """Remember the number of rows of a whole list until the end of the request: it is newer than the process's number."""
    if not (selection.is_narrowed or selection.ticks or selection.parent):
        _here().counts[access.resource.endpoint] = count


def count_at_hand(access: Access) -> Count | None:
    """Return the known number of rows of a person's list; None if it is not known."""
    name = access.resource.endpoint
    if (here := _here().counts.get(name)) is not None:
        return here
    return _believed().counts.get(name) if access.rows(Action.LIST) is None else None


def too_many_to_count(access: Access, selection: Selection) -> Count | None:
    """Return the process's number for a whole table if it exceeds the limit of a list, so that the list need not count; else None.

    On SQLite counting up to the limit takes a tenth of a list's time. An outdated number does not replace counting.
    """
    if selection.is_counted or selection.criteria:
        return None
    believed = _believed()
    count = believed.counts.get(access.resource.endpoint)
    if count is None or monotonic() - believed.since >= FRESH:
        return None
    is_beyond = not count.is_exact and count.number >= planner.LIST_COUNT_LIMIT
    return count if is_beyond else None


def in_short(count: Count) -> str:
    """Write a number as short as the navigation needs: 19,452, 50k+, 5M."""
    if count.is_exact:
        return f"{count.number:,}"
    divisor, letter = next((one for one in _SHORT if count.number >= one[0]), (1, ""))
    return f"{count.number / divisor:.3g}{letter}{'' if count.is_estimate else '+'}"


_SHORT: Sequence[tuple[int, str]] = ((10**9, "G"), (10**6, "M"), (10**3, "k"))


def _here() -> _Here:
    return request_context().once(_Here, _Here)


def _believed() -> _Believed:
    kept: _Kept = current_app.extensions[_PLACE]
    if (now := monotonic()) - kept.tried >= FRESH and kept.lock.acquire(blocking=False):
        try:
            kept.tried = now
            kept.believed = _Believed(_counted(), now)
        except DBAPIError:
            # Counting took too long, or the database failed: the navigation keeps the old number.
            pass
        finally:
            kept.lock.release()
    return kept.believed


def _counted() -> Mapping[str, Count]:
    """Count every list."""
    found = list(resources())
    # Use another connection, so that neither the request's transaction nor its time limit is affected.
    with reading(), autocommit(), time_limit(LIMIT), Session(db.engine) as session:
        counts = counts_of_tables(
            session, {one.model: unarchived(one.model) for one in found}, planner.LIST_COUNT_LIMIT
        )
    return {one.endpoint: count for one, count in zip(found, counts, strict=True)}
