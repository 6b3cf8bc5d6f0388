"""Pages go before files: a download waits a moment while somebody in the same process waits for a page.

Python runs one thread of a process at a time. Five exports beside a page would leave it a sixth of the processor.
"""

from __future__ import annotations

import threading

from flask import Flask, request

# A file is written all the same, however many pages are asked for: so many seconds later each piece at the latest.
LONGEST_WAIT = 0.1

# Where a request says that it was counted.
_MARK = "admin_app.is_waited_for"
_lock = threading.Lock()
_nobody_waits = threading.Event()
_nobody_waits.set()
_waiting = 0


def init_app(app: Flask) -> None:
    """Count the requests under way. A download's own is over when its file begins to be written."""
    app.before_request(_begin)
    app.teardown_request(_end)


def give_way() -> None:
    """Let pages be made before the next piece of a file; at once where nobody waits for one."""
    _nobody_waits.wait(LONGEST_WAIT)


def _begin() -> None:
    if request.endpoint != "static":
        request.environ[_MARK] = True
        _count(1)


def _end(_error: BaseException | None) -> None:
    if request.environ.pop(_MARK, False):
        _count(-1)


def _count(change: int) -> None:
    global _waiting  # noqa: PLW0603 -- one number a process is the point
    with _lock:
        _waiting += change
        (_nobody_waits.clear if _waiting else _nobody_waits.set)()
