"""Pages before files: a download runs at a lower priority, and pauses while its process creates a page.

Python runs one thread of a process at a time, and a machine as many as it has processors. Five exports beside a page
would leave it a third of both.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from flask import Flask, request

from admin_app.web.request_context import request_context

# The niceness of files on a busy machine: 0 is none, 19 comes after everything.
POLITENESS = 10
# Longest pause in seconds before a piece of a file, so that it goes on however many pages are requested.
LONGEST_WAIT = 0.1

_lock = threading.Lock()
_nobody_waits = threading.Event()
_nobody_waits.set()
_waiting = 0


def init_app(app: Flask) -> None:
    """Count the current requests. A download's own request ends when its file begins."""
    app.before_request(_begin)
    app.teardown_request(_end)


def behind_pages(pieces: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """Yield a file's pieces, each created on demand by a thread of low priority.

    The thread belongs to the file: one that lowered its priority cannot raise it again for a page.
    """
    with closing(pieces), ThreadPoolExecutor(1, initializer=_stand_back) as own:
        while (piece := own.submit(next, pieces, None).result()) is not None:
            yield piece
            _nobody_waits.wait(LONGEST_WAIT)


def _stand_back() -> None:
    # Elsewhere this would lower the whole process.
    if sys.platform == "linux":
        os.nice(POLITENESS)


def _begin() -> None:
    if request.endpoint != "static":
        request_context().is_page = True
        _count(1)


def _end(_error: BaseException | None) -> None:
    context = request_context()
    if context.is_page:
        context.is_page = False
        _count(-1)


def _count(change: int) -> None:
    global _waiting  # noqa: PLW0603 -- one number a process is the point
    with _lock:
        _waiting += change
        (_nobody_waits.clear if _waiting else _nobody_waits.set)()
