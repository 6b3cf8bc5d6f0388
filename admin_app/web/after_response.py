"""Small writes of a page, made after its response is sent: no page waits for them or fails because of them."""

from __future__ import annotations

import logging
from functools import partial

from flask import Flask, Response
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from admin_app.db.connection import small_write
from admin_app.db.troubles import say, trouble_of
from admin_app.extensions import db
from admin_app.web.request_context import Write, request_context

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Run the noted writes after each response."""
    app.after_request(_leave_with)


def run_after_response(name: str, write: Write) -> None:
    """Run a write after the response. A second write under the same name replaces the first."""
    request_context().after_response[name] = write


def cancel_write(name: str) -> None:
    """Cancel the write of this name."""
    request_context().after_response.pop(name, None)


def _leave_with(response: Response) -> Response:
    writes = [*request_context().after_response.values()]
    if writes:
        response.call_on_close(partial(_write, db.engine, writes))
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
        # The database is busy, or the record was just deleted: the next request writes it.
        log.info("could not be written after a response: %s", error.orig)
    else:
        raise error
