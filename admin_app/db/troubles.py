"""Problems of the database itself, with advice: one table for pages, commands, the worker and `check`."""

from __future__ import annotations

import errno
import logging
import re
import sqlite3
import time
from dataclasses import dataclass

import psycopg
from sqlalchemy.exc import DBAPIError

# Seconds until the log repeats a message: a worker meets it every second or two.
REPEATED = 60.0


@dataclass(frozen=True)
class Trouble:
    """A problem, and what the administrator can do about it."""

    problem: str
    advice: str

    def __str__(self) -> str:
        """Return problem and advice on one line."""
        return f"{self.problem} {self.advice}"


FULL = Trouble("The disk with the database is full.", "Free some space, then try again.")
# Used for data files and logs: the log says which disk it is.
NO_SPACE = Trouble("The disk is full.", "Free some space, then try again.")
READ_ONLY = Trouble(
    "The database is read-only.",
    "Let the dashboard's user write to the file and its folder, and check whether the disk is mounted read-only.",
)
NOT_PRIMARY = Trouble(
    "The database server takes no writes: it is a replica, or was made read-only.", "Let DATABASE_URL name the primary."
)
NO_DATABASE = Trouble("The file is not an SQLite database.", "Check DATABASE_URL: it names another file.")
DAMAGED = Trouble("The database is damaged.", "Stop the dashboard, keep a copy of the database, and restore a backup.")
UNREADABLE = Trouble("The disk with the database does not work.", "Check the disk and the system's log.")
NOT_OPENED = Trouble(
    "The database's file cannot be opened.",
    "Check DATABASE_URL, that its folder exists, and that the dashboard's user may write to it.",
)
UNREACHABLE = Trouble("The database server does not answer.", "Check DATABASE_URL, and that the server runs.")
CROWDED = Trouble(
    "The database server accepts no more connections.", "Raise its max_connections, or run fewer processes and threads."
)
DENIED = Trouble("The database server does not let the dashboard in.", "Check DATABASE_URL: name, password, database.")

# Keys are prefixes of SQLite's error names and of PostgreSQL's codes.
TROUBLES = {
    "SQLITE_FULL": FULL,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_NOTADB": NO_DATABASE,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_IOERR": UNREADABLE,
    "SQLITE_CANTOPEN": NOT_OPENED,
    "53100": FULL,
    "25006": NOT_PRIMARY,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
    "58030": UNREADABLE,
    "53300": CROWDED,
    "28": DENIED,
    "3D000": DENIED,
    "08": UNREACHABLE,
    "57P": UNREACHABLE,
}

# Messages of a server or pooler that refuses a connection, and of libpq: psycopg has no codes for these.
REFUSALS = {
    re.compile(r"authentication failed|no pg_hba\.conf entry|permission denied for database"): DENIED,
    re.compile(r"FATAL: .*(does not exist|no such (database|user))"): DENIED,
    re.compile(r"too many clients|connection slots|too many connections|max_client_conn"): CROWDED,
    re.compile(r"session is read-only"): NOT_PRIMARY,
}

_said: dict[object, float] = {}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return the problem of the database; None if the error is about the statement."""
    if isinstance(error, OSError):
        return NO_SPACE if error.errno in {errno.ENOSPC, errno.EDQUOT} else None
    # Huey uses its own database connection, without SQLAlchemy.
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(error, DBAPIError | sqlite3.Error | psycopg.Error):
        return None
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    if code is None:
        # An error that never reached the server has no code of the server's.
        return _of_words(str(cause)) if _is_away(error) else None
    return next((trouble for start, trouble in TROUBLES.items() if code.startswith(start)), None)


def _of_words(said: str) -> Trouble:
    return next((trouble for words, trouble in REFUSALS.items() if words.search(said)), UNREACHABLE)


def _is_away(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return isinstance(error, psycopg.OperationalError)
    return error.connection_invalidated or _is_connecting(error)


def _is_connecting(error: DBAPIError) -> bool:
    # Without a statement are also errors of a value that is read from a result: psycopg's DataError.
    return isinstance(error.orig, psycopg.OperationalError) and error.statement is None


def say(log: logging.Logger, error: DBAPIError | OSError) -> None:
    """Log the trouble on one line, the same one at most once a minute."""
    trouble = trouble_of(error)
    if trouble is None:
        log.error("the database refused: %s", error)
    elif is_due(trouble):
        cause = error.orig if isinstance(error, DBAPIError) else error
        log.error("%s (%s)", trouble, str(cause).strip().partition("\n")[0])


def is_due(trouble: object) -> bool:
    """Whether it was not logged within the last minute. A caller who gets True logs it."""
    now = time.monotonic()
    if (before := _said.get(trouble)) is not None and now - before < REPEATED:
        return False
    _said[trouble] = now
    return True


class OneLine(logging.Filter):
    """A log filter for libraries that log a traceback each time they meet the same trouble."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the traceback by one line, once a minute."""
        trouble = trouble_of(record.exc_info[1]) if record.exc_info else None
        if trouble is None:
            return True
        record.msg, record.args, record.exc_info = str(trouble), (), None
        return is_due(trouble)
