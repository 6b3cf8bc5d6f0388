"""Run backfills: fill the rows that migrations left, in pieces, each in its own transaction, while people work.

A piece and its progress are one commit, so a killed worker loses at most one piece, and the next worker continues
there. With several workers, one holds the backfill's row and the others skip it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from threading import Event

from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from admin_app import formatting
from admin_app.context import reading, writing
from admin_app.db.backfill import Backfill, applied, refusal
from admin_app.db.troubles import say
from admin_app.db.types import utc_now
from admin_app.domain.modes import present_mode
from admin_app.errors import ClashError
from admin_app.extensions import AnySession, db
from admin_app.models.backfill_state import LONGEST_TITLE, BackfillState

log = logging.getLogger(__name__)

# Rows of a piece: filling them takes some milliseconds, for which a person who saves one of them waits.
ROWS = 500
# Shortest pause in seconds between two pieces; a worker pauses as long as the last piece took.
BREATH = 0.05
# Seconds until the next look for rows to fill, if something is left, and if nothing is: an upgrade that is still
# running, or a server of the previous version, may leave more.
LOOK = 5.0
REST = 300.0
# How long after the end servers of the previous version may still run and create unfilled rows.
WATCHED = timedelta(days=1)


def run_backfills(app: Flask, stopping: Event) -> None:
    """Fill what is left until the worker stops. A failure is logged and tried again."""
    scripts = ScriptDirectory(app.extensions["migrate"].directory)
    pause = LOOK
    while not stopping.wait(pause):
        pause = LOOK
        try:
            with app.app_context():
                if _fill_all(scripts, stopping):
                    pause = REST
        except DBAPIError as error:
            say(log, error)
        except Exception:
            log.exception("a backfill failed")


def fill(one: Backfill, *, rest: Callable[[float], object] = time.sleep) -> int:
    """Fill what is left of a backfill, also of a stopped one; return the number of rows. Raise `ClashError` if they cannot be filled."""
    if not (left := _left(one)):
        return 0
    with writing(), Session(db.engine) as session:
        session.merge(_begun(one, left))
        _commit_if_first(session)
    while (state := step(one, rest=rest)) is None or not state.is_over:
        pass
    if state.error:
        raise ClashError(state.error)
    return left


def step(one: Backfill, *, rest: Callable[[float], object]) -> BackfillState | None:
    """Fill a piece (committed) and pause; return the progress, or None if another worker is filling."""
    begin = time.monotonic()
    _begin(one)
    with writing(), Session(db.engine, expire_on_commit=False) as session:
        state = _taken(session, one)
        is_through = state is not None and not state.is_over and _fill_piece(session, one, state)
        session.commit()
    if is_through:
        state = _end(one)
    rest(max(time.monotonic() - begin, BREATH))
    return state


def is_left_to_workers(state: BackfillState | None) -> bool:
    """Whether workers fill the rest by themselves: not of a stopped backfill, nor of one that ended long ago."""
    if state is None or state.finished_at is None:
        return state is None or not state.error
    return state.finished_at > utc_now() - WATCHED


def states(session: AnySession) -> Sequence[BackfillState]:
    """Return the backfills that have begun, finished ones too."""
    return session.scalars(select(BackfillState).order_by(BackfillState.revision)).all()


def under_way(session: AnySession) -> Sequence[BackfillState]:
    """Return the backfills that have begun and are not finished, stopped ones too."""
    open_ones = select(BackfillState).where(BackfillState.finished_at.is_(None))
    return session.scalars(open_ones.order_by(BackfillState.revision)).all()


def _fill_all(scripts: ScriptDirectory, stopping: Event) -> bool:
    """Fill what the database's migrations left; return whether nothing is left for anyone."""
    with db.engine.connect() as connection:
        wanted = applied(connection, scripts)
    for one in wanted:
        _tried(one, partial(_open_again, one))
        while not _is_maintained():
            state = _tried(one, partial(step, one, rest=stopping.wait))
            if stopping.is_set():
                return True
            if state is None:
                return False
            if state.is_over:
                break
        else:
            return False
    return True


def _tried(one: Backfill, act: Callable[[], BackfillState | None]) -> BackfillState | None:
    """Act. If the database refuses the statement, stop the backfill until a person has looked at it."""
    try:
        return act()
    except DBAPIError as error:
        if (said := refusal(error)) is None:
            raise
        log.warning("the backfill of migration %s has stopped", one.revision, exc_info=error)
        words = f"The database refused: {said}"
    with writing(), Session(db.engine, expire_on_commit=False) as session:
        state = session.get(BackfillState, one.revision)
        if state is None:
            # The rows could not even be counted.
            state = _begun(one, 0)
            session.add(state)
        state.error, state.finished_at = words, None
        session.commit()
        return state


def _is_maintained() -> bool:
    with Session(db.engine) as session:
        return bool(current_app.config["MAINTENANCE"] or present_mode(session).is_maintained)


def _left(one: Backfill) -> int:
    """Count before taking the write lock: in a large table that takes seconds."""
    with reading(), db.engine.connect() as connection:
        return one.left(connection)


def _state(one: Backfill) -> BackfillState | None:
    with reading(), Session(db.engine) as session:
        return session.get(BackfillState, one.revision)


def _begin(one: Backfill) -> None:
    """Create the row if it does not exist."""
    if _state(one) is not None:
        return
    begun = _begun(one, _left(one))
    with writing(), Session(db.engine) as session:
        session.add(begun)
        _commit_if_first(session)


def _commit_if_first(session: Session) -> None:
    try:
        session.commit()
    except IntegrityError:
        # Another worker began it at the same moment.
        session.rollback()


def _open_again(one: Backfill) -> BackfillState | None:
    """Begin again if servers of the previous version created rows after the end."""
    state = _state(one)
    is_done = state is not None and state.finished_at is not None
    return _end(one) if is_done and is_left_to_workers(state) and _left(one) else state


def _end(one: Backfill) -> BackfillState | None:
    """Mark it as finished; if servers of the previous version created rows before the current position, begin again."""
    left = _left(one)
    with writing(), Session(db.engine, expire_on_commit=False) as session:
        state = _taken(session, one)
        if state is not None and left:
            state.position, state.done, state.total, state.finished_at = [], 0, left, None
        elif state is not None:
            state.finished_at = utc_now()
        session.commit()
        return state


def _taken(session: Session, one: Backfill) -> BackfillState | None:
    """Return the row, locked; None if another worker has it."""
    is_it = BackfillState.revision == one.revision
    return session.scalar(select(BackfillState).where(is_it).with_for_update(skip_locked=True))


def _begun(one: Backfill, left: int) -> BackfillState:
    return BackfillState(
        revision=one.revision,
        title=one.title[:LONGEST_TITLE],
        position=[],
        done=0,
        total=left,
        error="",
        started_at=utc_now(),
        finished_at=None,
    )


def _fill_piece(session: Session, one: Backfill, state: BackfillState) -> bool:
    """Fill the next rows; return whether no unfilled rows follow."""
    connection = session.connection()
    keys = one.next_keys(connection, state.position, ROWS)
    if not keys:
        return True
    if lacking := one.fill(connection, keys):
        rows = formatting.counted(lacking, "row", "rows")
        state.error = f"{rows} of {one.table} met this condition also after being filled: {one.lacking}"
    else:
        state.position, state.done = [keys[-1]], state.done + len(keys)
    return False
