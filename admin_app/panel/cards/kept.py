"""Numbers that took a moment to count, kept for a minute: for one person, with their rights, in this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from flask import Flask, current_app

from admin_app.db.types import utc_now

# What is counted sooner is counted each time, and never out of date.
KEPT_FROM = 0.02
SECONDS = 60
# Of all people together; a card is some kilobytes.
MOST = 500
_PLACE = "kept_numbers"

T = TypeVar("T")


@dataclass(frozen=True)
class Kept(Generic[T]):
    """What was found, or None where that took too long, and when."""

    value: T | None
    at: datetime
    until: float


class KeptNumbers:
    """A bounded number of them, for threads that ask at once: two that miss the same count both."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept[object]] = OrderedDict()

    def get(self, key: Hashable) -> Kept[object] | None:
        """Return what is kept under a key."""
        with self._lock:
            found = self._kept.get(key)
        return found if found is not None and time.monotonic() < found.until else None

    def keep(self, key: Hashable, kept: Kept[object]) -> None:
        """Keep it, in place of the oldest where there is no room."""
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)


def init_app(app: Flask) -> None:
    """Make room."""
    app.extensions[_PLACE] = KeptNumbers()


def known(key: Hashable) -> tuple[Any, datetime | None]:
    """Return what is kept under a key, and since when; nothing where nothing is."""
    numbers: KeptNumbers = current_app.extensions[_PLACE]
    found = numbers.get(key)
    return (None, None) if found is None else (found.value, found.at)


def kept(key: Hashable, find: Callable[[], T | None]) -> tuple[T | None, datetime | None]:
    """Return what is found, and when, if that was before: what took a moment, or too long, is kept for a minute."""
    value, at = known(key)
    if at is not None:
        return value, at
    begun = time.monotonic()
    found = find()
    if (now := time.monotonic()) - begun >= KEPT_FROM:
        numbers: KeptNumbers = current_app.extensions[_PLACE]
        numbers.keep(key, Kept(found, utc_now(), now + SECONDS))
    return found, None
