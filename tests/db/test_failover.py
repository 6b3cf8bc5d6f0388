"""A primary that dies, and its replica that takes over: nothing that was saved is lost, and people go on."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from admin_app import create_app
from admin_app.context import writing
from admin_app.extensions import db
from admin_app.jobs.queue import the_queue
from admin_app.models.user import User
from tests.cli.serving import free_port
from tests.client import Client
from tests.postgres import Programs, kill_postgres, programs_in

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.postgres, pytest.mark.scale]


@pytest.fixture
def pair() -> Iterator[tuple[Programs, Programs, list[int]]]:
    """Start a primary and a replica that streams from it, each at a port of its own."""
    folders = [Path(tempfile.mkdtemp(prefix=f"admin-{name}-")) for name in ("primary", "replica")]
    ports = [free_port(), free_port()]
    try:
        primary = programs_in(folders[0])
    except AssertionError as error:
        pytest.skip(str(error))
    replica = Programs(folders[1], primary.place, primary.user)
    if primary.user:
        shutil.chown(folders[1], primary.user["user"], primary.user["group"])
        # It may have been made for its owner alone, above which PostgreSQL goes no further.
        folders[0].chmod(0o755)
    locale = ("--locale-provider=builtin", "--locale=C.UTF-8")
    primary.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale, "-N")
    start(primary, ports[0])
    # What was acknowledged is on both.
    primary_address = f"host=127.0.0.1 port={ports[0]} user=postgres application_name=replica"
    replica.run("pg_basebackup", "-R", "-X", "stream", "-c", "fast", "-d", primary_address)
    start(replica, ports[1])
    yield primary, replica, ports
    for one in (primary, replica):
        # The test may have killed it.
        with suppress(FileNotFoundError, ProcessLookupError):
            kill_postgres(one.folder)
        shutil.rmtree(one.folder)


def start(programs: Programs, port: int) -> None:
    options = (
        f"-F -p {port} -c listen_addresses=127.0.0.1 -k {programs.folder} "
        "-c synchronous_standby_names=replica -c synchronous_commit=remote_apply"
        if programs.folder.name.startswith("admin-primary")
        else f"-F -p {port} -c listen_addresses=127.0.0.1 -k {programs.folder} -c synchronous_standby_names="
    )
    programs.run("pg_ctl", "-w", "-l", str(programs.folder / "log"), "-o", options, "start")


@pytest.fixture
def app(pair: Any, tmp_path: Path) -> Iterator[Flask]:
    """Make the application on both servers."""
    _, _, ports = pair
    url = f"postgresql://postgres@127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}/postgres"
    app = create_app({"DATABASE_URL": url}, instance_path=str(tmp_path))
    app.config["TESTING"] = True
    app.test_client_class = Client
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    yield app
    app.extensions["jobs"].close()
    with app.app_context():
        db.engine.dispose()


def test_people_go_on_when_the_replica_takes_over(
    app: Flask, pair: Any, as_owner: Any, make_user: Callable[..., User]
) -> None:
    primary, replica, _ = pair
    user = make_user(name="Ann", email="ann@example.com").id
    form = {"name": "Anna", "email": "ann@example.com", "_version": "1"}
    token = as_owner.token_of(f"/admin/user/edit/?id={user}")
    with app.app_context():
        the_queue().wake(1)

    kill_postgres(primary.folder)
    meanwhile = as_owner.post(f"/admin/user/edit/?id={user}", data={**form, "csrf_token": token})
    replica.run("pg_ctl", "-w", "promote")
    promoted = time.monotonic()
    while (
        again := as_owner.post(f"/admin/user/edit/?id={user}", data={**form, "csrf_token": token})
    ).status_code >= 500:
        assert time.monotonic() < promoted + 60
        time.sleep(0.1)

    assert (meanwhile.status_code, "Anna" in meanwhile.text) == (503, True)
    assert again.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(User.name)).all() == ["Anna"]
        the_queue().wake(2)
        assert the_queue().huey.storage.queue_size() == 2


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_connections_to_a_server_that_takes_no_writes_leave_the_pool(
    app_on: Callable[[str], Flask], store: str
) -> None:
    with app_on(store).app_context(), writing():
        with db.engine.connect() as connection:
            connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
            connection.commit()
            with pytest.raises(DBAPIError):
                connection.execute(text("CREATE TABLE forbidden (id int)"))
        with db.engine.connect() as connection:
            mode = connection.scalar(text("SHOW transaction_read_only"))

    assert mode == "off"
