"""Troubles of the database are described with what to do, and logged once a minute."""

from __future__ import annotations

import logging
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError
from werkzeug.test import EnvironBuilder

from admin_app import create_app
from admin_app.db import troubles
from admin_app.db.troubles import OneLine, say, trouble_of
from admin_app.extensions import db
from admin_app.web.after_response import run_after_response
from tests.client import Client
from tests.page import Page

# Raised while a result is read, when the statement is not at hand.
UNREAD = DatabaseError(None, None, psycopg.DataError("year is out of range"))
SENT = {"email": "ann@example.com", "password": "x"}


@pytest.fixture(autouse=True)
def nothing_said() -> Iterator[None]:
    troubles._said.clear()
    yield
    troubles._said.clear()


def stored(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE word (text TEXT)")
        connection.executemany("INSERT INTO word VALUES (?)", [("x" * 900,)] * 200)
    connection.close()
    return path


def full(path: Path) -> str:
    return f"sqlite:///{stored(path)}"


def read_only(path: Path) -> str:
    return f"sqlite:///file:{stored(path)}?mode=ro&uri=true"


def other_file(path: Path) -> str:
    path.write_text("This is a letter and no database. " * 100, encoding="ascii")
    return f"sqlite:///{path}"


def damaged(path: Path) -> str:
    content = bytearray(stored(path).read_bytes())
    content[4096:] = b"\x07" * (len(content) - 4096)
    path.write_bytes(content)
    return f"sqlite:///{path}"


def no_folder(path: Path) -> str:
    return f"sqlite:///{path.parent / 'nowhere' / 'admin.db'}"


@pytest.mark.parametrize(
    ("make", "trouble"),
    [
        (full, troubles.FULL),
        (read_only, troubles.READ_ONLY),
        (other_file, troubles.NO_DATABASE),
        (damaged, troubles.DAMAGED),
        (no_folder, troubles.NOT_OPENED),
    ],
)
def test_sqlites_errors_are_recognised(make: Callable[[Path], str], trouble: Any, tmp_path: Path) -> None:
    engine = create_engine(make(tmp_path / "some.db"))

    def write() -> None:
        with engine.connect() as connection:
            if make is full:
                # The smallest it can be: as many pages as there are.
                connection.exec_driver_sql("PRAGMA max_page_count = 1")
            connection.execute(text("INSERT INTO word SELECT text FROM word"))
            connection.commit()

    with pytest.raises(DatabaseError) as caught:
        write()
    engine.dispose()

    assert trouble_of(caught.value) is trouble


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("53100", troubles.FULL),
        ("25006", troubles.NOT_PRIMARY),
        ("08006", troubles.UNREACHABLE),
        ("57P01", troubles.UNREACHABLE),
        ("53300", troubles.CROWDED),
        ("28P01", troubles.DENIED),
        ("XX001", troubles.DAMAGED),
        ("57014", None),
        ("40001", None),
        ("42P01", None),
    ],
)
def test_postgresqls_errors_are_recognised(code: str, trouble: Any) -> None:
    orig: Any = type("Refusal", (Exception,), {"sqlstate": code})()

    assert trouble_of(OperationalError("SELECT 1", {}, orig)) is trouble


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ('FATAL:  password authentication failed for user "admin"', troubles.DENIED),
        ('FATAL:  role "admin" does not exist', troubles.DENIED),
        ("FATAL:  no such database: admin", troubles.DENIED),
        ("FATAL:  sorry, too many clients already", troubles.CROWDED),
        ("FATAL:  no more connections allowed (max_client_conn)", troubles.CROWDED),
        ("session is read-only", troubles.NOT_PRIMARY),
        ("Connection refused", troubles.UNREACHABLE),
        ("server does not exist on this network", troubles.UNREACHABLE),
    ],
)
def test_refused_connections_are_recognised(said: str, trouble: Any) -> None:
    refused = psycopg.OperationalError(
        f'connection failed: connection to server at "10.0.0.5", port 5432 failed: {said}'
    )

    assert trouble_of(OperationalError(None, None, refused)) is trouble


@pytest.mark.parametrize(
    "error",
    [None, ValueError("x"), FileNotFoundError(2, "x"), OperationalError("SELECT 1", {}, Exception("locked")), UNREAD],
)
def test_other_errors_are_not_taken_for_problems_of_the_database(error: Any) -> None:
    assert trouble_of(error) is None


# ---- in pages


@pytest.fixture
def broken(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    app = create_app({"DATABASE_URL": request.param(tmp_path / "some.db")}, instance_path=str(tmp_path))
    app.test_client_class = Client
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize(
    ("broken", "trouble"),
    [(other_file, troubles.NO_DATABASE), (no_folder, troubles.NOT_OPENED)],
    indirect=["broken"],
)
def test_a_page_says_what_is_wrong_and_the_log_says_it_once(
    broken: Flask, trouble: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = broken.test_client()
    answers = [client.post_form("/sign-in", SENT) for _ in range(3)]

    assert [one.status_code for one in answers] == [503] * 3
    assert all(trouble.problem in one.text.replace("&#39;", "'") for one in answers)
    assert all(trouble.advice in one.text.replace("&#39;", "'") for one in answers)
    said = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(said) == 1
    assert said[0].exc_info is None


def read_only_store(app: Flask, path: Path) -> Flask:
    """Copy the tests' store to where it is opened for reading alone."""
    with app.app_context():
        own = sqlite3.connect(str(db.engine.url.database))
    copy = sqlite3.connect(path)
    own.backup(copy)
    copy.close()
    own.close()
    return create_app(
        {"DATABASE_URL": f"sqlite:///file:{path}?mode=ro&uri=true", "ADMIN_SECRET_KEY": "k" * 40},
        instance_path=str(path.parent),
    )


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_store_that_is_read_only_says_so_when_written_to(
    app: Flask, owner: Any, password: str, tmp_path: Path
) -> None:
    reading = read_only_store(app, tmp_path / "read.db")
    reading.test_client_class = Client

    answer = reading.test_client().post_form("/sign-in", {"email": owner.email, "password": password})
    with reading.app_context():
        db.engine.dispose()

    assert (answer.status_code, troubles.READ_ONLY.problem in answer.text) == (503, True)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_full_disk_says_so_and_saves_nothing(as_owner: Client, app: Flask) -> None:
    form = Page(as_owner.get("/admin/post/new/")).values()

    def fill(connection: Any, *_: object) -> None:
        # The smallest it can be: as many pages as there are.
        connection.execute("PRAGMA max_page_count = 1")

    with app.app_context():
        # Pages that an earlier write left free would hold the text.
        engine = db.engine
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM")
    # First the limit, then new connections: a write after the answer before may open one in between.
    event.listen(engine, "connect", fill)
    engine.dispose()
    try:
        answer = as_owner.post("/admin/post/new/", data={**form, "content": "x" * 100_000})
    finally:
        event.remove(engine, "connect", fill)
        engine.dispose()

    assert (answer.status_code, troubles.FULL.problem in answer.text) == (503, True)
    assert "Nothing was saved." in answer.text


def without_room(**_: Any) -> Any:
    """Open what stands for the file in which a large one is put aside while it arrives."""
    return Path("/dev/full").open("r+b", buffering=0)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_file_for_which_there_is_no_room_is_refused_in_words(
    as_owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, content = "/admin/user/import/", BytesIO(b"Ann\n" * 200_000)
    fields = {"csrf_token": as_owner.token_of(address), "file": (content, "people.csv")}
    sent = EnvironBuilder(address, method="POST", data=fields).get_environ()
    monkeypatch.setattr(tempfile, "TemporaryFile", without_room)

    with sent["wsgi.input"]:
        answer = as_owner.open(sent)

    assert answer.status_code == 507
    assert f"{troubles.NO_SPACE.problem} Nothing was saved." in answer.text


@pytest.mark.postgres
@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_server_restart_between_requests_is_not_noticed(app: Flask, as_owner: Client, postgres_url: str) -> None:
    with app.app_context(), ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(db.engine.connect())
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    answers = [as_owner.get("/admin/post/").status_code for _ in range(3)]

    assert answers == [200] * 3


# ---- in the log


def error_of(code: str) -> OperationalError:
    orig: Any = type("Refusal", (Exception,), {"sqlstate": code})("no space\nand more")
    return OperationalError("SELECT 1", {}, orig)


def test_each_kind_is_said_once_a_minute(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(troubles, "time", SimpleNamespace(monotonic=lambda: now[0]))
    log = logging.getLogger("test")

    for seconds in (0, 30, 31):
        now[0] = 1000.0 + seconds * 2
        for code in ("53100", "53100", "25006"):
            say(log, error_of(code))

    lines = [one.getMessage() for one in caplog.records]
    assert len(lines) == 4
    assert lines[0] == f"{troubles.FULL} (no space)"


def test_a_traceback_of_the_same_becomes_one_line() -> None:
    def record(error: Exception) -> logging.LogRecord:
        told: Any = (type(error), error, None)
        return logging.LogRecord("huey", logging.ERROR, "", 0, "Error reading from queue", (), told)

    first, again, other = record(error_of("53100")), record(error_of("53100")), record(ValueError("x"))
    passed = [OneLine().filter(one) for one in (first, again, other)]

    assert passed == [True, False, True]
    assert (first.getMessage(), first.exc_info) == (str(troubles.FULL), None)
    assert other.exc_info is not None


def refused_by_sqlite(path: Path) -> Exception:
    other_file(path)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.DatabaseError) as caught:
        connection.execute("SELECT * FROM word")
    connection.close()
    return caught.value


def refused_by_postgresql(_path: Path) -> Exception:
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect("postgresql://nobody@127.0.0.1:1/x")
    return caught.value


@pytest.mark.parametrize(
    ("refused", "trouble"),
    [(refused_by_sqlite, troubles.NO_DATABASE), (refused_by_postgresql, troubles.UNREACHABLE)],
)
def test_errors_of_the_queue_without_sqlalchemy_are_recognised(
    refused: Callable[[Path], Exception], trouble: Any, tmp_path: Path
) -> None:
    assert trouble_of(refused(tmp_path / "queue.db")) is trouble


# ---- what is written after an answer


@pytest.mark.parametrize(
    ("make", "trouble"),
    [(other_file, troubles.NO_DATABASE), (no_folder, troubles.NOT_OPENED), (read_only, troubles.READ_ONLY)],
)
def test_a_failed_write_after_the_response_is_logged_once(
    make: Callable[[Path], str], trouble: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app({"DATABASE_URL": make(tmp_path / "some.db")}, instance_path=str(tmp_path))

    @app.get("/written")
    def written() -> str:
        for name in ("one", "two"):
            run_after_response(name, lambda own: own.execute(text("DELETE FROM word")))
        return "answered"

    client = app.test_client()
    answers = [client.get("/written", buffered=True).text for _ in range(2)]
    with app.app_context():
        db.engine.dispose()

    said = [one for one in caplog.records if one.levelno >= logging.INFO]
    assert answers == ["answered"] * 2
    assert [(one.exc_info, one.getMessage().startswith(str(trouble))) for one in said] == [(None, True)]
