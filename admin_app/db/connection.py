"""SQLite connections: set them up so that they behave as PostgreSQL's do."""

from __future__ import annotations

import math
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
from admin_app.context import autocommit, is_autocommit, is_late, is_writing, limit_in_milliseconds, reading, writing
from admin_app.db.caseless import caseless
from admin_app.db.dialects import is_postgres
from admin_app.db.driver_text import moment_text, stored_text, stored_value
from admin_app.db.json_spelling import spelled_text
from admin_app.db.pooler import is_noted, is_pooled
from admin_app.db.turns import waiting
from admin_app.db.unreadable import install_loaders
from admin_app.db.versions import digest
from admin_app.extensions import AnySession, Model
from admin_app.formatting import folded
from admin_app.metrics import Event
from admin_app.unicode_text import mailbox, namesake, sort_key

# How long a writer waits for another one, in milliseconds. None of ours holds the lock longer.
BUSY_TIMEOUT_MS = 15_000
# Page cache of a connection during bulk changes.
HELD_PAGES_KB = 20_000
# Length of the log in pages (about 80 MB) at which such a connection's commit empties it. Each bulk change writes more than
# SQLite's default of 1,000.
LONGEST_LOG = 20_000
# How long an optional write waits, in milliseconds: too short for anyone to notice.
SHORT_TIMEOUT_MS = 100


# SQLite instructions between two checks of the clock. One instruction may search a long text, so the number is small; a check
# costs as much as two instructions.
STEPS_BETWEEN_LOOKS = 1_000

# Option of a connection whose statements form one transaction, so that they see one moment on SQLite too.
LASTING = "is_lasting"
# PostgreSQL's code for a cancelled statement. Only its time limit cancels ours.
QUERY_CANCELED = "57014"
# PostgreSQL's codes for a deadlock and for a transaction that could not be serialized.
CONFLICT_CODES = frozenset({"40P01", "40001"})
# PostgreSQL's code for a write to a server that became a replica after we connected.
READ_ONLY_TRANSACTION = "25006"


def prepare(connection: object, _record: object) -> None:
    """Enforce foreign keys, let readers work beside a writer, and let SQLAlchemy begin transactions."""
    if isinstance(connection, psycopg.Connection):
        install_loaders(connection)
    if not isinstance(connection, sqlite3.Connection):
        return
    # Python's driver begins transactions by itself, but only before a write. SQLAlchemy's "begin" event does it here
    # instead.
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
    """Register the functions that our indexes and statements call. Other programs that write need them too."""
    # SQLite's own `lower` knows ASCII only: "CAFÉ" would not find "Café", and É@example.com would not be
    # é@example.com.
    connection.create_function("lower", 1, _lower, deterministic=True)
    # Indexes hold its results. With a name of its own, a program that lacks it gets an error and cannot write wrong
    # entries.
    connection.create_function("caseless", 1, caseless, deterministic=True)
    # Indexes hold its results, so what it returns for a text may never change.
    connection.create_function("sort_key", 1, _sort_key, deterministic=True)
    connection.create_function("mailbox", 1, _mailbox, deterministic=True)
    connection.create_function("namesake", 1, _namesake, deterministic=True)
    # SQLite writes and reads floats with fifteen digits. The history has to give back all of them.
    connection.create_function("exact_text", 1, _exact_text, deterministic=True)
    connection.create_function("exact_number", 1, _exact_number, deterministic=True)
    # JSON in one spelling.
    connection.create_function("json_spelled", 1, spelled_text, deterministic=True)
    # The version of a row in a table without a version column of ours.
    connection.create_function("row_digest", -1, digest, deterministic=True)
    # SQLite has its own `unhex` only since 3.41.
    connection.create_function("bytes_of_hex", 1, _bytes_of_hex, deterministic=True)
    # For columns of unknown types: what SQLite stores, as text.
    connection.create_function("stored_text", 1, stored_text, deterministic=True)
    connection.create_function("moment_text", 2, moment_text, deterministic=True)
    connection.create_function("stored_value", 1, stored_value, deterministic=True)


# The types that SQLite passes to a function and takes back.
SqliteValue = str | int | float | bytes | None


def _lower(value: SqliteValue) -> SqliteValue:
    return folded(value) if isinstance(value, str) else value


def _sort_key(value: SqliteValue) -> SqliteValue:
    return sort_key(value) if isinstance(value, str) else value


def _mailbox(value: SqliteValue) -> SqliteValue:
    return mailbox(value) if isinstance(value, str) else value


def _namesake(value: SqliteValue) -> SqliteValue:
    return namesake(value) if isinstance(value, str) else value


def _exact_text(value: SqliteValue) -> str | int | None:
    return repr(value) if isinstance(value, int | float) else stored_text(value)


def _exact_number(value: float | str | None) -> SqliteValue:
    """Read what `_exact_text` wrote: another program may have stored a text, and SQLite would make NULL of NaN."""
    try:
        number = None if value is None else float(value)
    except ValueError:
        return stored_value(str(value))
    return value if number is None or math.isnan(number) else number


def _bytes_of_hex(value: str | int | None) -> SqliteValue:
    """Read the history's digits; another program may have stored a text or a number."""
    if not isinstance(value, str):
        return value
    try:
        return bytes.fromhex(value)
    except ValueError:
        return stored_value(value)


def begin(connection: Connection) -> None:
    """Take the write lock first if the transaction will write: SQLite refuses a later upgrade at once, without waiting.

    In autocommit mode no transaction begins.
    """
    if connection.dialect.name != "sqlite":
        limit = limit_in_milliseconds()
        if limit and is_pooled(connection):
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {limit}")
        return
    if is_autocommit() and not connection.get_execution_options().get(LASTING):
        return
    if not is_writing():
        connection.exec_driver_sql("BEGIN")
        return
    with waiting(connection.engine):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def fit(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Set PostgreSQL's statement timeout and autocommit if they changed since the connection was last used.

    Each statement of a page sees what was committed when it begins, with or without a transaction. Without one, there is no
    rollback at the end, which would make psycopg forget its prepared statements; planning those again takes longer than
    running them.
    """
    if isinstance(connection, sqlite3.Connection):
        return
    if _is_closed(connection):
        # Then the others are closed too: the pool opens new ones, and nobody sees an error.
        raise InvalidatePoolError
    if is_noted(record):
        # Behind a pooler, each transaction is told separately. Without a transaction, the next statement may have any
        # connection.
        connection.autocommit = False
        return
    wanted, is_alone = limit_in_milliseconds(), is_autocommit()
    if record.info.get("limit", 0) != wanted:
        connection.autocommit = True
        connection.execute(f"SET statement_timeout = {wanted}")
        record.info["limit"] = wanted
    if connection.autocommit != is_alone:
        connection.autocommit = is_alone


def _is_closed(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether the server closed an idle connection, because it restarted. This asks the kernel, which takes 1 µs, and not the server."""
    try:
        # First comes the server's last message, then the end of the stream.
        for _ in range(2):
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return True
    return False


def with_snapshot(engine: Engine) -> Engine:
    """Return an engine that reads everything as of the first read. SQLite's transactions do so by themselves; PostgreSQL has to be asked."""
    is_postgresql = engine.dialect.name == "postgresql"
    return engine.execution_options(**{"isolation_level": "REPEATABLE READ"} if is_postgresql else {LASTING: True})


def hold_pages(session: AnySession) -> None:
    """Let SQLite keep the pages of a bulk change in memory on this connection: with its default of 2 MB it reads and writes pages twice.

    Its commits then leave the log to `write_back`, unless it is very long.
    """
    if not is_postgres(session):
        for setting in (f"cache_size = -{HELD_PAGES_KB}", f"wal_autocheckpoint = {LONGEST_LOG}"):
            session.connection().exec_driver_sql(f"PRAGMA {setting}")


def write_back(engine: Engine) -> None:
    """Copy committed pages from SQLite's log into its file, while others read and write."""
    if engine.dialect.name == "sqlite":
        with reading(), autocommit(), engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def small_write(engine: Engine) -> Iterator[Session]:
    """Write a little beside a transaction that only reads, and commit. Raise `OperationalError` at once if the database is busy."""
    with (
        writing(),
        engine.connect() as connection,
        _lock_timeout(connection, SHORT_TIMEOUT_MS),
        Session(connection) as own,
    ):
        yield own
        own.commit()
        # If the patience was set inside a transaction, the session only joined that transaction.
        connection.commit()


@contextmanager
def _lock_timeout(connection: Connection, milliseconds: int) -> Iterator[None]:
    """Wait this long for a lock on this connection, inside the block."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        # Past SQLAlchemy, which would first begin a transaction, and so wait for the lock.
        driver.execute(f"PRAGMA busy_timeout = {milliseconds}")
        try:
            yield
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    else:
        # It does not wait for the disk either: a crash at that moment may lose the write.
        connection.execute(text(f"SET LOCAL lock_timeout = '{milliseconds}ms'; SET LOCAL synchronous_commit = off"))
        yield


def is_timeout(error: DBAPIError) -> bool:
    """Whether a statement was cancelled because it took too long."""
    return str(error.orig) == "interrupted" or getattr(error.orig, "sqlstate", None) == QUERY_CANCELED


def is_serialization_conflict(error: DBAPIError) -> bool:
    """Whether two transactions conflicted and this one was rolled back: it may be tried again."""
    return getattr(error.orig, "sqlstate", None) in CONFLICT_CODES


def count_timeout(context: ExceptionContext) -> None:
    """Count a statement that was cancelled because it took too long."""
    if isinstance(context.sqlalchemy_exception, OperationalError) and is_timeout(context.sqlalchemy_exception):
        metrics.count(Event.TIME_LIMIT)


def drop_demoted(context: ExceptionContext) -> None:
    """Drop the connections to a server that no longer takes writes. By now another of the configured hosts does."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY_TRANSACTION:
        context.is_disconnect = True


def refresh_statistics(session: AnySession) -> None:
    """Let the database update its table statistics after many writes. The planner uses them, and so do the counts of lists."""
    session.execute(text("ANALYZE"))
    session.commit()


def analyse_table(session: AnySession, model: type[Model]) -> None:
    """Let PostgreSQL update the statistics of a table in this transaction. SQLite needs none to plan well.

    PostgreSQL assumes one row in a table that it has never analysed: a self-join of 19,000 lines took 46 s, and takes 0.2 s now.
    If another transaction is analysing the table, that is enough.
    """
    if is_postgres(session):
        session.execute(text(f'ANALYZE (SKIP_LOCKED) "{model.__tablename__}"'))


def rows_changed(result: object) -> int:
    """Return the number of rows that a statement wrote."""
    return cast("CursorResult[Any]", result).rowcount
