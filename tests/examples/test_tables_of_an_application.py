"""The dashboard's tables in another application's database: made once, brought up to date, on both stores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import URL, make_url

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where the shop's database is, which has nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shop.db'}"
    url = make_url(request.getfixturevalue("postgres_url"))
    _on_server(url, "CREATE DATABASE shop")
    _on_server(url.set(database="shop"), "CREATE SCHEMA depot")
    return url.set(database="shop").render_as_string(hide_password=False)


def _on_server(url: URL, statement: LiteralString) -> None:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(statement)


def test_tables_are_made_and_what_a_newer_version_has_more_is_added(address: str, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "ADMIN_TABLE_PREFIX": "admin_", "PYTHONPATH": str(ROOT)}
    environment |= {"SHOP_DATABASE": address, "SHOP_FOLDER": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-m", "tests.examples.upgrading"],
        check=False,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    first, again, plan, made, after = found["said"]
    left, current = "Left as it is: column admin_job.former: the dashboard does not have it\n", again
    missing = ["table admin_host_person", "index ix_admin_host_person_staff_id", "index ix_admin_job_staff_id"]
    # SQLite could let a column be empty only with its whole table.
    missing += ["column admin_staff.last_sign_in_at: may be empty"] if address.startswith("postgresql") else []
    *to_be_made, last = plan.splitlines()
    assert first.endswith(" changes made.\n")
    assert (current, made, after) == (
        "The dashboard's tables are up to date.\n",
        f"{left}{len(missing)} changes made.\n",
        f"{left}{current}",
    )
    assert {*to_be_made} == {left.strip(), *(f"To be made: {one}" for one in missing)}
    assert last == f"{len(missing)} changes to be made. Nothing was changed."
    assert found["is_kept"] is address.startswith("postgresql")
    assert (found["pages"], found["tables"]) == ([200] * 3, ["admin_alembic_version"])
    done = [303, *[200] * 6, 303, 303, 303, 200]
    assert found["worked"] == [[*done, False], [*done, True], [*done, True]]
    assert found["versions"] == list(ScriptDirectory(str(ROOT / "migrations")).get_heads())
    # The shop signs people in: nothing is said of accounts and second factors.
    proxy = "Error: No proxy is set, and the dashboard itself does not use https: passwords could be read on the way"
    drops = (
        "Error: The next migration that flask db migrate writes for the application would drop the dashboard's tables"
    )
    assert (found["dropped"], found["checked"]) == ([], [[proxy], [drops, proxy]])
