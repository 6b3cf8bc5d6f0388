"""The one way to commit: an edge (a view, a command, a job) opens a transaction around what the domain does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import scoped_session

from admin_app.extensions import AnySession

# In a session's `info`, while it is an act's: whether that was committed, so that nobody must do it again.
_DONE = "admin_app.done"


@contextmanager
def transaction(session: AnySession, *, is_known: bool = False) -> Iterator[None]:
    """Commit the work inside, or roll all of it back.

    `is_known` says that the session itself changed every record, without bulk statements. Its records are then up to
    date and are not read again for the response.
    """
    own = session() if isinstance(session, scoped_session) else session
    usual = own.expire_on_commit
    try:
        yield
        own.expire_on_commit = usual and not is_known
        commit_act(own)
    except BaseException:
        own.rollback()
        raise
    finally:
        own.expire_on_commit = usual


def commit_act(session: AnySession) -> None:
    """Commit; if the session is an act's, note that it is done."""
    session.commit()
    if _DONE in session.info:
        session.info[_DONE] = True


def begin_act(session: AnySession) -> None:
    """Begin an act, or begin it anew: whatever was committed before does not count."""
    session.info[_DONE] = False


def is_act_done(session: AnySession) -> bool:
    """Whether an act was committed since: what fails now failed after it."""
    return bool(session.info.get(_DONE))
