"""Retry a transaction that conflicted with another: no order of locks can keep all kinds of transactions apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from admin_app.db.connection import is_serialization_conflict
from admin_app.db.transaction import begin_act, is_act_done
from admin_app.extensions import AnySession

T = TypeVar("T")

# How often an act is retried. PostgreSQL needs a second to notice a deadlock, while a person may wait.
MOST_RETRIES = 4


def retry_conflicts(
    session: AnySession,
    act: Callable[[], T],
    *,
    again: Callable[[], T] | None = None,
    also: tuple[type[Exception], ...] = (),
) -> T:
    """Run `act`; if its transaction conflicts with another, or it raises one of `also`, roll back and retry, by `again` if given.

    What fails after `transaction` has committed is not retried: it would be done twice.
    """
    conflicts: tuple[type[Exception], ...] = (OperationalError, *also)
    for _ in range(MOST_RETRIES):
        begin_act(session)
        try:
            return act()
        except conflicts as error:
            if is_act_done(session) or (isinstance(error, OperationalError) and not is_serialization_conflict(error)):
                raise
        session.rollback()
        act = again or act
    return act()
