"""A copy of the project, to be added to: what the guide promises about additions is tried in one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.cli.serving import tables

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ("admin_app", "templates", "static", "migrations", "docs", "manage.py", "pyproject.toml")
DATABASE = "tags.db"
# What conftest.py asks for.
ASKED_FOR = (
    *["bucket.py", "cast.py", "client.py", "conftest.py", "markup.py", "page.py"],
    *["pooler.py", "postgres.py", "processes.py", "provider.py", "routes.py", "stores.py", "subject.py"],
)


def copy_project(copy: Path, *, tests: Iterable[str] = ()) -> None:
    """Copy the project into a folder, with what its tests ask for and these of them, and with its tables."""
    for name in PROJECT:
        if (ROOT / name).is_dir():
            # What is compiled comes along, but for what another test's process is only writing. It names its source by age
            # and size: what is changed here is compiled anew.
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(ROOT / name, copy / name)
    (copy / "tests").mkdir()
    for name in (*ASKED_FOR, *tests):
        (copy / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "tests" / name, copy / "tests" / name)
    (copy / DATABASE).write_bytes(tables())


# Far beyond what it takes, also on a machine with much else to do: what is caught is what never ends.
PATIENCE = 3600


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, on that folder's own database."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "REQUIRE_POSTGRES") if name in os.environ}
    environment = {**kept, "DATABASE_URL": f"sqlite:///{folder / DATABASE}"}
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


# Both in one process: each takes two seconds to start.
WRITE_MIGRATION = """
import sys
from flask_migrate import migrate, upgrade
from admin_app import create_app

with create_app().app_context():
    upgrade()
    migrate(message=sys.argv[1])
"""


def write_migration(folder: Path, message: str) -> None:
    """Let Alembic write the migration of what was added to the folder."""
    require(folder, "-c", WRITE_MIGRATION, message)


# As many again.
BRING_IN = """
import sys
from flask_migrate import check, migrate, upgrade
from admin_app import create_app

with create_app().app_context():
    migrate(message=sys.argv[1])
    upgrade()
    check()
"""


def bring_in(folder: Path, message: str) -> str:
    """Write the migration of what was added to the folder, carry it out, and look that it leaves nothing to change; return what was said."""
    return require(folder, "-c", BRING_IN, message)


def require(folder: Path, *arguments: str) -> str:
    """Run it, and show what it said when it fails."""
    done = run(folder, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
