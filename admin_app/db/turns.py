"""Turns at SQLite's write lock: without them, a long job would take the lock again at once, and nobody else would get it.

SQLite has no queue: a waiting writer retries every tenth of a second. Meanwhile it holds a lock on a file beside the database,
which the operating system releases if the writer dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

# Seconds between two checks whether someone still waits.
LOOK = 0.005
# Longest pause of a long job, in seconds: even if many write all the time, it has to finish.
LONGEST = 0.5


@contextmanager
def waiting(engine: Engine) -> Iterator[None]:
    """Show others that this writer waits, inside the block."""
    descriptor = _opened(engine)
    try:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def let_others_write(engine: Engine) -> None:
    """Pause until nobody waits any more, within the limit."""
    until = time.monotonic() + LONGEST
    while is_awaited(engine) and time.monotonic() < until:
        time.sleep(LOOK)


def is_awaited(engine: Engine) -> bool:
    """Whether anyone waits for the write lock."""
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
    """Open the lock file; None if nobody else can write, or SQLite itself will report the problem with the folder."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or database in {None, "", ":memory:"}:
        return None
    try:
        return os.open(f"{database}-turns", os.O_RDONLY | os.O_CREAT, 0o600)
    except OSError:
        return None
