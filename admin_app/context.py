"""What the act under way is: who acts and how, whether it writes, how long its statements may take, whose days it speaks of.

SQLite lets one connection write at a time; a transaction that only finds out half-way that it writes can be
refused at once, whatever the busy timeout. So whoever means to write says so before the first statement.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

# Who acts: the account's key, where there is one, and how the person is called.
Actor = tuple[int | None, str]


@dataclass(frozen=True)
class Acting:
    """Who acts and how. `who` is asked when something is first recorded: to know it may cost a statement."""

    who: Callable[[], Actor]
    kind: str
    request_id: str = ""


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)
_writing: ContextVar[bool] = ContextVar("writing", default=False)
# Seconds a statement may take, and the moment of `time.monotonic` when the whole act is late; 0 is no limit.
_limit: ContextVar[float] = ContextVar("limit", default=0.0)
_deadline: ContextVar[float] = ContextVar("deadline", default=0.0)
_glancing: ContextVar[bool] = ContextVar("glancing", default=False)
# Where days begin at midnight for whoever looks: a command's are UTC's.
_zone: ContextVar[tzinfo] = ContextVar("zone", default=UTC)


def acting(who: Callable[[], Actor], *, kind: str, request_id: str = "") -> AbstractContextManager[None]:
    """Record what is written inside as done by this person, in this way."""
    return _holding((_acting, Acting(who, kind, request_id)))


def act_under_way() -> Acting | None:
    """Return who acts and how; None outside of every request and command."""
    return _acting.get()


def is_writing() -> bool:
    """Whether transactions that begin now take the write lock first."""
    return _writing.get()


def writing() -> AbstractContextManager[None]:
    """Begin every transaction inside as a writer's."""
    return _holding((_writing, True))


def reading() -> AbstractContextManager[None]:
    """Begin every transaction inside as a reader's, in an act that writes: for what takes long and needs no lock."""
    return _holding((_writing, False))


def time_limit(seconds: float) -> AbstractContextManager[None]:
    """Stop statements inside that take longer."""
    return _holding((_limit, seconds), (_deadline, time.monotonic() + seconds))


def glancing() -> AbstractContextManager[None]:
    """Let each statement inside be a transaction of its own, where the store reads no otherwise in a long one: for a page.

    On PostgreSQL pages take four fifths of the time by it, and forms two thirds; on SQLite it saves a statement.
    """
    return _holding((_glancing, True))


def is_glancing() -> bool:
    """Whether statements are transactions of their own."""
    return _glancing.get() and not _writing.get()


def lift_time_limit() -> None:
    """Let the rest of the act take the time it needs: to say, after one statement was stopped, which one it was."""
    _deadline.set(0.0)


def limit_in_milliseconds() -> int:
    """Return how long a statement may take, 0 for as long as it likes."""
    return int(_limit.get() * 1000)


def is_late() -> bool:
    """Whether the act has used up its time."""
    deadline = _deadline.get()
    return deadline > 0 and time.monotonic() > deadline


def time_zone(zone: tzinfo) -> AbstractContextManager[None]:
    """Mean this zone's days inside."""
    return _holding((_zone, zone))


def zone() -> tzinfo:
    """Return the zone that days and shown times are meant in."""
    return _zone.get()


def today() -> date:
    """Return the day it is there now."""
    return datetime.now(zone()).date()


@contextmanager
def _holding(*held: tuple[ContextVar[Any], Any]) -> Iterator[None]:
    tokens = [(variable, variable.set(value)) for variable, value in held]
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)
