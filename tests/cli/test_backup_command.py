"""A backup holds everything but the key, can be tried without touching anything, and brings everything back."""

from __future__ import annotations

import io
import os
import re
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, select, text

from admin_app import create_app
from admin_app.backup import archive, stores
from admin_app.backup.archive import Facts, Piece
from admin_app.db.troubles import NO_SPACE
from admin_app.db.types import utc_now
from admin_app.errors import BackupError
from admin_app.extensions import db
from admin_app.jobs.files import JOBS, UPLOADS, files_of
from admin_app.jobs.queue import the_queue
from admin_app.models.job import Job, JobState
from admin_app.models.staff import StaffSession
from admin_app.models.user import User
from tests.cli.serving import upgrade
from tests.postgres import programs_in

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def address(
    store: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Return a database of the test's own, with PostgreSQL's programs where it needs them."""
    if store == "sqlite":
        yield f"sqlite:///{tmp_path / 'admin.db'}"
        return
    server = request.getfixturevalue("postgres_url")
    monkeypatch.setenv("PATH", f"{programs_in(Path(str(make_url(server).query['host']))).place}:{os.environ['PATH']}")
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE own TEMPLATE template0")
        yield make_url(server).set(database="own").render_as_string(hide_password=False)
        connection.execute("DROP DATABASE own WITH (FORCE)")


@pytest.fixture
def app(address: str, tmp_path: Path) -> Iterator[Flask]:
    """Return an application with a database of its own, which a restore may replace."""
    upgrade(address, tmp_path)
    app = create_app({"DATABASE_URL": address}, instance_path=str(tmp_path))
    yield app
    app.extensions["jobs"].close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def kept(app: Flask, make_user: Callable[..., User], owner: Any, tmp_path: Path) -> Path:
    """Store a person with a session, a record and a job's file; return where a backup goes."""
    make_user(name="Ann")
    with app.app_context():
        job = Job(kind="export", staff_id=owner.id, title="Posts", arguments={}, state=JobState.DONE)
        db.session.add_all([job, StaffSession(token_hash="0" * 64, staff_id=owner.id, expires_at=utc_now())])
        db.session.commit()
        the_queue().files.write(job.id, 1, [b"ID\n7\n"])
    return tmp_path / "kept.backup"


def there(app: Flask) -> tuple[list[str], int, bytes]:
    """Return names, the number of sessions, and what is in the job's file."""
    with app.app_context():
        names = list(db.session.scalars(select(User.name)))
        sessions = db.session.query(StaffSession).count()
        pieces = the_queue().files.read(1, 1)
        return names, sessions, b"".join(pieces or ())


def test_what_was_lost_comes_back_and_nobody_with_it(app: Flask, kept: Path, manage: Any) -> None:
    made = manage("backup", "create", kept)
    tried = manage("backup", "verify", kept)
    with app.app_context():
        db.session.execute(text("UPDATE \"user\" SET name = 'Lost'"))
        db.session.commit()
        the_queue().files.remove(1)
    lost = there(app)

    done = manage("backup", "restore", kept, "--yes")

    assert re.search(r"kept\.backup: version \S+ of \S+, \d+ rows, 1 file, up to change set \d+\.\n", made.stdout)
    assert (tried.exit_code, tried.stdout[:27]) == (0, "The backup can be restored:")
    assert (lost, done.exit_code, there(app)) == ((["Lost"], 1, b""), 0, (["Ann"], 0, b"ID\n7\n"))
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@on_sqlite
@pytest.mark.usefixtures("in_bucket")
def test_files_of_a_bucket_are_kept_and_come_back_into_it(app: Flask, kept: Path, manage: Any) -> None:
    with app.app_context():
        files_of(UPLOADS).write(9, 1, [b"nobody's"])
        files_of(JOBS).write(1, 2, [b"x" * archive.CHUNK, b"y"])
    made, tried = manage("backup", "create", kept), manage("backup", "verify", kept)
    whole = kept.read_bytes()
    with app.app_context():
        files_of(UPLOADS).remove(9)
        files_of(JOBS).remove(1)
    lost = there(app)[2]

    done = manage("backup", "restore", kept, "--yes")

    assert (", 3 files, " in made.stdout, tried.exit_code, lost, kept.read_bytes()) == (True, 0, b"", whole)
    assert (done.stderr, there(app)[2]) == (
        "Left out, because nothing in the database owns them: upload-9-1.\n",
        b"ID\n7\n",
    )
    with app.app_context():
        assert files_of(JOBS).writings() == {(1, 1), (1, 2)}
        assert files_of(UPLOADS).writings() == set()


def test_a_file_that_expires_meanwhile_is_left_out_and_what_is_not_as_it_was_is_named(tmp_path: Path) -> None:
    path, database = tmp_path / "kept.backup", tmp_path / "database"
    database.write_bytes(b"rows")
    manifest = archive.Manifest("1", "then", "sqlite", "", Facts([], {}, 0))
    files = [Piece("job-1-1", lambda: None), Piece("job-2-1", lambda: io.BytesIO(b"two"))]

    archive.write(path, manifest, database, files)
    manifest.members["files/job-3-1"] = "0" * 64
    archive.write(tmp_path / "other.backup", manifest, database, [])

    unpacked = archive.unpack(path, tmp_path)
    assert unpacked.sizes == {"database": 4, "files/job-2-1": 3}
    assert [(name, content.read()) for name, content in archive.files_in(path)] == [("job-2-1", b"two")]
    with pytest.raises(BackupError, match="is damaged: files/job-2-1, files/job-3-1 is not what was written"):
        archive.unpack(tmp_path / "other.backup", tmp_path)


@on_sqlite
def test_nothing_is_replaced_unless_that_is_agreed_to(app: Flask, kept: Path, manage: Any) -> None:
    manage("backup", "create", kept)
    before = there(app)

    asked = manage("backup", "restore", kept, typed="n\n")

    assert (asked.exit_code, there(app)) == (1, before)
    assert "Replace everything in this database with version" in asked.stdout


@on_sqlite
def test_a_backup_that_was_changed_or_broken_off_is_refused(app: Flask, kept: Path, manage: Any) -> None:
    manage("backup", "create", kept)
    whole, before = kept.read_bytes(), there(app)
    refused = []
    for damaged in (whole[: len(whole) // 2], b"no archive"):
        kept.write_bytes(damaged)
        refused.append(manage("backup", "restore", kept, "--yes"))

    assert [
        (one.exit_code, one.stderr.startswith("Error: kept.backup is not a complete backup: ")) for one in refused
    ] == [
        (1, True),
        (1, True),
    ]
    assert there(app) == before


def test_names_that_lead_elsewhere_are_not_unpacked(tmp_path: Path) -> None:
    path, outside = tmp_path / "evil.backup", tmp_path / "outside"
    outside.write_text("x")
    with tarfile.open(path, "w:gz") as evil:
        evil.add(outside, "files/../../outside-2")

    with pytest.raises(BackupError, match="which no backup of a dashboard does"):
        archive.unpack(path, tmp_path)


@on_sqlite
def test_a_backup_that_finds_no_room_is_not_called_broken(kept: Path, manage: Any, tmp_path: Path) -> None:
    manage("backup", "create", kept)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / archive.DATABASE).symlink_to("/dev/full")

    with pytest.raises(BackupError) as refused:
        archive.unpack(kept, tmp_path / "full")

    assert str(refused.value) == f"{kept.name} cannot be unpacked: {NO_SPACE}"


@on_sqlite
def test_another_key_is_warned_of(kept: Path, manage: Any, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    manage("backup", "create", kept)
    monkeypatch.setitem(app.config, "COOKIE_MARK", "00000000")

    assert manage("backup", "verify", kept).stderr.startswith("Warning: the backup was made with another secret key.")


@on_sqlite
def test_a_backup_of_a_newer_version_or_another_store_is_refused(kept: Path, manage: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(b"x")
    refused = []
    for store, revision in (("sqlite", "9999"), ("postgresql", "0001")):
        manifest = archive.Manifest("9", "then", store, "", Facts([revision], {}, 0))
        archive.write(kept, manifest, copy, [])
        refused.append(manage("backup", "restore", kept, "--yes").stderr)

    newer = (
        "Error: The database is newer than the program: it is at migration 9999. "
        "Start the newer program, or restore the backup from before the upgrade.\n"
    )
    assert refused == [
        newer,
        "Error: The backup is of postgresql, and this database is sqlite: export and import the records.\n",
    ]


@on_sqlite
def test_a_copy_that_lacks_rows_is_told(kept: Path, manage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = stores.facts_of
    # An older version may have counted fewer tables.
    monkeypatch.setattr(stores, "facts_of", lambda _connection: Facts([], {"user": 7}, 99))
    manage("backup", "create", kept)
    monkeypatch.setattr(stores, "facts_of", real)

    told = manage("backup", "verify", kept)

    assert told.stderr == (
        "Error: The backup differs from what was backed up: migrations, newest change set, rows of user.\n"
    )


# A database of several schemas, with what depends on what across them, and objects of many kinds.
FURTHER = """
CREATE SCHEMA crm;
CREATE TYPE crm.state AS ENUM ('new', 'old');
CREATE DOMAIN crm.code AS text CHECK (VALUE <> '');
CREATE FUNCTION crm.touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE crm.client (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, state crm.state, code crm.code, number serial
);
CREATE TRIGGER touched BEFORE UPDATE ON crm.client FOR EACH ROW EXECUTE FUNCTION crm.touched();
CREATE STATISTICS crm.together ON name, state FROM crm.client;
CREATE TABLE public.visit (id integer, client_id integer REFERENCES crm.client, at date) PARTITION BY RANGE (at);
CREATE TABLE public.visit_2026 PARTITION OF visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE VIEW crm.visits AS SELECT name, at FROM visit JOIN crm.client ON client.id = client_id;
CREATE MATERIALIZED VIEW "named oddly" AS SELECT count(*) FROM crm.visits;
CREATE PUBLICATION changes FOR TABLE crm.client;
SELECT lo_create(4711);
INSERT INTO crm.client (name) VALUES ('Ann');
INSERT INTO visit VALUES (1, 1, '2026-02-03');
"""
SINCE = """
UPDATE crm.client SET name = 'Bob';
CREATE TABLE crm.newer ();
CREATE TABLE public.newer (client_id integer REFERENCES crm.client) PARTITION BY LIST (client_id);
CREATE SCHEMA later; CREATE TABLE later.kept AS SELECT 7 AS number;
"""
# What a restore would drop, though it is in none of the schemas that it replaces.
DEPENDENT = """
CREATE SCHEMA apart;
CREATE TABLE apart.linked (
    client_id integer REFERENCES crm.client, states crm.state[], number integer DEFAULT nextval('crm.client_number_seq')
);
CREATE VIEW apart.seen AS SELECT name FROM crm.client;
CREATE TABLE apart.visit_2027 PARTITION OF visit FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
"""
HELD = "SELECT array_agg(name || ' ' || at), to_regclass('crm.newer')::text, to_regclass('newer')::text, "
HELD += "(SELECT number FROM later.kept), (SELECT count(*) FROM pg_extension) FROM crm.visits"


@pytest.mark.postgres
@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_restore_replaces_all_schemas_of_the_backup_or_nothing(address: str, tmp_path: Path) -> None:
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as superuser:
        # It belongs to the superuser, and the database to somebody who is none.
        superuser.execute("CREATE EXTENSION pg_trgm; CREATE ROLE clerk LOGIN; ALTER DATABASE own OWNER TO clerk")
        engine = create_engine(make_url(address).set(username="clerk"))
        with engine.begin() as connection:
            connection.exec_driver_sql(FURTHER)
        store = stores.PostgresStore(engine)
        store.copy(tmp_path / "database")
        with engine.begin() as connection:
            connection.exec_driver_sql(SINCE)
        was_empty = store.is_empty()

        superuser.execute(DEPENDENT)
        with pytest.raises(BackupError) as entangled:
            store.load(tmp_path / "database")
        untouched = superuser.execute(HELD).fetchone()
        superuser.execute("DROP SCHEMA apart CASCADE")
        store.load(tmp_path / "database")
        restored = superuser.execute(HELD).fetchone()
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE crm.client SET name = 'Cleo'")
        superuser.execute("ALTER SCHEMA crm OWNER TO CURRENT_USER; GRANT ALL ON SCHEMA crm TO clerk")
        superuser.execute("CREATE TABLE crm.newer ()")
        with pytest.raises(BackupError) as refused:
            store.load(tmp_path / "database")
        left = superuser.execute(HELD).fetchone()
        engine.dispose()
        superuser.execute("ALTER DATABASE own OWNER TO CURRENT_USER; DROP OWNED BY clerk CASCADE; DROP ROLE clerk")

    assert untouched == (["Bob 2026-02-03"], "crm.newer", "newer", 7, 2)
    assert (was_empty, restored) == (False, (["Ann 2026-02-03"], None, None, 7, 2))
    assert str(entangled.value) == (
        "The restore would also drop what depends on it in other schemas: "
        "column states of table apart.linked, constraint linked_client_id_fkey on table apart.linked, "
        "default value for column number of table apart.linked, table apart.visit_2027, view apart.seen. "
        "Nothing was changed. Drop that yourself, restore, and make it again."
    )
    assert str(refused.value).startswith("psql stopped: ")
    assert "must be owner of table newer" in str(refused.value)
    assert left == (["Cleo 2026-02-03"], "crm.newer", None, 7, 2)


def test_programs_that_are_missing_are_named(
    kept: Path, manage: Any, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    done = manage("backup", "create", kept)

    missing = "Error: pg_dump is not on this machine. Install PostgreSQL's client, of the server's version.\n"
    assert done.stderr == ("" if store == "sqlite" else missing)
