from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from admin_app import create_app
from admin_app.db import caseless
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.search import indexes as search_indexes
from admin_app.selection.sorting import text_indexes

MIGRATIONS = str(Path(__file__).resolve().parents[1] / "migrations")
TABLES = {
    *(
        "alembic_version",
        "backfill_state",
        "change",
        "change_set",
        "draft",
        "host_person",
        "job",
        "job_chunk",
        "post",
        "preference",
    ),
    *(
        "plan",
        "plan_line",
        "planned_upload",
        "presence",
        "redirect",
        "role",
        "saved_view",
        "schema_floor",
        "site_mode",
        "staff",
        "staff_session",
        "submission",
        "tick",
    ),
    *("found_group", "stored_file", "stored_file_chunk", "tick_set", "upload", "upload_chunk", "user", "worker"),
    *("identity", "directory_group", "directory_member", "directory_person", "directory_token", "forgotten"),
    *("mention", "note", "opened_record", "view_place", "view_watch", "watch"),
    *("authenticator", "password_link", "proof_try", "recovery_code", "passkey", "used_challenge", "pin"),
}


@pytest.fixture
def empty(store: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Return the application on a database of its own in which nothing is yet."""
    if store == "sqlite":
        url = f"sqlite:///{tmp_path / 'new.db'}"
        drop: Callable[[], object] = list
    else:
        server: Flask = request.getfixturevalue("app_on")("postgres")
        url = request.getfixturevalue("postgres_url").replace("@/postgres?", "@/new?")

        def sql(statement: str) -> None:
            with (
                server.app_context(),
                db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
            ):
                connection.execute(text(statement))

        sql("CREATE DATABASE new")

        def drop() -> None:
            sql("DROP DATABASE new WITH (FORCE)")

    app = create_app({"DATABASE_URL": url}, instance_path=str(tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    drop()


def tables() -> set[str]:
    """Name the tables, without those that SQLite keeps its search indexes in."""
    with db.engine.connect() as connection:
        return {name for name in inspect(connection).get_table_names() if "_search" not in name}


def shape() -> dict[str, Any]:
    """Describe every table as the database knows it."""
    with db.engine.connect() as connection:
        inspector = inspect(connection)
        sorts: dict[str, set[str]] = defaultdict(set)
        for index in text_indexes.present(connection):
            sorts[index.table].add(index.name)
        return {
            name: [
                [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(name)],
                # Those over an expression are not told of on SQLite.
                sorted({one["name"] or "" for one in inspector.get_indexes(name)} | sorts[name]),
                sorted(unique["name"] or "" for unique in inspector.get_unique_constraints(name)),
                sorted(key["name"] or "" for key in inspector.get_foreign_keys(name)),
                sorted(column for table, column in caseless.present(connection) if table == name),
            ]
            for name in sorted(inspector.get_table_names())
        }


def test_every_step_down_can_be_gone_up_again_until_nothing_is_left(empty: Flask) -> None:
    flask_migrate.upgrade(directory=MIGRATIONS)
    last, after_up = shape(), tables()
    steps = list(ScriptDirectory(MIGRATIONS).walk_revisions())

    for step in steps:
        flask_migrate.downgrade(directory=MIGRATIONS, revision=step.down_revision or "base")
        flask_migrate.upgrade(directory=MIGRATIONS, revision=step.revision)
        flask_migrate.downgrade(directory=MIGRATIONS, revision=step.down_revision or "base")
    after_down = tables()
    flask_migrate.upgrade(directory=MIGRATIONS)

    assert empty.config["SQLALCHEMY_DATABASE_URI"]
    assert (after_up, after_down) == (TABLES, {"alembic_version"})
    assert shape() == last


@pytest.mark.usefixtures("empty")
def test_the_models_ask_for_nothing_that_they_do_not_make() -> None:
    flask_migrate.upgrade(directory=MIGRATIONS)
    with db.engine.begin() as connection:
        # Somebody else's, which no model describes: not ours to drop.
        connection.execute(text("CREATE TABLE payroll (id INTEGER PRIMARY KEY, amount INTEGER)"))
        connection.execute(text("CREATE INDEX ix_payroll_amount ON payroll (amount)"))

    # `flask db check` exits with 1 when there is a difference, which fails the test.
    flask_migrate.check(directory=MIGRATIONS)
    with db.engine.connect() as connection:
        owners = (
            search_indexes.is_own,
            lambda name, _: text_indexes.is_own(name),
            lambda name, _: caseless.is_own(name),
        )
        own = {
            "include_name": lambda name, *_: (
                name != "payroll" and not any(is_own(name, db.metadata) for is_own in owners)
            )
        }
        differences = compare_metadata(MigrationContext.configure(connection, opts=own), db.metadata)

    assert differences == []


@pytest.mark.usefixtures("empty")
def test_upgrading_twice_keeps_the_data() -> None:
    flask_migrate.upgrade(directory=MIGRATIONS)
    db.session.add(User(name="Ada", email="ada@example.com"))
    db.session.commit()
    db.session.remove()

    flask_migrate.upgrade(directory=MIGRATIONS)

    assert db.session.query(User.name).all() == [("Ada",)]


@pytest.mark.usefixtures("empty")
def test_the_role_of_each_person_becomes_their_roles_and_back() -> None:
    flask_migrate.upgrade(directory=MIGRATIONS, revision="0010")
    with db.engine.begin() as connection:
        for number, role in enumerate(("viewer", "editor", "owner"), 1):
            connection.execute(text(
                "INSERT INTO staff (id, name, email, role, is_active, password_hash, created_at, updated_at, version)"
                " VALUES (:id, :role, :role, :role, true, '', '2026-01-01', '2026-01-01', 1)"
            ), {"id": number, "role": role})  # fmt: skip
        connection.execute(text(
            "INSERT INTO saved_view (id, staff_id, resource, name, arguments, audience, created_at, updated_at)"
            " VALUES (1, 1, 'staff', 'Owners', 'role__is=owner&q=x', 'viewer', '2026-01-01', '2026-01-01')"
        ))  # fmt: skip
        connection.execute(text(
            "INSERT INTO preference (id, staff_id, resource, columns, page_size, density, has_shortcuts)"
            " VALUES (1, 1, 'staff', 'name,role,email', 0, 'compact', true)"
        ))  # fmt: skip

    def kept(column: str) -> list[list[str]]:
        with db.engine.connect() as connection:
            asked = (f"SELECT {column} FROM staff ORDER BY id", "SELECT arguments FROM saved_view",
                     "SELECT columns FROM preference")  # fmt: skip
            return [list(connection.scalars(text(one))) for one in asked]

    flask_migrate.upgrade(directory=MIGRATIONS, revision="0011")
    after = kept("roles")
    with db.engine.begin() as connection:
        connection.execute(text("""UPDATE staff SET roles = '["editor","owner"]' WHERE id = 1"""))
        connection.execute(text("""UPDATE staff SET roles = '["author"]' WHERE id = 3"""))
    flask_migrate.downgrade(directory=MIGRATIONS, revision="0010")

    assert after == [
        ['["viewer"]', '["editor"]', '["owner"]'], ["roles__has=owner&q=x"], ["name,roles,email"]]  # fmt: skip
    assert kept("role") == [["owner", "editor", "viewer"], ["role__is=owner&q=x"], ["name,role,email"]]


@pytest.mark.usefixtures("empty")
def test_what_was_chosen_for_exports_moves_along_up_and_down() -> None:
    def sql(statement: str) -> list[tuple[Any, ...]]:
        done = db.session.execute(text(statement))
        rows = [tuple(row) for row in done] if done.returns_rows else []
        db.session.commit()
        return rows

    chosen, kept = (
        "SELECT staff_id, resource, CAST({} AS TEXT) FROM {} ORDER BY resource",
        [
            (1, "post", '{"format": "csv"}'),
            (1, "user", '{"format": "json"}'),
        ],
    )
    flask_migrate.upgrade(directory=MIGRATIONS, revision="0008")
    sql("INSERT INTO staff (name, email, role, is_active, password_hash, created_at, updated_at, version)"
        " VALUES ('Ann', 'ann@example.com', 'owner', true, '', '2026-11-22', '2026-11-22', 1)")  # fmt: skip
    sql("INSERT INTO preference (staff_id, resource, columns, page_size, density, has_shortcuts)"
        " VALUES (1, 'post', 'id', 50, 'compact', false)")  # fmt: skip
    for _, resource, choice in kept:
        sql(f"INSERT INTO export_choice (staff_id, resource, choice) VALUES (1, '{resource}', '{choice}')")

    flask_migrate.upgrade(directory=MIGRATIONS)
    up = sql(chosen.format("export_choice", "preference"))
    others = sql("SELECT columns, page_size, density, has_shortcuts FROM preference WHERE resource = 'post'")
    flask_migrate.downgrade(directory=MIGRATIONS, revision="0008")

    assert (up, sql(chosen.format("choice", "export_choice"))) == (kept, kept)
    assert others == [("id", 50, "compact", False)]


def test_there_is_one_line_of_them() -> None:
    scripts = ScriptDirectory(MIGRATIONS)

    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


# ---- what the tables promise


@pytest.mark.usefixtures("context")
def test_every_foreign_key_is_indexed() -> None:
    with db.engine.connect() as connection:
        inspector = inspect(connection)
        keys = [(name, key) for name in inspector.get_table_names() for key in inspector.get_foreign_keys(name)]
        missing = [
            (name, key["constrained_columns"])
            for name, key in keys
            if not any(
                columns[: len(key["constrained_columns"])] == key["constrained_columns"]
                for columns in (
                    inspector.get_pk_constraint(name)["constrained_columns"],
                    *(index["column_names"] for index in inspector.get_indexes(name)),
                )
            )
        ]

    assert len(keys) == 39
    assert missing == []


@pytest.mark.usefixtures("context")
def test_a_post_of_a_user_who_does_not_exist_is_refused() -> None:
    db.session.add(Post(content="x", user_id=7))

    with pytest.raises(IntegrityError):
        db.session.commit()

    db.session.rollback()


@pytest.mark.usefixtures("context")
def test_a_user_with_posts_cannot_be_deleted_from_under_them(make_user: Any, make_post: Any) -> None:
    user = make_user()
    make_post(user_id=user.id)

    with pytest.raises(IntegrityError):
        db.session.execute(text(f'DELETE FROM "user" WHERE id = {user.id}'))

    db.session.rollback()


@pytest.mark.usefixtures("context")
def test_two_users_cannot_have_one_email(make_user: Any) -> None:
    make_user(email="ada@example.com")

    with pytest.raises(IntegrityError):
        make_user(email="ada@example.com")

    db.session.rollback()


@pytest.mark.usefixtures("context")
def test_the_id_of_a_deleted_record_is_never_given_again(make_post: Any) -> None:
    last = make_post().id
    db.session.execute(text(f"DELETE FROM post WHERE id = {last}"))
    db.session.commit()

    assert make_post().id == last + 1


@pytest.mark.usefixtures("context")
def test_times_are_stored_in_utc(store: str, make_user: Any) -> None:
    moment = datetime(2026, 1, 2, 1, 30, tzinfo=timezone(timedelta(hours=5)))
    key = make_user(created_at=moment).id

    stored = db.session.scalar(text(f'SELECT created_at FROM "user" WHERE id = {key}'))

    if store == "sqlite":
        assert stored == "2026-01-01 20:30:00.000000"
    else:
        assert stored == moment
    db.session.expire_all()
    user = db.session.get(User, key)
    assert user is not None
    assert (user.created_at, user.created_at.tzinfo) == (moment, UTC)
