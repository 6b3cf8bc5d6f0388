"""How a connection to the embedded store behaves, so that SQLite keeps the promises PostgreSQL makes by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, CursorResult, Engine, ExceptionContext, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from admin_app import metrics
from admin_app.context import glancing, is_glancing, is_late, is_writing, limit_in_milliseconds, reading, writing
from admin_app.db.caseless import caseless
from admin_app.db.driver_text import stored_text, stored_value
from admin_app.db.json_spelling import spelled_text
from admin_app.db.pooler import is_noted, is_pooled
from admin_app.db.turns import waiting
from admin_app.db.versions import digest
from admin_app.extensions import AnySession, Model
from admin_app.formatting import folded
from admin_app.metrics import Event
from admin_app.unicode_text import mailbox, namesake, sort_key

# A writer waits this long for another one before it gives up: longer than any act of ours holds the lock.
BUSY_TIMEOUT_MS = 15_000
# What a connection keeps of the file for an act on many records.
HELD_PAGES_KB = 20_000
# Pages of its log after which such a connection's commit empties it, some 80 MB. SQLite's own 1,000 are less than each writes.
LONGEST_LOG = 20_000
# What may as well not be written waits no longer than nobody notices.
SHORT_TIMEOUT_MS = 100


# SQLite's instructions between two looks at the clock. One of them may search a long text, so they are few; a look
# costs about as much as two.
STEPS_BETWEEN_LOOKS = 1_000

# The option of a connection whose statements are one transaction wherever they are sent: to see one moment, on SQLite.
LASTING = "is_lasting"
# What PostgreSQL calls a statement that was stopped: by its time limit, since nobody else stops ours.
QUERY_CANCELED = "57014"
# What it calls a deadlock, and what could not be put in an order with the work of others.
CROSSINGS = frozenset({"40P01", "40001"})
# What a server says that became a replica while we were connected.
READ_ONLY_TRANSACTION = "25006"


def prepare(connection: object, _record: object) -> None:
    """Enforce foreign keys, let readers and a writer work side by side, and leave transactions to us."""
    if not isinstance(connection, sqlite3.Connection):
        return
    # Python's driver begins transactions by itself, and only before a write; SQLAlchemy's "begin" event does it here.
    connection.isolation_level = None
    for pragma in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.set_progress_handler(is_late, STEPS_BETWEEN_LOOKS)
    give_functions(connection)


def give_functions(connection: sqlite3.Connection) -> None:
    """Tell a connection the functions that indexes and statements of ours call; any other program that writes needs them too."""
    # SQLite's own knows ASCII only: "CAFÉ" would not find "Café", and É@example.com would not be é@example.com.
    connection.create_function("lower", 1, _lower, deterministic=True)
    # Indexes hold what it returns: under a name of its own, a program that does not know it is told so, and makes no wrong one.
    connection.create_function("caseless", 1, caseless, deterministic=True)
    # Indexes are kept by it: what it says of a text may never change.
    connection.create_function("sort_key", 1, _sort_key, deterministic=True)
    connection.create_function("mailbox", 1, _mailbox, deterministic=True)
    connection.create_function("namesake", 1, _namesake, deterministic=True)
    # SQLite writes and reads numbers with a fraction by fifteen digits; the history gives back all of them.
    connection.create_function("exact_text", 1, _exact_text, deterministic=True)
    connection.create_function("exact_number", 1, _exact_number, deterministic=True)
    # Any spelling of JSON in one.
    connection.create_function("json_spelled", 1, spelled_text, deterministic=True)
    # What tells that a row is as it was, where no column of ours does.
    connection.create_function("row_digest", -1, digest, deterministic=True)
    # SQLite's own `unhex` came with 3.41.
    connection.create_function("bytes_of_hex", 1, _bytes_of_hex, deterministic=True)
    # Of columns of which nothing is known but what SQLite keeps in them.
    connection.create_function("stored_text", 1, stored_text, deterministic=True)
    connection.create_function("stored_value", 1, stored_value, deterministic=True)


# What SQLite hands to a function, and takes back.
SqliteValue = str | int | float | bytes | None


def _lower(value: SqliteValue) -> SqliteValue:
    return folded(value) if isinstance(value, str) else value


def _sort_key(value: SqliteValue) -> SqliteValue:
    return sort_key(value) if isinstance(value, str) else value


def _mailbox(value: SqliteValue) -> SqliteValue:
    return mailbox(value) if isinstance(value, str) else value


def _namesake(value: SqliteValue) -> SqliteValue:
    return namesake(value) if isinstance(value, str) else value


def _exact_text(value: object) -> str | None:
    return None if value is None else repr(value)


def _exact_number(value: float | str | None) -> float | None:
    return None if value is None else float(value)


def _bytes_of_hex(value: str | None) -> bytes | None:
    return None if value is None else bytes.fromhex(value)


def begin(connection: Connection) -> None:
    """Take the write lock first when the act means to write: upgrading later is refused at once, without waiting.

    Statements that are transactions of their own need none around them.
    """
    if connection.dialect.name != "sqlite":
        limit = limit_in_milliseconds()
        if limit and is_pooled(connection):
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {limit}")
        return
    if is_glancing() and not connection.get_execution_options().get(LASTING):
        return
    if not is_writing():
        connection.exec_driver_sql("BEGIN")
        return
    with waiting(connection.engine):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def fit(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Tell PostgreSQL how long statements may take, when that differs from what it was told last, and how they hang together.

    A page's each see what was committed when they begin, in one transaction or in none. In none there is nothing to roll
    back at its end, which would make psycopg forget the statements that it had prepared, and to plan them anew takes
    longer than to run them.
    """
    if isinstance(connection, sqlite3.Connection):
        return
    if _is_closed(connection):
        # The others are too: the pool opens new ones, and nobody is answered that the database is away.
        raise InvalidatePoolError
    if is_noted(record):
        # Each transaction is told by itself, and without one there is no telling whose connection the next statement has.
        connection.autocommit = False
        return
    wanted, is_alone = limit_in_milliseconds(), is_glancing()
    if record.info.get("limit", 0) != wanted:
        connection.autocommit = True
        connection.execute(f"SET statement_timeout = {wanted}")
        record.info["limit"] = wanted
    if connection.autocommit != is_alone:
        connection.autocommit = is_alone


def _is_closed(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether the server closed a connection that nobody used: it was started again. This asks the kernel, in 1 µs, and not the server."""
    try:
        # First what the server said last, then that nothing more will come.
        for _ in range(2):
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return True
    return False


def of_one_moment(engine: Engine) -> Engine:
    """Read everything as it was when the first row was read: SQLite's transactions do, PostgreSQL's when asked."""
    is_postgresql = engine.dialect.name == "postgresql"
    return engine.execution_options(**{"isolation_level": "REPEATABLE READ"} if is_postgresql else {LASTING: True})


def hold_pages(session: AnySession) -> None:
    """Let SQLite keep what a long act goes over in memory, on this connection: with its own 2 MB it writes and reads pages twice.

    Its commits then leave it to `write_back` to empty the log, unless the log is much longer than usual.
    """
    if session.get_bind().dialect.name == "sqlite":
        for setting in (f"cache_size = -{HELD_PAGES_KB}", f"wal_autocheckpoint = {LONGEST_LOG}"):
            session.connection().exec_driver_sql(f"PRAGMA {setting}")


def write_back(engine: Engine) -> None:
    """Bring what was committed from SQLite's log into its file; others read and write meanwhile."""
    if engine.dialect.name == "sqlite":
        with reading(), glancing(), engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def small_write(engine: Engine) -> Iterator[Session]:
    """Write a little beside an act that only reads, and commit it; raise `OperationalError` at once where the store is busy."""
    with (
        writing(),
        engine.connect() as connection,
        _patience(connection, SHORT_TIMEOUT_MS),
        Session(connection) as own,
    ):
        yield own
        own.commit()
        # Where the patience was asked for within the transaction, the session only joined it.
        connection.commit()


@contextmanager
def _patience(connection: Connection, milliseconds: int) -> Iterator[None]:
    """Wait this long for a lock, on this connection, inside."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        # Past SQLAlchemy, which would begin a transaction, and so wait for the lock, before it said how long to.
        driver.execute(f"PRAGMA busy_timeout = {milliseconds}")
        try:
            yield
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    else:
        # Nor does it wait for the disk: what a crash in the same moment would take along is no loss.
        connection.execute(text(f"SET LOCAL lock_timeout = '{milliseconds}ms'; SET LOCAL synchronous_commit = off"))
        yield


def is_timeout(error: DBAPIError) -> bool:
    """Whether a statement was stopped because it took too long."""
    return str(error.orig) == "interrupted" or getattr(error.orig, "sqlstate", None) == QUERY_CANCELED


def is_crossing(error: DBAPIError) -> bool:
    """Whether two transactions were in each other's way, and this one was undone for the other's sake: it may be done again."""
    return getattr(error.orig, "sqlstate", None) in CROSSINGS


def count_timeout(context: ExceptionContext) -> None:
    """Count a statement that was stopped because it took too long."""
    if isinstance(context.sqlalchemy_exception, OperationalError) and is_timeout(context.sqlalchemy_exception):
        metrics.count(Event.TIME_LIMIT)


def leave_demoted(context: ExceptionContext) -> None:
    """Give up the connections to a server that takes no writes any more: another one of several hosts does by now."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY_TRANSACTION:
        context.is_disconnect = True


def refresh_statistics(session: AnySession) -> None:
    """Let the store look at its tables anew after much was written: it plans by what it finds, and lists say how much there is."""
    session.execute(text("ANALYZE"))
    session.commit()


def count_anew(session: AnySession, model: type[Model]) -> None:
    """Let PostgreSQL see what was just written to a table, in this transaction too; SQLite plans the same without.

    It takes rows that it has never seen for one row: a join of 19,000 lines with themselves took 46 s, and takes 0.2 s now.
    Where another transaction has it look at the table, that will do.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f'ANALYZE (SKIP_LOCKED) "{model.__tablename__}"'))


def rows_changed(result: object) -> int:
    """Return how many rows a statement wrote."""
    return cast("CursorResult[Any]", result).rowcount
