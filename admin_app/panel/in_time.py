"""Read parts of a page within a time limit, or leave them out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from flask import current_app
from sqlalchemy.exc import OperationalError

from admin_app.context import lift_time_limit, time_limit
from admin_app.db.connection import is_timeout
from admin_app.extensions import db

T = TypeVar("T")


def in_time(find: Callable[[], T]) -> T | None:
    """Return the result of `find`; None if it exceeds the page's time limit, after which the rest of the page has no limit."""
    try:
        return find()
    except OperationalError as error:
        if not is_timeout(error):
            raise
        lift_time_limit()
        db.session.rollback()
        return None


def within(seconds: float, end: float, find: Callable[[], T]) -> T | None:
    """Return the result of `find` as plain values; None if it takes more than this many seconds.

    `end` is the deadline of all parts of a page, by `time.monotonic`.
    """
    left = min(seconds, current_app.config["TIME_LIMIT"] or seconds, end - time.monotonic())
    if left <= 0:
        return None
    # A connection gets its limit at checkout, in whole milliseconds.
    db.session.rollback()
    try:
        with time_limit(max(left, 0.001)):
            return find()
    except OperationalError as error:
        if not is_timeout(error):
            raise
        return None
    finally:
        db.session.rollback()
