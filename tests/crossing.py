"""A transaction on PostgreSQL that crosses a request: each waits for a row that the other holds, and the request gives way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, inspect, select


@contextmanager
def crossed(
    engine: Engine, first: Any, second: Any, change: Callable[[Connection], None] | None = None
) -> Iterator[list[object]]:
    """Hold the second record, and take the first as soon as the request inside, which has locked it, waits; then let `change` write.

    The list has the key of the first record once it was taken.
    """
    found: list[object] = []

    def cross(other: Connection) -> None:
        # In this database alone: others of the server wait for locks of their own.
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        while not watch.exec_driver_sql(waiting).scalar():
            watch.rollback()
            time.sleep(0.01)
        found.append(other.scalar(locked(first)))
        if change is not None:
            change(other)
        other.commit()

    with engine.connect() as other, engine.connect() as watch:
        # It is the request that finds out.
        other.exec_driver_sql("SET LOCAL deadlock_timeout = '60s'")
        other.execute(locked(second))
        crossing = threading.Thread(target=cross, args=(other,))
        crossing.start()
        yield found
        crossing.join()


def locked(record: Any) -> Any:
    """Ask for the key of a record, locked."""
    model = type(record)
    (key,) = inspect(model).primary_key
    return select(key).where(key == getattr(record, key.name)).with_for_update()
