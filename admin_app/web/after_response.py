"""Small writes beside a page, made once its answer is sent: no page waits for them, let alone fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from flask import Flask, Response, g
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from admin_app.db.connection import small_write
from admin_app.db.troubles import say, trouble_of
from admin_app.extensions import db

log = logging.getLogger(__name__)

Write = Callable[[Session], object]


def init_app(app: Flask) -> None:
    """Have every answer take its writes along."""
    app.after_request(_leave_with)


def run_after_response(name: str, write: Write) -> None:
    """Have something written after the answer; said again under the same name, the later one holds."""
    g.setdefault("afterwards", {})[name] = write


def never_mind(name: str) -> None:
    """Take back what was said under this name."""
    g.get("afterwards", {}).pop(name, None)


def _leave_with(response: Response) -> Response:
    writes = g.pop("afterwards", {})
    if writes:
        response.call_on_close(partial(_write, db.engine, [*writes.values()]))
    return response


def _write(engine: Engine, writes: list[Write]) -> None:
    for write in writes:
        try:
            with small_write(engine) as own:
                write(own)
        except DBAPIError as error:
            _note(error)


def _note(error: DBAPIError) -> None:
    if trouble_of(error) is not None:
        say(log, error)
    elif isinstance(error, OperationalError | IntegrityError):
        # The store is busy, or what it was about was deleted just now: it is written down next time.
        log.info("not written after an answer: %s", error.orig)
    else:
        raise error
