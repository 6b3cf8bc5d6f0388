"""Migrations make unique text ignore capitals, name the rows that clash, and keep every index."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, MetaData, String, Table, text

from admin_app.db import caseless, unique_text
from admin_app.errors import ClashError, ConfigurationError
from admin_app.extensions import db

MIGRATIONS = str(Path(__file__).resolve().parents[2] / "migrations")
EMAIL = ("user", "email")
FORMER = caseless.former_name

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def up_again(context: Any) -> Any:
    """Leave the tables as they were, whatever the test did."""
    yield
    db.session.rollback()
    assert context
    with db.engine.begin() as connection:
        connection.execute(text('DELETE FROM "user"'))
    flask_migrate.upgrade(directory=MIGRATIONS)


def emails(*values: str) -> None:
    with db.engine.begin() as connection:
        for number, value in enumerate(values, 1):
            connection.execute(text(
                'INSERT INTO "user" (id, name, email, created_at, updated_at, version)'
                " VALUES (:id, 'Ann', :email, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1)"
            ), {"id": number, "email": value})  # fmt: skip


def kept() -> tuple[list[str], bool]:
    with db.engine.connect() as connection:
        found = list(connection.scalars(text('SELECT email FROM "user" ORDER BY id')))
        return found, EMAIL in caseless.present(connection)


def test_clashing_texts_are_listed_and_nothing_is_changed() -> None:
    flask_migrate.downgrade(directory=MIGRATIONS, revision="0012")
    emails(
        "one@example.com",
        "Two@example.com",
        "One@example.com",
        "ONE@example.com",
        "three@example.com",
        "TWO@example.com",
    )
    before = kept()

    with pytest.raises(ClashError) as refusal:
        flask_migrate.upgrade(directory=MIGRATIONS)

    assert str(refusal.value).splitlines() == [
        (
            "Some records have texts that must be unique but differ only in capitals or in how their letters are composed."
            " Nothing was changed."
        ),
        "  user.email: “one@example.com” (ID 1), “One@example.com” (ID 3) and “ONE@example.com” (ID 4)",
        "  user.email: “Two@example.com” (ID 2) and “TWO@example.com” (ID 6)",
        (
            "Give all but one of each another value, or delete them, with the version of the dashboard that ran until now."
            " Then run this again."
        ),
    ]
    assert kept() == before
    assert before[1] is False


def test_of_many_clashes_the_first_are_listed() -> None:
    flask_migrate.downgrade(directory=MIGRATIONS, revision="0012")
    emails(*(f"{one}{number:02}@example.com" for number in range(25) for one in ("a", "A")))

    with pytest.raises(ClashError) as refusal:
        flask_migrate.upgrade(directory=MIGRATIONS)

    lines = str(refusal.value).splitlines()
    assert (len(lines), lines[-2]) == (23, "  … and 5 more.")


def test_data_is_kept_down_and_up() -> None:
    emails("one@example.com", "Two@example.com")

    flask_migrate.downgrade(directory=MIGRATIONS, revision="0012")
    down = kept()
    flask_migrate.upgrade(directory=MIGRATIONS)

    assert (down, kept()) == (
        (["one@example.com", "Two@example.com"], False),
        (["one@example.com", "Two@example.com"], True),
    )


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_dropped", [False, True])
def test_a_table_that_a_batch_copies_gets_its_index_again(*, is_dropped: bool) -> None:
    with db.engine.connect() as connection:
        operations = Operations(MigrationContext.configure(connection))
        unique_text.begin(connection)
        with operations.batch_alter_table("user", recreate="always"):
            pass
        lost = EMAIL in caseless.present(connection)
        if is_dropped:
            operations.drop_unique_text([EMAIL])
        unique_text.repair(connection)
        again = EMAIL in caseless.present(connection)
        connection.rollback()

    assert (lost, again) == (False, not is_dropped)


def test_an_index_keeps_a_name_that_was_cut_off_until_it_is_dropped() -> None:
    long, one, other = "t" * 40, "c" * 20, "c" * 21
    with db.engine.connect() as connection:
        operations = Operations(MigrationContext.configure(connection))
        connection.exec_driver_sql(f"CREATE TABLE {long} (id integer, {one} text, {other} text)")
        unique_text.begin(connection)
        former = caseless.creation(long, one).replace(*(of(long, one) for of in (caseless.index_name, FORMER)))
        connection.exec_driver_sql(former)
        operations.create_unique_text([(long, other)])
        made = {place[1]: name for place, name in caseless.present(connection).items() if place[0] == long}
        operations.drop_unique_text([(long, one)])
        left = [place[1] for place in caseless.present(connection) if place[0] == long]
        connection.rollback()

    assert made == {one: FORMER(long, one), other: caseless.index_name(long, other)}
    assert (FORMER(long, one) == FORMER(long, other), left) == (True, [other])


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_drop_as_sql_alone_names_each_name_that_an_index_may_have() -> None:
    long, one, other = "t" * 40, "c" * 20, "c" * 21
    printed = io.StringIO()
    operations = offline(printed)

    operations.drop_unique_text([EMAIL, (long, one), (long, other)])

    names = ["uq_user_email_caseless", caseless.index_name(long, one), FORMER(long, one)]
    drops = [caseless.removal(name) for name in [*names, caseless.index_name(long, other), FORMER(long, other)]]
    assert [line.rstrip(";") for line in printed.getvalue().splitlines() if line] == drops


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_drop_as_sql_alone_is_refused_where_a_column_that_stays_unique_had_the_same_name() -> None:
    long, one, other = "t" * 40, "c" * 20, "c" * 21
    printed, models = io.StringIO(), MetaData()
    Table(long, models, *(Column(name, String(9), unique=True) for name in (one, other)))
    operations = offline(printed, target_metadata=models)

    with pytest.raises(ConfigurationError, match=rf"of {long}\.{one} or of {long}\.{other}: run the migration without"):
        operations.drop_unique_text([(long, one)])

    assert printed.getvalue() == ""


def offline(printed: io.StringIO, **opts: Any) -> Any:
    """Return operations that print statements for PostgreSQL and know no database."""
    opts = {"as_sql": True, "output_buffer": printed, **opts}
    return Operations(MigrationContext.configure(dialect_name="postgresql", opts=opts))


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_migration_as_sql_alone_is_refused() -> None:
    flask_migrate.downgrade(directory=MIGRATIONS, revision="0012")

    with pytest.raises(ConfigurationError, match="run db upgrade without --sql"):
        flask_migrate.upgrade(directory=MIGRATIONS, revision="0012:0013", sql=True)
