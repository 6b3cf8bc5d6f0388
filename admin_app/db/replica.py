"""A PostgreSQL replica for pages that only read: whether it answers, how far it is behind, and which statements go to it.

Each write has a position in the primary's log. A replica has the write once it has replayed the log to that position.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import chain, islice
from threading import Lock
from typing import TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState

from admin_app import metrics
from admin_app.context import autocommit, reading
from admin_app.db.troubles import is_due, trouble_of
from admin_app.metrics import Event, Level

T = TypeVar("T")
log = logging.getLogger(__name__)

# The name of the replica among Flask-SQLAlchemy's engines.
REPLICA = "replica"
# Seconds for which a process trusts its last look at the replica, and for which it avoids one that failed.
FRESH, PAUSE = 1.0, 10.0
# A replica is always a moment behind. After a write it is asked this often, with this many seconds in between.
ASKED, MOMENT = 3, 0.02
# If the replica is further behind than this, in seconds, nothing is read from it.
MOST_LAG = 60.0
# Seconds after which every usable replica has a write.
REMEMBERED = 600
# A log position that no replica reaches, for a write whose position is unknown.
NOWHERE = (1 << 64) - 1

_WRITTEN = text("SELECT CAST(pg_current_wal_insert_lsn() AS text)")
_REPLAYED = text(
    "SELECT pg_is_in_recovery(), CAST(pg_last_wal_replay_lsn() AS text), "
    "CAST(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) AS float)"
)

_current: ContextVar[Engine | None] = ContextVar("replica", default=None)


@dataclass(frozen=True)
class ReplicaState:
    """The state of a replica: its log position, the seconds it is behind, and why it can't be used, if so."""

    at: float = -1e9
    replayed: int = 0
    lag: float = 0.0
    problem: str = ""


class Replica:
    """The replica of a primary, as this process sees it."""

    def __init__(self, primary: Engine, engine: Engine) -> None:
        """Keep both engines."""
        self.primary, self.engine = primary, engine
        self._state, self._lock = ReplicaState(), Lock()

    @property
    def state(self) -> ReplicaState:
        """The last known state. One thread refreshes it every second, while the others use the old one."""
        known = self._state
        if time.monotonic() - known.at >= (PAUSE if known.problem else FRESH) and self._lock.acquire(blocking=False):
            try:
                self._note(self.look())
            finally:
                self._lock.release()
        return self._state

    def look(self) -> ReplicaState:
        """Ask both servers for the present state."""
        try:
            # One after the other: behind a pooler, holding one connection while waiting for another would block
            # others.
            with reading(), autocommit():
                with self.primary.connect() as primary:
                    place = written(primary)
                with self.engine.connect() as replica:
                    return _state_of(replica, place)
        except DBAPIError as error:
            trouble = trouble_of(error)
            return ReplicaState(
                time.monotonic(), problem=trouble.problem if trouble else "The replica does not answer."
            )

    def has(self, place: int) -> bool:
        """Whether the replica can be used and has replayed the log up to this position."""
        known = self.state
        if known.problem or place <= known.replayed:
            return not known.problem
        try:
            with reading(), autocommit(), self.engine.connect() as connection:
                _, replayed, _ = connection.execute(_REPLAYED).one()
        except DBAPIError as error:
            self.leave(error)
            return False
        return place <= place_of(replayed or "")

    def leave(self, error: DBAPIError) -> None:
        """Note that a statement failed there. If the connection was lost, the replica isn't used for a while."""
        metrics.count(Event.REPLICA_LEFT)
        trouble = trouble_of(error)
        if trouble is not None:
            self._note(ReplicaState(time.monotonic(), problem=trouble.problem))

    def _note(self, state: ReplicaState) -> None:
        if state.problem and is_due((self.engine.url.host, state.problem)):
            log.warning("nothing is read from the replica: %s", state.problem)
        metrics.set_levels({Level.REPLICA_LAG: state.lag})
        self._state = state


def _state_of(replica: Connection, place: int) -> ReplicaState:
    for last in range(1 - ASKED, 1):
        is_replica, replayed, lag = replica.execute(_REPLAYED).one()
        if not is_replica:
            return ReplicaState(time.monotonic(), problem="The server of ADMIN_REPLICA_URL is no replica.")
        if place <= place_of(replayed or ""):
            return ReplicaState(time.monotonic(), place_of(replayed))
        if last < 0:
            time.sleep(MOMENT)
    # If no transaction was replayed since its start, this is unknown.
    behind = MOST_LAG + 1 if lag is None else lag
    problem = f"The replica is more than {MOST_LAG:.0f} seconds behind." if behind > MOST_LAG else ""
    return ReplicaState(time.monotonic(), place_of(replayed or ""), behind, problem)


def written(primary: Connection) -> int:
    """Return the log position after everything committed so far."""
    return place_of(str(primary.scalar(_WRITTEN)))


def place_of(words: str) -> int:
    """Read a log position as PostgreSQL writes it, "16/B374D848"; 0, the beginning, if it is not one."""
    high, slash, low = words.partition("/")
    try:
        return (int(high, 16) << 32) + int(low, 16) if slash else 0
    except ValueError:
        return 0


def in_words(place: int) -> str:
    """Write a log position as PostgreSQL does."""
    return f"{place >> 32:X}/{place & 0xFFFFFFFF:X}"


@contextmanager
def on_replica(engine: Engine) -> Iterator[None]:
    """Inside, let the request's session read from the replica."""
    token = _current.set(engine)
    try:
        yield
    finally:
        _current.reset(token)


def current_replica() -> Engine | None:
    """Return the replica in use, if any."""
    return _current.get()


def route(state: ORMExecuteState) -> None:
    """Send a statement that only reads to the replica in use. Sessions bound to another database stay with it."""
    engine = _current.get()
    is_write = state.is_insert or state.is_update or state.is_delete
    if engine is not None and state.session.bind is None and not is_write:
        state.bind_arguments.setdefault("bind", engine)


def from_either(first: Callable[[], Iterator[T]], otherwise: Callable[[], Iterator[T]]) -> Generator[T, None, None]:
    """Yield the rows of the first source, or of the second if the first fails before its first row. A file never mixes sources."""
    rows = first()
    try:
        begin = [*islice(rows, 1)]
    except DBAPIError:
        rows, begin = otherwise(), []
    yield from chain(begin, rows)
