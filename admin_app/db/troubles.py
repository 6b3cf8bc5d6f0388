"""What is wrong with the store itself, in words, and what to do: one table for pages, commands, the worker and `check`."""

from __future__ import annotations

import errno
import logging
import re
import sqlite3
import time
from dataclasses import dataclass

import psycopg
from sqlalchemy.exc import DBAPIError

# Seconds until the log says the same again: a worker meets it every second or two.
REPEATED = 60.0


@dataclass(frozen=True)
class Trouble:
    """What is wrong, and what whoever runs the dashboard can do."""

    problem: str
    advice: str

    def __str__(self) -> str:
        """Write both as one line."""
        return f"{self.problem} {self.advice}"


FULL = Trouble("The disk with the database is full.", "Free some space, then try again.")
# Of files and logs, wherever they are: which disk it is stands in the log.
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

# What the names of SQLite's errors and the codes of PostgreSQL's begin with.
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

# What is said by a server or a pooler that refuses a connection, and by libpq: psycopg has no code of these.
REFUSALS = {
    re.compile(r"authentication failed|no pg_hba\.conf entry|permission denied for database"): DENIED,
    re.compile(r"FATAL: .*(does not exist|no such (database|user))"): DENIED,
    re.compile(r"too many clients|connection slots|too many connections|max_client_conn"): CROWDED,
    re.compile(r"session is read-only"): NOT_PRIMARY,
}

_said: dict[object, float] = {}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return what is wrong with the store, or None where the error is about what it was asked."""
    if isinstance(error, OSError):
        return NO_SPACE if error.errno in {errno.ENOSPC, errno.EDQUOT} else None
    # Huey asks its own database, past SQLAlchemy.
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(error, DBAPIError | sqlite3.Error | psycopg.Error):
        return None
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    if code is None:
        # What never reached the server has no code of its.
        return _of_words(str(cause)) if _is_away(error) else None
    return next((trouble for start, trouble in TROUBLES.items() if code.startswith(start)), None)


def _of_words(said: str) -> Trouble:
    return next((trouble for words, trouble in REFUSALS.items() if words.search(said)), UNREACHABLE)


def _is_away(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return isinstance(error, psycopg.OperationalError)
    return error.connection_invalidated or _is_connecting(error)


def _is_connecting(error: DBAPIError) -> bool:
    return type(error.orig).__module__.startswith("psycopg") and error.statement is None


def say(log: logging.Logger, error: DBAPIError | OSError) -> None:
    """Write it to the log in one line, the same trouble once a minute."""
    trouble = trouble_of(error)
    if trouble is None:
        log.error("the database refused: %s", error)
    elif is_due(trouble):
        cause = error.orig if isinstance(error, DBAPIError) else error
        log.error("%s (%s)", trouble, str(cause).strip().partition("\n")[0])


def is_due(trouble: object) -> bool:
    """Whether it was not said within the last minute; who asks says it."""
    now = time.monotonic()
    if (before := _said.get(trouble)) is not None and now - before < REPEATED:
        return False
    _said[trouble] = now
    return True


class OneLine(logging.Filter):
    """For the log of a library that writes a traceback each time it meets the same trouble."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Write the trouble alone, and once a minute."""
        trouble = trouble_of(record.exc_info[1]) if record.exc_info else None
        if trouble is None:
            return True
        record.msg, record.args, record.exc_info = str(trouble), (), None
        return is_due(trouble)
