"""The context of the current act: who acts and how, whether it writes, its time limit, and its time zone.

SQLite allows one writing connection at a time, and refuses a transaction that begins by reading and then writes,
whatever the busy timeout. So an act that will write says so before its first statement.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

# Who acts: the account's key, if there is one, and the name.
Actor = tuple[int | None, str]


@dataclass(frozen=True)
class Acting:
    """Who acts and how. `who` is called when something is first recorded, because it may need a statement."""

    who: Callable[[], Actor]
    kind: str
    request_id: str = ""


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)
_writing: ContextVar[bool] = ContextVar("writing", default=False)
# Seconds per statement, and the deadline of the whole act by `time.monotonic`; 0 is no limit.
_limit: ContextVar[float] = ContextVar("limit", default=0.0)
_deadline: ContextVar[float] = ContextVar("deadline", default=0.0)
_autocommit: ContextVar[bool] = ContextVar("autocommit", default=False)
# The zone whose midnight begins a day; for commands UTC.
_zone: ContextVar[tzinfo] = ContextVar("zone", default=UTC)


def acting(who: Callable[[], Actor], *, kind: str, request_id: str = "") -> AbstractContextManager[None]:
    """Inside, record changes as made by this person, in this way."""
    return _holding((_acting, Acting(who, kind, request_id)))


def act_under_way() -> Acting | None:
    """Return who acts and how; None outside of requests and commands."""
    return _acting.get()


def is_writing() -> bool:
    """Whether transactions that begin now take the write lock first."""
    return _writing.get()


def writing() -> AbstractContextManager[None]:
    """Inside, begin every transaction as a writer."""
    return _holding((_writing, True))


def reading() -> AbstractContextManager[None]:
    """Inside, begin every transaction as a reader although the act writes: for long reads that need no lock."""
    return _holding((_writing, False))


def time_limit(seconds: float) -> AbstractContextManager[None]:
    """Inside, cancel statements that take longer."""
    return _holding((_limit, seconds), (_deadline, time.monotonic() + seconds))


def autocommit() -> AbstractContextManager[None]:
    """Inside, let each statement be a transaction of its own, if the database reads the same that way: for pages.

    On PostgreSQL pages take four fifths of the time, and forms two thirds; on SQLite it saves a statement.
    """
    return _holding((_autocommit, True))


def is_autocommit() -> bool:
    """Whether each statement is a transaction of its own."""
    return _autocommit.get() and not _writing.get()


def lift_time_limit() -> None:
    """Remove the time limit for the rest of the act: after a statement was cancelled, to report which one."""
    _deadline.set(0.0)


def limit_in_milliseconds() -> int:
    """Return the time limit of a statement in milliseconds, 0 for none."""
    return int(_limit.get() * 1000)


def is_late() -> bool:
    """Whether the act has used up its time."""
    deadline = _deadline.get()
    return deadline > 0 and time.monotonic() > deadline


def time_zone(zone: tzinfo) -> AbstractContextManager[None]:
    """Inside, use the days of this zone."""
    return _holding((_zone, zone))


def zone() -> tzinfo:
    """Return the zone for days and for times on screen."""
    return _zone.get()


def today() -> date:
    """Return the current day in that zone."""
    return datetime.now(zone()).date()


@contextmanager
def _holding(*held: tuple[ContextVar[Any], Any]) -> Iterator[None]:
    tokens = [(variable, variable.set(value)) for variable, value in held]
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)
