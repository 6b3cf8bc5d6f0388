"""Turns at SQLite's write lock: whoever waits for it shows that, and long work that took it again at once would let nobody have it.

SQLite has no queue: who waits looks for the lock again every tenth of a second. They hold a lock on a file beside the
database meanwhile, which the system lets go of when they die.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

# Seconds between two looks at whether somebody still waits.
LOOK = 0.005
# Seconds that long work stands back at most: where many write all the time, it has to come to its end, too.
LONGEST = 0.5


@contextmanager
def waiting(engine: Engine) -> Iterator[None]:
    """Show that somebody waits, inside."""
    descriptor = _opened(engine)
    try:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def let_others_write(engine: Engine) -> None:
    """Stand back until nobody waits any more, but not for ever."""
    until = time.monotonic() + LONGEST
    while is_awaited(engine) and time.monotonic() < until:
        time.sleep(LOOK)


def is_awaited(engine: Engine) -> bool:
    """Whether anybody waits for the write lock."""
    descriptor = _opened(engine)
    if descriptor is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _opened(engine: Engine) -> int | None:
    """Open the file; None where nobody else can write, or SQLite itself is about to say what is wrong with the place."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or database in {None, "", ":memory:"}:
        return None
    try:
        return os.open(f"{database}-turns", os.O_RDONLY | os.O_CREAT, 0o600)
    except OSError:
        return None
