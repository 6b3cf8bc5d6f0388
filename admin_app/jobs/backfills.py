"""Fill the rows that migrations left to be filled: piece by piece, each in a transaction of its own, beside people at work.

A piece and how far that is are one commit, so a worker that is killed loses a piece at most, and whoever comes next goes on
there. Of several workers one has a backfill's row, and the others pass it by.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from threading import Event

from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from admin_app import formatting
from admin_app.context import writing
from admin_app.db.backfill import Backfill, applied
from admin_app.db.troubles import say
from admin_app.db.types import utc_now
from admin_app.domain.modes import present_mode
from admin_app.errors import ClashError
from admin_app.extensions import AnySession, db
from admin_app.models.backfill_state import LONGEST_TITLE, BackfillState

log = logging.getLogger(__name__)

# Rows of a piece: filled in some milliseconds, for which somebody who saves one of them waits.
ROWS = 500
# Seconds between two pieces at least; a worker rests as long as the piece before took.
BREATH = 0.05
# Seconds between two looks for what is to be filled.
LOOK = 5.0


def keep_filling(app: Flask, stopping: Event) -> None:
    """Fill what there is until nothing is left, or the worker stops. What goes wrong is told, and tried again."""
    scripts = ScriptDirectory(app.extensions["migrate"].directory)
    is_over = False
    while not is_over and not stopping.wait(LOOK):
        try:
            with app.app_context():
                is_over = _fill_all(scripts, stopping)
        except DBAPIError as error:
            say(log, error)


def fill(one: Backfill, *, rest: Callable[[float], object] = time.sleep) -> int:
    """Fill what is left of a backfill, also where one stopped; return how many rows. Raise `ClashError` where they cannot be."""
    with writing(), Session(db.engine) as session:
        if not (left := one.left(session.connection())):
            return 0
        session.merge(_begun(one, left))
        session.commit()
    while (state := step(one, rest=rest)) is None or not state.is_over:
        pass
    if state.error:
        raise ClashError(state.error)
    return left


def step(one: Backfill, *, rest: Callable[[float], object]) -> BackfillState | None:
    """Fill a piece (committed) and rest; return how far it is, None where another worker is at it."""
    begin = time.monotonic()
    with writing(), Session(db.engine, expire_on_commit=False) as session:
        state = _taken(session, one)
        if state is not None and not state.is_over:
            _fill_piece(session, one, state)
        session.commit()
    rest(max(time.monotonic() - begin, BREATH))
    return state


def under_way(session: AnySession) -> Sequence[BackfillState]:
    """Return those that have begun and are not done, or stopped."""
    open_ones = select(BackfillState).where(BackfillState.finished_at.is_(None))
    return session.scalars(open_ones.order_by(BackfillState.revision)).all()


def _fill_all(scripts: ScriptDirectory, stopping: Event) -> bool:
    """Fill what the database's migrations leave to be filled; return whether nobody has anything left to do."""
    with db.engine.connect() as connection:
        wanted = applied(connection, scripts)
    for one in wanted:
        while not _is_maintained():
            state = _tried(one, stopping)
            if stopping.is_set():
                return True
            if state is None:
                return False
            if state.is_over:
                break
        else:
            return False
    return True


def _tried(one: Backfill, stopping: Event) -> BackfillState | None:
    """Fill a piece; where the database refuses the statement itself, stop for somebody to look at it."""
    try:
        return step(one, rest=stopping.wait)
    except DBAPIError as error:
        if not _is_about_statement(error):
            raise
        log.warning("the backfill of migration %s has stopped", one.revision, exc_info=error)
        words = f"The database refused: {str(error.orig).strip().splitlines()[0]}"
    with writing(), Session(db.engine, expire_on_commit=False) as session:
        state = session.get_one(BackfillState, one.revision)
        state.error = words
        session.commit()
        return state


def _is_about_statement(error: DBAPIError) -> bool:
    """Whether it would fail the next time as well: who waits for a lock, or for the database, goes on later."""
    is_unknown = getattr(error.orig, "sqlite_errorname", "") == "SQLITE_ERROR"
    return is_unknown or isinstance(error, DataError | IntegrityError | ProgrammingError)


def _is_maintained() -> bool:
    with Session(db.engine) as session:
        return bool(current_app.config["MAINTENANCE"] or present_mode(session).is_maintained)


def _taken(session: Session, one: Backfill) -> BackfillState | None:
    """Return the row, locked, made if need be; None where another worker has it."""
    if session.get(BackfillState, one.revision) is None:
        session.add(_begun(one, one.left(session.connection())))
        try:
            session.commit()
        except IntegrityError:
            # Another worker began it in the same moment.
            session.rollback()
    is_it = BackfillState.revision == one.revision
    locked = select(BackfillState).where(is_it).with_for_update(skip_locked=True)
    return session.scalar(locked.execution_options(populate_existing=True))


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


def _fill_piece(session: Session, one: Backfill, state: BackfillState) -> None:
    connection = session.connection()
    if keys := one.next_keys(connection, state.position, ROWS):
        if lacking := one.fill(connection, keys):
            rows = formatting.counted(lacking, "row", "rows")
            state.error = f"{rows} of {one.table} met this condition also after being filled: {one.lacking}"
            return
        state.position, state.done = [keys[-1]], state.done + len(keys)
    elif left := one.left(connection):
        # Servers of the version before have made more meanwhile, before the place where it was.
        state.position, state.done, state.total = [], 0, left
    else:
        state.finished_at = utc_now()
