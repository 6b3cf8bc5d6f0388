"""Run PostgreSQL's own programs on a database: one alone, or one that pipes its output into another."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, cast

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from admin_app.errors import BackupError

Command = Sequence[str]
PSQL = ("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", "--dbname")


@dataclass(frozen=True)
class _Started:
    """A running program. Its error output goes into a file, so that it never waits for a reader."""

    name: str
    process: subprocess.Popen[bytes]
    said: IO[bytes]

    def ended(self) -> None:
        """Wait for its end; raise `BackupError` if it failed."""
        if self.process.wait():
            self.said.seek(0)
            words = " ".join(self.said.read().decode(errors="replace").split())
            message = f"{self.name} stopped: {words[:500]}"
            raise BackupError(message)


def run(program: str, url: URL | None, *arguments: str) -> str:
    """Run a program, on a database if it needs one; return its output."""
    with TemporaryFile() as said, TemporaryFile() as written:
        _start([program, *arguments], url, said, output=written).ended()
        written.seek(0)
        return written.read().decode()


def carry_out(script: Command, url: URL, *, before: str, after: str) -> None:
    """Let psql execute a program's output between two SQL texts; the second one only if the program succeeds."""
    with TemporaryFile() as said, TemporaryFile() as complaints:
        psql = _start(PSQL, url, complaints, feed=subprocess.PIPE)
        writer = _start(script, None, said, output=subprocess.PIPE)
        # If psql has stopped, its exit code says so.
        with suppress(BrokenPipeError), cast("IO[bytes]", psql.process.stdin) as target:
            target.write(before.encode())
            with cast("IO[bytes]", writer.process.stdout) as source:
                shutil.copyfileobj(source, target)
            if not writer.process.wait():
                target.write(after.encode())
        psql.ended()
        writer.ended()


def _start(
    command: Command, url: URL | None, said: IO[bytes], *, feed: int | None = None, output: IO[bytes] | int = 0
) -> _Started:
    """Start a program. The password is passed in the environment, which no process list shows."""
    found = shutil.which(command[0])
    if found is None:
        message = f"{command[0]} is not on this machine. Install PostgreSQL's client, of the server's version."
        raise BackupError(message)
    where = [] if url is None else [make_conninfo("", **_parameters(url))]
    password = {"PGPASSWORD": str(url.password)} if url is not None and url.password is not None else {}
    process = subprocess.Popen(  # noqa: S603 -- the program that was found, with arguments of ours
        [found, *command[1:], *where],
        stdin=feed or subprocess.DEVNULL,
        stdout=output or subprocess.DEVNULL,
        stderr=said,
        env={**os.environ, **password},
    )
    return _Started(command[0], process, said)


def _parameters(url: URL) -> dict[str, str]:
    """Return the parts of an address without the password; after the “?”, hosts may be named several times."""
    named = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    asked = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    return {name: str(value) for name, value in named.items() if value is not None} | asked
