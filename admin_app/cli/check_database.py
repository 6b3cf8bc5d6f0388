"""What `manage.py check` says about the database: which it is, whether it is supported, and whether it allows enough connections."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from admin_app.cli.finding import Finding
from admin_app.db.index_builds import invalid_indexes
from admin_app.db.pooler import is_pooled
from admin_app.db.quoting import quoted

# Other databases with PostgreSQL's protocol, by a word of their version, and why they are not supported.
UNSUPPORTED = {
    "CockroachDB": "CockroachDB is not supported: it refuses transactions that PostgreSQL lets wait.",
    "-YB-": "YugabyteDB is not supported: its indexes for searching in texts are unfinished.",
}
CITUS = "Citus is installed. The dashboard's tables must stay local: distributed ones need other keys."
# Connections of a thread: a page and the small write after it, or a download beside its page.
OF_A_THREAD = 2
# Connections of a process's pool: five, and ten more if all are in use.
OF_A_PROCESS = 15
# Connections of the worker's housekeeping and the queue.
OF_HOUSEKEEPING = 3


@dataclass(frozen=True)
class Processes:
    """The processes and threads of `manage.py run`."""

    workers: int
    threads: int
    jobs: int

    @property
    def connections(self) -> int:
        """Return the most connections that they can have at once: a job has one for its rows, one for its state and one to be woken."""
        web = self.workers * min(OF_A_THREAD * self.threads, OF_A_PROCESS)
        worker = min(OF_A_THREAD * self.jobs + 1, OF_A_PROCESS) + self.jobs + OF_HOUSEKEEPING if self.jobs else 0
        return web + worker


def database_in_words(connection: Connection) -> str:
    """Say which database the dashboard uses."""
    if connection.dialect.name == "sqlite":
        return f"The database is SQLite {sqlite3.sqlite_version}."
    version = str(connection.scalar(text("SHOW server_version"))).partition(" ")[0]
    if is_pooled(connection):
        return (
            f"The database is PostgreSQL {version}, behind a connection pooler: each transaction is told its time limit, "
            "and no statement is prepared."
        )
    return f"The database is PostgreSQL {version}."


def problems(connection: Connection, processes: Processes) -> Iterator[Finding]:
    """Yield the problems of a PostgreSQL server."""
    if connection.dialect.name == "sqlite":
        return
    version = str(connection.scalar(text("SELECT version()")))
    for mark, problem in UNSUPPORTED.items():
        if mark in version:
            yield Finding(problem, "Use PostgreSQL.")
            return
    if connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'citus'")):
        yield Finding(CITUS, "Distribute none of them.")
    for index, table in invalid_indexes(connection).items():
        yield Finding(
            f"The index {index} of {table} is invalid: its build broke off. Each save keeps it up to date, and no list uses it.",
            f"Run manage.py upgrade if a migration is pending, or else REINDEX INDEX CONCURRENTLY {quoted(index)} in the database.",
        )
    # Only its operator can ask a pooler for its limit.
    if not is_pooled(connection):
        yield from _too_few(connection, processes)


def _too_few(connection: Connection, processes: Processes) -> Iterator[Finding]:
    asked = text(
        "SELECT sum(CASE name WHEN 'max_connections' THEN setting::int ELSE -setting::int END) FROM pg_settings "
        "WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')"
    )
    allowed = int(connection.scalar(asked) or 0)
    if allowed < processes.connections:
        yield Finding(
            f"The database server lets {allowed} connections in, and one server of this set-up may need {processes.connections}.",
            "Raise its max_connections, run fewer processes and threads, or put PgBouncer in between.",
        )
