"""Do anew what was undone because two transactions were in each other's way: no order of locks keeps acts of every kind apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from admin_app.db.connection import is_crossing
from admin_app.extensions import AnySession

T = TypeVar("T")

# So often a request does it anew, while a person waits. PostgreSQL takes a second to notice that two wait for each other.
IN_A_REQUEST = 2


def do_anew(session: AnySession, act: Callable[[], T], times: int = IN_A_REQUEST) -> T:
    """Act; where its transaction crossed another one, roll it back and do it anew, so many times at most."""
    for _ in range(times):
        try:
            return act()
        except OperationalError as error:
            if not is_crossing(error):
                raise
            session.rollback()
    return act()
