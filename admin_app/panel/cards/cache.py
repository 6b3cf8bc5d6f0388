"""A cache for numbers that are slow to count: for a minute, for one person with their rights, in this process."""

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

# Seconds of counting from which a value is cached. A faster count is always made anew.
KEPT_FROM = 0.02
SECONDS = 60
# Entries of all people together; a card has some kilobytes.
MOST = 500
_PLACE = "card_cache"

T = TypeVar("T")


@dataclass(frozen=True)
class CachedValue(Generic[T]):
    """A value and when it was counted; the value is None if counting took too long."""

    value: T | None
    at: datetime
    until: float


class CardCache:
    """A bounded cache for several threads: two that miss the same value both count it."""

    def __init__(self) -> None:
        """Begin empty."""
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, CachedValue[object]] = OrderedDict()

    def get(self, key: Hashable) -> CachedValue[object] | None:
        """Return the value of a key, unless it has expired."""
        with self._lock:
            found = self._values.get(key)
        return found if found is not None and time.monotonic() < found.until else None

    def keep(self, key: Hashable, value: CachedValue[object]) -> None:
        """Store a value, and drop the oldest if there is no room."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > MOST:
                self._values.popitem(last=False)


def init_app(app: Flask) -> None:
    """Give the application its cache."""
    app.extensions[_PLACE] = CardCache()


def known(key: Hashable) -> tuple[Any, datetime | None]:
    """Return the cached value of a key and its time, or a pair of None."""
    cache: CardCache = current_app.extensions[_PLACE]
    found = cache.get(key)
    return (None, None) if found is None else (found.value, found.at)


def cached(key: Hashable, find: Callable[[], T | None]) -> tuple[T | None, datetime | None]:
    """Return a value, and its time if it comes from the cache. Values that are slow to find are cached."""
    value, at = known(key)
    if at is not None:
        return value, at
    begun = time.monotonic()
    found = find()
    if (now := time.monotonic()) - begun >= KEPT_FROM:
        cache: CardCache = current_app.extensions[_PLACE]
        cache.keep(key, CachedValue(found, utc_now(), now + SECONDS))
    return found, None
