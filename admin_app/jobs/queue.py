"""The queue: Huey over the same database, so that no other server is needed. A message carries only a job's number."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from huey import Huey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import PostgresStorage
from psycopg import OperationalError
from psycopg.errors import UniqueViolation
from sqlalchemy import make_url

from admin_app.db.pooler import suits_pooler
from admin_app.extensions import TABLE_PREFIX, Values
from admin_app.jobs.bucket import require_library
from admin_app.jobs.files import JOBS, Files, files_of
from admin_app.jobs.runner import Work, run_job

# Huey's own tables on PostgreSQL. Migrations leave them alone (`migrations/env.py`).
PREFIX = f"{TABLE_PREFIX}queue"


class Numbers(Serializer):
    """Writes messages as JSON: Huey's pickles would run whatever someone wrote into the queue's table."""

    def _serialize(self, data: object) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(*json.loads(bytes(data)))


class _Storage(PostgresStorage):
    """Huey's tables on PostgreSQL. Huey alone would never replace a lost connection."""

    _conn: Any

    def _connect(self) -> Any:
        """Connect. A pooler passes no notifications on, so behind one the queue is polled every second."""
        connection = super()._connect()
        connection.autocommit = False
        self.blocking = not suits_pooler(connection)
        connection.autocommit = True
        return connection

    # The name that Huey uses.
    _create_connection = _connect

    @property
    def conn(self) -> Any:
        """Return the connection, or a new one if it was lost."""
        if self._conn is not None and self._conn.closed:
            self._conn = None
        return super().conn


class Queue:
    """One application's queue and the place of its files."""

    def __init__(self, app: Flask, work: Mapping[str, Work]) -> None:
        """Create nothing yet: the first use creates the queue's tables. `work` has a function for each kind of job."""
        self.app = app
        self.work = dict(work)

    @property
    def huey(self) -> Huey:
        """Huey, which knows one task."""
        return self._made[0]

    @cached_property
    def _made(self) -> tuple[Huey, Callable[[int], object]]:
        """Huey and its task, created together: a worker finds the task by its name."""
        huey = _huey(self.app.config["SQLALCHEMY_DATABASE_URI"])
        return huey, huey.task(name="run_job")(self._run)

    def wake(self, job_id: int) -> None:
        """Wake a worker for a job."""
        _, task = self._made
        try:
            task(job_id)
        except OperationalError:
            # PostgreSQL restarted, for example: a lost connection is noticed only when it is used. The second try
            # opens a new one.
            task(job_id)

    def close(self) -> None:
        """Close the connection that Huey keeps open on PostgreSQL. The next use opens another."""
        if "_made" in vars(self):
            self.huey.storage.close()

    def _run(self, job_id: int) -> None:
        with self.app.app_context():
            run_job(job_id, self.files, self.work)

    @property
    def files(self) -> Files:
        """The place of the job files."""
        with self.app.app_context():
            return files_of(JOBS)


def init_app(app: Flask, work: Mapping[str, Work]) -> None:
    """Give the application its queue."""
    require_library(app.config["FILES"])
    app.extensions["jobs"] = Queue(app, work)


def the_queue() -> Queue:
    """Return the current application's queue."""
    queue: Queue = current_app.extensions["jobs"]
    return queue


def _huey(address: str) -> Huey:
    url = make_url(address)
    common: Values = {"name": "jobs", "results": False, "serializer": Numbers()}
    if url.get_backend_name() == "sqlite":
        # A file of its own beside the database: polling for work must not wait for writers there.
        path = Path(str(url.database))
        return SqliteHuey(filename=str(path.with_name(f"{path.stem}-queue.db")), timeout=15, **common)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        return Huey(storage_class=_Storage, dsn=dsn, table_prefix=PREFIX, **common)
    except UniqueViolation:
        # Another process created the queue's tables at the same moment: "if not exists" does not wait for it.
        return Huey(storage_class=_Storage, dsn=dsn, table_prefix=PREFIX, **common)
