"""A worker beside the server: begun by `manage.py run`, begun anew when it dies, and ended with it."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import click
from flask import Flask

from admin_app.cli.digests import send_at_hour
from admin_app.db.troubles import trouble_of
from admin_app.extensions import db
from admin_app.jobs.worker import PATIENCE, work
from admin_app.web.priority import POLITENESS

# Seconds between two looks at the worker.
LOOK = 0.5
# A worker that lived no longer than so many seconds could not begin its work. The next one waits, each time longer, up to a minute.
SOON, LONGEST = 10.0, 60.0


def keep_worker(app: Flask, *, threads: int, close: Callable[[], object]) -> int:
    """Begin the keeper and return its process id. `close` is called in it: the server's address is not the worker's to hold."""
    parent = os.getpid()
    return _fork(lambda: _keep(app, threads, parent, close))


def stop_keeper(pid: int) -> None:
    """End the keeper and its worker; the server may have noticed its end already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + PATIENCE + 2
    while time.monotonic() < end and _is_running(pid):
        time.sleep(0.05)
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _keep(app: Flask, threads: int, server: int, close: Callable[[], object]) -> None:
    """Have one worker for as long as the server lives."""
    close()
    is_stopping = False

    def stop(*_: object) -> None:
        nonlocal is_stopping
        is_stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    keeper, worker, pause, begun = os.getpid(), 0, 0.0, 0.0
    while not is_stopping and os.getppid() == server:
        if not worker and time.monotonic() >= begun + pause:
            worker, begun = _fork(lambda: _work(app, threads, keeper)), time.monotonic()
        time.sleep(LOOK)
        if worker and os.waitpid(worker, os.WNOHANG)[0]:
            worker, pause = 0, next_pause(pause, lived=time.monotonic() - begun)
    if worker:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGTERM)
        os.waitpid(worker, 0)


def next_pause(before: float, *, lived: float) -> float:
    """Return the seconds from one worker's start to the next one's, by how long it lived and what the pause was before."""
    return min(max(before * 2, 2 * LOOK), LONGEST) if lived < SOON else 0.0


def _work(app: Flask, threads: int, keeper: int) -> None:
    # Somebody waits for a page; nobody sits before a job.
    os.nice(POLITENESS)
    with app.app_context():
        # Connections made before the fork belong to the parent.
        db.engine.dispose(close=False)
    work(app, threads=threads, parent=keeper, at_hours=send_at_hour)


def _fork(act: Callable[[], None]) -> int:
    pid = os.fork()
    return pid or _run(act)


def _run(act: Callable[[], None]) -> NoReturn:
    """Do it in the new process, and let nothing of the old one's end happen here."""
    code = 1
    try:
        act()
        code = 0
    except BaseException as error:  # noqa: BLE001 -- it must not get back into the parent's code
        _tell(error)
    finally:
        os._exit(code)


def _tell(error: BaseException) -> None:
    if trouble := trouble_of(error):
        click.echo(f"The worker ended: {trouble}", err=True)
    else:
        traceback.print_exc()


def _is_running(pid: int) -> bool:
    """Whether a child is still there, buried or not."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    except ChildProcessError:
        return False
