"""Pages go before files: a download stands back behind pages, and waits a moment while one is made in the same process.

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

# How far files stand back on a busy machine: 0 is not at all, 19 is behind everything.
POLITENESS = 10
# A file is written all the same, however many pages are asked for: so many seconds later each piece at the latest.
LONGEST_WAIT = 0.1

_lock = threading.Lock()
_nobody_waits = threading.Event()
_nobody_waits.set()
_waiting = 0


def init_app(app: Flask) -> None:
    """Count the requests under way. A download's own is over when its file begins to be written."""
    app.before_request(_begin)
    app.teardown_request(_end)


def behind_pages(pieces: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """Yield a file's pieces, each made when it is asked for, by a thread that stands back.

    The thread is the file's own: none that stood back once can come forward again to make a page.
    """
    with closing(pieces), ThreadPoolExecutor(1, initializer=_stand_back) as own:
        while (piece := own.submit(next, pieces, None).result()) is not None:
            yield piece
            _nobody_waits.wait(LONGEST_WAIT)


def _stand_back() -> None:
    # Elsewhere it would be the whole process.
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
