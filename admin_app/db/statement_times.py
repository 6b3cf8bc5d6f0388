"""How many statements a request or job sends, and how long the database takes for them."""

from __future__ import annotations

import time
from contextvars import ContextVar, Token
from dataclasses import dataclass


@dataclass
class Sent:
    """The number and time of the statements so far."""

    number: int = 0
    seconds: float = 0.0
    # When the current statement was sent.
    since: float = 0.0


_sent: ContextVar[Sent | None] = ContextVar("sent", default=None)


def begin() -> tuple[Sent, Token[Sent | None]]:
    """Count from now on, until `end`."""
    sent = Sent()
    return sent, _sent.set(sent)


def end(token: Token[Sent | None]) -> None:
    """Stop counting."""
    _sent.reset(token)


def note_begin(*_: object) -> None:
    """Note that a statement was sent."""
    if (sent := _sent.get()) is not None:
        sent.number += 1
        sent.since = time.perf_counter()


def note_end(*_: object) -> None:
    """Note that the result has arrived. A failed statement counts without its time."""
    if (sent := _sent.get()) is not None:
        sent.seconds += time.perf_counter() - sent.since
