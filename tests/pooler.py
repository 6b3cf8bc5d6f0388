"""A PgBouncer in transaction mode before the tests' PostgreSQL, where its program is on this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

# So few connections for so many clients that each gets another one all the time.
CONFIGURATION = """
[databases]
postgres = host={server} dbname=postgres user=postgres
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = any
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {size}
query_wait_timeout = 20
max_client_conn = 100
logfile = {folder}/log
"""


@pytest.fixture(scope="session")
def pooled_url(postgres_url: str) -> Iterator[str]:
    """Start PgBouncer, and return the address of the database behind it."""
    if not _program():
        pytest.skip("pgbouncer is not on this machine")
    with pooler(Path(str(make_url(postgres_url).query["host"]))) as address:
        yield address


def _program() -> str:
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin") or ""


@contextmanager
def pooler(server: Path, *, size: int = 3) -> Iterator[str]:
    """Start it before the server whose socket is in a folder, with so many connections to it."""
    folder = Path(tempfile.mkdtemp(prefix="admin-pooler-"))
    (folder / "configuration").write_text(CONFIGURATION.format(server=server, folder=folder, size=size))
    (folder / "users").write_text('"postgres" ""\n')
    as_whom = {}
    if os.geteuid() == 0:
        # It refuses to run as root.
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_whom = {"user": nobody.pw_uid, "group": nobody.pw_gid}
    process = subprocess.Popen([_program(), "-q", folder / "configuration"], cwd=folder, **as_whom)
    until = time.monotonic() + 30
    while not (folder / ".s.PGSQL.6432").exists():
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until
        time.sleep(0.05)
    yield f"postgresql+psycopg://postgres@/postgres?host={folder}&port=6432"
    process.kill()
    process.wait()
    shutil.rmtree(folder)
