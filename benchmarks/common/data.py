"""The data of the lists' benchmark: made by `manage.py demo`, copied for the peers into tables as they make them."""

from __future__ import annotations

import hashlib
import os
import resource
import secrets
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.connection import give_functions
from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.role import EDITOR
from admin_app.models.staff import Staff, StaffSession
from benchmarks.common.site import ROOT, cookie_of

RARE, RARE_POSTS = "zeppelin", 20
COMMON = "telescope"
# More posts than this are made by the store itself, of the texts of these: in minutes, where the demo takes an hour for ten million.
BY_DEMO = 50_000
# So many users write as many posts.
USERS, POSTS = 1, 20


@dataclass(frozen=True)
class Database:
    """A database with so many posts: its address, and that of the peers' copy ("" where there is none)."""

    store: str
    posts: int
    folder: Path
    url: str
    peers_url: str

    @property
    def environment(self) -> dict[str, str]:
        """What our commands and the peers are told."""
        peers = make_url(self.peers_url or self.url)
        return {key: value for key, value in os.environ.items() if not key.startswith("ADMIN_")} | {
            "BENCHMARK_FOLDER": str(self.folder),
            "DATABASE_URL": self.url,
            "PEERS_DATABASE": self.peers_url,
            "PEERS_NAME": peers.database or "",
            "PEERS_HOST": str(peers.query.get("host", "")),
            "PYTHONPATH": str(ROOT),
            "ADMIN_SECRET_KEY": "only ever used by a benchmark, for made-up data",
        }


def database(store: str, posts: int, folder: Path, *, socket: Path | None, peers: bool) -> Database:
    """Name a database, and make it on PostgreSQL; `socket` is the server's folder there."""
    folder = folder / f"{store}-{posts}"
    folder.mkdir(parents=True, exist_ok=True)
    if socket is None:
        url, peers_url = f"sqlite:///{folder / 'admin.db'}", f"sqlite:///{folder / 'peers.db'}"
    else:
        url = peers_url = f"postgresql+psycopg://postgres@/bench_{posts}?host={socket}"
        with psycopg.connect(f"host={socket} user=postgres dbname=postgres", autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"bench_{posts}"]).fetchone()
            if not found:
                connection.execute(f'CREATE DATABASE "bench_{posts}"')
    return Database(store, posts, folder, url, peers_url if peers else "")


def build(target: Database) -> str:
    """Fill the database unless it is, with a twentieth as many users as posts; return how long it took, if it did."""
    marker, said = target.folder / "built", ""
    _manage(target, "db", "upgrade")
    if not marker.exists():
        begun = time.perf_counter()
        made = min(target.posts, BY_DEMO)
        _manage(target, "demo", "--users", str(max(made * USERS // POSTS, 1)), "--posts", str(made))
        _multiply(target, made)
        took = time.perf_counter() - begun
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        said = f"{target.posts:,} posts on {target.store}: made in {took:.0f} s, at most {memory:.0f} MB"
        _plant(target)
        marker.write_text(said)
    copied = target.folder / "copied-with-indexes"
    if target.peers_url and not copied.exists():
        _copy(target)
        copied.write_text("yes")
    return said


def _manage(target: Database, *arguments: str) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    subprocess.run(command, check=True, env=target.environment, cwd=ROOT, stdout=subprocess.DEVNULL)


def _multiply(target: Database, made: int) -> None:
    """Add the posts and users that are missing: names and texts of those that there are, with times and users at random."""
    if made == target.posts:
        return
    without_indexes(target, "user", _copies_of_users(target, made * USERS // POSTS))
    without_indexes(target, "post", _copies_of_posts(target, made))
    _execute(target, "ANALYZE" if target.store == "sqlite" else "VACUUM ANALYZE")


def _copies_of_users(target: Database, made: int) -> str:
    last = target.posts * USERS // POSTS
    return (
        'INSERT INTO "user" (name, email, created_at, updated_at, version) '
        "SELECT u.name, 'person' || n.i || '@example.com', u.created_at, u.updated_at, 1 "
        f'FROM {numbers(target, made + 1, last)} JOIN "user" u ON u.id = n.i % {made} + 1'
    )


def _copies_of_posts(target: Database, made: int) -> str:
    users, seconds = target.posts * USERS // POSTS, 700 * 24 * 60 * 60
    if target.store == "sqlite":
        dice = "(abs(random()) % {})"
        moment = (
            f"strftime('%Y-%m-%d %H:%M:%S.000000', 'now', 'start of day', '-' || {dice.format(seconds)} || ' seconds')"
        )
    else:
        dice = "(random() * ({} - 1))::int"
        moment = f"date_trunc('day', now()) - make_interval(secs => {dice.format(seconds)})"
    return (
        "INSERT INTO post (content, user_id, created_at, updated_at, version) "
        f"SELECT p.content, CASE WHEN n.i % 40 > 0 THEN {dice.format(users)} + 1 END, {moment}, {moment}, 1 "
        f"FROM {numbers(target, made + 1, target.posts)} JOIN post p ON p.id = n.i * 7919 % {made} + 1"
    )


def numbers(target: Database, first: int, last: int) -> str:
    """Return a table `n` of the numbers between these, in a column `i`."""
    if target.store == "sqlite":
        return f"(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n) AS n"
    return f"generate_series({first}::bigint, {last}) AS n(i)"


def without_indexes(target: Database, table: str, statement: str, *, has_search: bool = True) -> None:
    """Insert rows, and index them all in one go afterwards."""
    if target.store == "sqlite":
        known = f"SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = '{table}' AND type IN ('index', 'trigger') AND sql <> ''"
        again = [f"INSERT INTO {table}_search({table}_search, rank) VALUES ('rebuild', NULL)"] if has_search else []
    else:
        known = (
            "SELECT 'index', indexname, indexdef FROM pg_indexes "
            f"WHERE tablename = '{table}' AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        again = ["SET maintenance_work_mem = '1GB'"]
    found = _execute(target, known)
    drops = [f'DROP {kind} "{name}"' for kind, name, _ in found]
    if target.store == "postgresql":
        # Whether a row's user is there need not be asked ten million times.
        drops.append("SET session_replication_role = replica")
    _execute(target, *drops, statement, *again, *(sql for *_, sql in found))


def _plant(target: Database) -> None:
    """Put the rare word into a few posts all over the table."""
    step = max(target.posts // RARE_POSTS, 1)
    keys = ", ".join(str(key) for key in range(step // 2 + 1, target.posts + 1, step))
    _execute(target, f"UPDATE post SET content = content || ' {RARE}' WHERE id IN ({keys})")


def _copy(target: Database) -> None:
    """Let Django make the tables, with the indexes that its site declares, and copy the rows."""
    is_sqlite = target.store == "sqlite"
    if is_sqlite:
        (target.folder / "peers.db").unlink(missing_ok=True)
    else:
        _execute(target, "DROP SCHEMA IF EXISTS peers CASCADE", "CREATE SCHEMA peers")
    command = [sys.executable, "-m", "benchmarks.peers.django_site.prepare"]
    subprocess.run(command, check=True, env=target.environment, cwd=ROOT)
    ours = "main" if is_sqlite else "public"
    copies = [
        f'INSERT INTO peers."{table}" ({columns}) SELECT {columns} FROM {ours}."{table}"'
        for table, columns in (("user", "id, name, email, created_at"), ("post", "id, content, user_id, created_at"))
    ]
    attached = [f"ATTACH '{target.folder / 'peers.db'}' AS peers"] if is_sqlite else []
    _execute(target, *attached, *copies, "ANALYZE" if is_sqlite else "VACUUM ANALYZE")


def _execute(target: Database, *statements: str) -> list[Any]:
    """Run statements as they are, each by itself; return the rows of the last one."""
    if target.store == "sqlite":
        connection: Any = sqlite3.connect(make_url(target.url).database or "", isolation_level=None)
        # Our triggers and indexes call functions of ours.
        give_functions(connection)
    else:
        url = make_url(target.url)
        connection = psycopg.connect(f"host={url.query['host']} user=postgres dbname={url.database}", autocommit=True)
    with closing(connection):
        for statement in statements:
            found = connection.execute(statement)
        return list(found.fetchall()) if found.description else []


def sign_in(target: Database) -> str:
    """Make a session of our dashboard's; return its cookie."""
    environment = {key: target.environment[key] for key in ("DATABASE_URL", "ADMIN_SECRET_KEY")}
    app, token = create_app(environment, instance_path=str(target.folder)), secrets.token_urlsafe(32)
    with app.app_context(), writing():
        name = secrets.token_hex(4)
        staff = Staff(name=name, email=f"{name}@example.com", roles=StringSet([EDITOR]), password_hash="-")  # noqa: S106 -- opens nothing
        db.session.add(staff)
        db.session.flush()
        digest, ends = hashlib.sha256(token.encode()).hexdigest(), datetime.now(UTC) + timedelta(days=1)
        db.session.add(StaffSession(token_hash=digest, staff_id=staff.id, expires_at=ends))
        db.session.commit()
        db.engine.dispose()
        return cookie_of(app, token)
