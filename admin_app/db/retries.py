"""Retry a transaction that conflicted with another: no order of locks can keep all kinds of transactions apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from admin_app.db.connection import is_serialization_conflict
from admin_app.extensions import AnySession

T = TypeVar("T")

# How often a request retries while a person waits. PostgreSQL needs a second to notice a deadlock.
IN_A_REQUEST = 2


def retry_conflicts(session: AnySession, act: Callable[[], T], times: int = IN_A_REQUEST) -> T:
    """Run `act`; if its transaction conflicts with another, roll back and retry, at most `times` times."""
    for _ in range(times):
        try:
            return act()
        except OperationalError as error:
            if not is_serialization_conflict(error):
                raise
            session.rollback()
    return act()
