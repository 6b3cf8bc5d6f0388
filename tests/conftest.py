"""What every test may ask for: a clean store, a cast, clients signed in as them, and the statements sent."""

from __future__ import annotations

import functools
import hashlib
import os
import secrets
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from argon2 import PasswordHasher
from flask import Flask, has_app_context
from sqlalchemy import event, text

from admin_app import create_app
from admin_app.domain import roles
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import EDITOR, OWNER, VIEWER, Role
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.user import User
from admin_app.models.words import Words
from tests.client import Client
from tests.postgres import start_postgres

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

PASSWORD = "correct horse battery staple"


# ---- the stores


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> str:
    """Run the test on both stores; on one: @pytest.mark.parametrize("store", ["sqlite"], indirect=True)."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL of our own; it ends with this process, however that ends."""
    folder = Path(tempfile.mkdtemp(prefix="admin-pg-"))
    # The shell waits until this process closes the pipe, or dies, and stops the server then: not even a killed test run
    # leaves one behind.
    stop = """read -r _; server=$(head -n 1 "$1/data/postmaster.pid") && kill -QUIT "$server"
        while kill -0 "$server"; do sleep 0.05; done; rm -rf "$1" """
    keeper = subprocess.Popen(["/bin/sh", "-c", stop, "sh", folder], stdin=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    try:
        yield start_postgres(folder)
    except (OSError, subprocess.SubprocessError) as error:
        _skip_unless("REQUIRE_POSTGRES", f"PostgreSQL does not start: {error}")
    finally:
        keeper.communicate()


def _skip_unless(required: str, reason: str) -> None:
    """Skip here, but fail where the thing must be there (in CI)."""
    if os.environ.get(required) == "1":
        pytest.fail(f"{reason} ({required}=1)")
    pytest.skip(reason)


# ---- the application


@pytest.fixture(scope="session")
def app_on(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Flask]]:
    """Make the application once for each store that is asked for, its tables made by the migrations."""

    # A cache, not a parametrised fixture: pytest would tear one store down each time a test wants the other.
    @functools.cache
    def make(store: str) -> Flask:
        folder = tmp_path_factory.mktemp(store)
        url = request.getfixturevalue("postgres_url") if store == "postgres" else f"sqlite:///{folder / 'admin.db'}"
        app = create_app({"DATABASE_URL": url}, instance_path=str(folder))
        app.config["TESTING"] = True
        app.test_client_class = Client
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        apps.append(app)
        return app

    apps: list[Flask] = []
    yield make
    for app in apps:
        app.extensions["jobs"].close()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(app_on: Callable[[str], Flask], store: str) -> Flask:
    """Return the application with every table empty and every key counted from 1."""
    app = app_on(store)
    with app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())
            connection.execute(text("DELETE FROM sqlite_sequence"))
        else:
            # A forgotten open transaction would make us wait for ever.
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            # TRUNCATE makes new files for two dozen tables and their indexes: six times as slow as a few rows deleted.
            tables = db.metadata.sorted_tables
            deleted = "; ".join(str(table.delete().compile(connection)) for table in reversed(tables))
            counters = ", ".join(f"'{table.name}_id_seq'" for table in tables)
            counted = "SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences"
            # At once: waiting for thirty answers would take longer than the work.
            connection.exec_driver_sql(f"{deleted}; {counted} WHERE sequencename IN ({counters})")
        connection.execute(Role.__table__.insert(), _given_roles())
    return app


@functools.cache
def _given_roles() -> list[dict[str, Any]]:
    return [
        {
            name: getattr(one, name)
            for name in ("name", "key", "permissions", "rows", "fields")
            if getattr(one, name) is not None
        }
        for one in roles.given()
    ]


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """Stay in an application context: for what runs below the web, so without requests."""
    with app.app_context():
        yield app


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the SQL sent: `with statements() as sent: ...`, then `len(sent)`."""
    with app.app_context():
        engine = db.engine

    @contextmanager
    def collect() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            # Only SQLite is told to begin by a statement, and only PostgreSQL that all rows of an export are wanted;
            # counts are to be the same on both.
            if not statement.startswith(("BEGIN", "SET LOCAL cursor_tuple_fraction")):
                sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect


# ---- records


@pytest.fixture
def keep(app: Flask) -> Callable[[Any], Any]:
    """Store a record; outside of a context it comes back detached, with its columns read."""

    def store_record(record: Any) -> Any:
        if has_app_context():
            db.session.add(record)
            db.session.commit()
            return record
        with app.app_context():
            db.session.add(record)
            db.session.commit()
            db.session.refresh(record)
            return record

    return store_record


@pytest.fixture
def make_user(keep: Callable[[Any], Any]) -> Callable[..., User]:
    """Make users; each gets a name and an address of its own unless told."""
    numbers = count(1)

    def make(**values: Any) -> User:
        number = next(numbers)
        return keep(User(**{"name": f"User {number}", "email": f"user{number}@example.com", **values}))

    return make


@pytest.fixture
def make_post(keep: Callable[[Any], Any]) -> Callable[..., Post]:
    """Make posts; of nobody unless `user` or `user_id` is given."""
    numbers = count(1)

    def make(**values: Any) -> Post:
        if not has_app_context() and (user := values.pop("user", None)):
            # The user belongs to no session here; its key says enough.
            values["user_id"] = user.id
        return keep(Post(**{"content": f"Post {next(numbers)}", **values}))

    return make


# ---- the cast


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hash the cast's password once: argon2 is slow on purpose."""
    return PasswordHasher().hash(PASSWORD)


@pytest.fixture
def password() -> str:
    """Return what every member of the cast signs in with."""
    return PASSWORD


@pytest.fixture
def make_staff(keep: Callable[[Any], Any], password_hash: str) -> Callable[..., Staff]:
    """Make members of staff; viewers unless told."""

    def make(name: str, *keys: str, **values: Any) -> Staff:
        email = f"{name.lower()}@example.com"
        return keep(
            Staff(
                **{
                    "name": name,
                    "email": email,
                    "roles": Words(keys or [VIEWER]),
                    "password_hash": password_hash,
                    **values,
                }
            )
        )

    return make


@pytest.fixture
def owner(make_staff: Callable[..., Staff]) -> Staff:
    """Olivia may do everything."""
    return make_staff("Olivia", OWNER)


@pytest.fixture
def editor(make_staff: Callable[..., Staff]) -> Staff:
    """Edgar may change users and posts, and no staff."""
    return make_staff("Edgar", EDITOR)


@pytest.fixture
def viewer(make_staff: Callable[..., Staff]) -> Staff:
    """Vera may look."""
    return make_staff("Vera", VIEWER)


@pytest.fixture
def signed_in(keep: Callable[[Any], Any]) -> Callable[[Staff], dict[str, Any]]:
    """Begin a session for somebody, and return what their cookie holds."""

    def begin(staff: Staff) -> dict[str, Any]:
        token = secrets.token_urlsafe(32)
        keep(StaffSession(token_hash=hashlib.sha256(token.encode()).hexdigest(), staff_id=staff.id,
                          expires_at=datetime.now(UTC) + timedelta(hours=1)))  # fmt: skip
        return {"_user_id": token, "_fresh": True}

    return begin


@pytest.fixture
def client_of(app: Flask, signed_in: Callable[[Staff], dict[str, Any]]) -> Callable[[Staff], Client]:
    """Return a client signed in as somebody."""

    def make(staff: Staff) -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        cookie = signed_in(staff)
        with client.session_transaction() as session:
            session.update(cookie)
        return client

    return make


@pytest.fixture
def as_owner(client_of: Callable[[Staff], Client], owner: Staff) -> Client:
    """Return Olivia's client."""
    return client_of(owner)


@pytest.fixture
def as_editor(client_of: Callable[[Staff], Client], editor: Staff) -> Client:
    """Return Edgar's client."""
    return client_of(editor)


@pytest.fixture
def as_viewer(client_of: Callable[[Staff], Client], viewer: Staff) -> Client:
    """Return Vera's client."""
    return client_of(viewer)


@pytest.fixture
def client_with(
    keep: Callable[[Any], Any], make_staff: Callable[..., Staff], client_of: Callable[[Staff], Client]
) -> Callable[..., Client]:
    """Return the client of Liam, who has one role of these rights: `client_with("post:*", rows=["post:own"], fields=["post.user:hidden"])`."""

    def make(*permissions: str, rows: Iterable[str] = (), fields: Iterable[str] = (), name: str = "Liam") -> Client:
        given = {"permissions": Words(permissions), "rows": Words(rows), "fields": Words(fields)}
        keep(Role(key=name.lower(), name=name, **given))
        return client_of(make_staff(name, name.lower()))

    return make


@pytest.fixture
def as_nobody(app: Flask) -> Client:
    """Return the client of somebody who has not signed in."""
    client = app.test_client()
    assert isinstance(client, Client)
    return client


@pytest.fixture
def outbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set a mail server that keeps what it is given."""
    monkeypatch.setitem(app.config, "MAIL_SERVER", "mail.example.org")
    state = app.extensions["mailman"]
    monkeypatch.setattr(state, "backend", "locmem")
    monkeypatch.setattr(state, "outbox", [], raising=False)
    return state


@pytest.fixture
def dead_mail_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a mail server at whose port nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as nobody_listens:
        port = nobody_listens.getsockname()[1]
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
    for name, value in {"backend": "smtp", "server": "127.0.0.1", "port": port}.items():
        monkeypatch.setattr(app.extensions["mailman"], name, value)


# ---- data from the world


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real and hostile data beside the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"{SHARED_DATA} is not on this machine")
    return SHARED_DATA
