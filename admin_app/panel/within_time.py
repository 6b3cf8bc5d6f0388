"""A part of a page that may take so long and no longer: the page does without it then."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from flask import current_app
from sqlalchemy.exc import OperationalError

from admin_app.context import time_limit
from admin_app.db.connection import is_timeout
from admin_app.extensions import db

T = TypeVar("T")


def within_time(find: Callable[[], T], *, most: float, end: float) -> T | None:
    """Return what is found, in words that need no more rows; None where that takes more than `most` seconds, or until the moment `end`."""
    usual = current_app.config["TIME_LIMIT"] or most
    seconds = min(most, usual, end - time.monotonic())
    if seconds <= 0:
        return None
    # A connection is told its limit when it is taken, in whole milliseconds.
    db.session.rollback()
    try:
        with time_limit(max(seconds, 0.001)):
            return find()
    except OperationalError as error:
        if not is_timeout(error):
            raise
        return None
    finally:
        db.session.rollback()
