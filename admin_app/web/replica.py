"""Read-only pages read from a replica if `ADMIN_REPLICA_URL` names one; a person who wrote something sees what they wrote.

A cookie holds the position of the person's last write in the primary's log. Until the replica has it, and whenever
the replica fails, the primary answers, within the same request.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import NotFound

from admin_app.db.connection import is_timeout
from admin_app.db.replica import NOWHERE, REMEMBERED, REPLICA, Replica, in_words, on_replica, place_of, written
from admin_app.errors import RecordGone
from admin_app.extensions import db
from admin_app.web.cookies import cookie_name, cookie_path
from admin_app.web.request_context import request_context
from admin_app.web.security import SAFE_METHODS

T = TypeVar("T")
# The name of the cookie with that position.
_WROTE = "wrote"
# Pages state their age from this many seconds on.
SAID = 3.0


def init_app(app: Flask) -> None:
    """Read from the replica, if there is one."""
    if not app.config["SQLALCHEMY_BINDS"]:
        return
    with app.app_context():
        app.extensions[REPLICA] = Replica(db.engine, db.engines[REPLICA])
    app.after_request(_remember)
    app.context_processor(lambda: {"data_age": data_age()})


def the_replica() -> Replica | None:
    """Return the application's replica, if there is one."""
    found: Replica | None = current_app.extensions.get(REPLICA)
    return found


def read_from_replica(make: Callable[[], T]) -> T:
    """Create a read-only page from the replica if it has everything that the person wrote, otherwise from the primary."""
    replica = the_replica()
    if replica is None or request.method not in SAFE_METHODS:
        return make()
    # The person was looked up on the primary, whose connection is not needed any more.
    db.session.rollback()
    if not replica.has(_wrote()):
        return make()
    try:
        request_context().data_age = replica.state.lag
        with on_replica(replica.engine):
            return make()
    except DBAPIError as error:
        # What took too long would take as long again.
        if is_timeout(error):
            raise
        replica.leave(error)
    except (NotFound, RecordGone):
        # The record may have been created just now.
        pass
    request_context().data_age = 0.0
    db.session.rollback()
    return make()


def data_age() -> str:
    """Say how old the page's data are, if it matters."""
    age = request_context().data_age
    if age < SAID:
        return ""
    return (
        f"This page shows the data as they were {math.ceil(age)} seconds ago. What you save yourself appears at once."
    )


def _wrote() -> int:
    return place_of(request.cookies.get(cookie_name(_WROTE), ""))


def _remember(response: Response) -> Response:
    """Store the log position in the browser of a person who may have written something."""
    if request.method in SAFE_METHODS:
        return response
    try:
        # Use the request's connection if it has one: behind a pooler a second one may have to be waited for.
        place = written(db.session.connection())
    except SQLAlchemyError:
        place = NOWHERE
    is_secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(
        cookie_name(_WROTE),
        in_words(place),
        max_age=REMEMBERED,
        path=cookie_path(),
        secure=is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response
