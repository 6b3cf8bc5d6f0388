"""What the history costs: a save with and without it, 100,000 rows at once, its pages among few and many changes.

    PYTHONPATH=. python benchmarks/history.py [--rows 100000] [--changes 10000,300000] [--stores sqlite,postgresql]

Each length of the history has a database of its own, in a folder that is removed afterwards; they are asked in turn, so
that a busy machine slows them alike.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
from flask import Flask
from sqlalchemy import delete, event, text, update
from sqlalchemy.orm import Session

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.string_set import StringSet
from admin_app.domain.audit import recorder
from admin_app.domain.audit.bulk import change_rows, delete_rows
from admin_app.domain.audit.recorder import last_change_set
from admin_app.domain.audit.undo import undo
from admin_app.domain.demo import make_demo
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.post import Post
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff, StaffSession
from benchmarks.common.postgres import postgres

ROOT = Path(__file__).resolve().parents[1]
LISTENERS = (
    ("before_flush", recorder.read_before_flush),
    ("after_flush", recorder.note_flush),
    ("before_commit", recorder.finish_set),
)
SAVES, TURNS = 50, 8
ROUNDS = 30


@contextmanager
def unrecorded() -> Iterator[None]:
    """Save as if there were no history."""
    for name, listener in LISTENERS:
        event.remove(Session, name, listener)
    yield
    for name, listener in LISTENERS:
        event.listen(Session, name, listener)


def seconds(*acts: Callable[[], object]) -> float:
    """Return how long these take, one after another."""
    began = time.perf_counter()
    for act in acts:
        act()
    return time.perf_counter() - began


def require(status: int, wanted: int) -> None:
    """Stop where a page answers otherwise: what was measured would mean nothing."""
    if status != wanted:
        message = f"answered {status}, not {wanted}"
        raise RuntimeError(message)


def measure_saves(app: Flask, client: Any) -> None:
    """Compare saves by turns, so that a busy machine slows both alike."""
    token = token_of(client.get("/admin/post/edit/?id=1").text)

    def by_form(number: int) -> None:
        sent = {"csrf_token": token, "content": f"words {time.time_ns()}", "user": ""}
        require(client.post(f"/admin/post/edit/?id={1 + number}", data=sent).status_code, 303)

    def by_session(number: int) -> None:
        with app.app_context(), writing():
            db.session.get_one(Post, 1 + number).content = f"words {time.time_ns()}"
            db.session.commit()

    for name, save in (("a save by the session alone", by_session), ("a save by the form", by_form)):
        with_it, without = compared(save)
        print(f"{name}: {with_it:.2f} ms recorded, {without:.2f} ms without: {with_it / without:.2f} times")


def compared(save: Callable[[int], None]) -> tuple[float, float]:
    """Return the median of a save in milliseconds, with the history and without."""
    recorded, bare = [], []
    for _ in range(TURNS):
        recorded += [seconds(partial(save, number)) for number in range(SAVES)][5:]
        with unrecorded():
            bare += [seconds(partial(save, number)) for number in range(SAVES)][5:]
    return statistics.median(recorded) * 1000, statistics.median(bare) * 1000


def token_of(page: str) -> str:
    """Find the token in a page's form."""
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def measure_rows(rows: int) -> None:
    """Change and delete many rows, bare and recorded, and take the deletion back."""
    with writing():
        # Once for nothing: the first time reads the table from the disk.
        db.session.execute(update(Post).where(Post.id <= rows).values(user_id=4))
        db.session.commit()
        give = update(Post).where(Post.id <= rows).values(user_id=2, version=Post.version + 1)
        bare = seconds(lambda: db.session.execute(give), db.session.commit)
        ours = seconds(lambda: change_rows(db.session, Post, Post.id <= rows, {"user_id": 3}), db.session.commit)
        print(f"{rows:,} rows changed: {ours:.2f} s recorded, {bare:.2f} s bare: {ours / bare:.2f} times")
        bare = seconds(lambda: db.session.execute(delete(Post).where(Post.id <= rows)), db.session.flush)
        db.session.rollback()
        ours = seconds(lambda: delete_rows(db.session, Post, Post.id <= rows), db.session.commit)
        print(f"{rows:,} rows deleted: {ours:.2f} s recorded, {bare:.2f} s bare: {ours / bare:.2f} times")
        done = db.session.get_one(ChangeSet, last_change_set(db.session))
        took = seconds(lambda: undo(db.session, done), db.session.commit)
        print(f"{rows:,} rows brought back by one undo: {took:.2f} s")
    print(f"memory of the process at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


FILL = (
    "WITH RECURSIVE n(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM n WHERE n < {last}) "
    "INSERT INTO change_set (at, actor_id, actor, kind, resource, record_id, summary, request_id, count) "
    "SELECT {moment}, 1, 'Olivia (olivia@example.com)', 'form', 'post', 1 + n / 25, 'Changed post “' || n || '”', '', 1 FROM n"
)
FILL_CHANGES = (
    "INSERT INTO change (change_set_id, model, record_id, act, title, version, before, after) "
    "SELECT id, 'post', 1 + id / 25, 'update', 'A post', id, '{\"content\":\"old words\"}', '{\"content\":\"new words\"}' "
    "FROM change_set WHERE id >= :first"
)


def fill(number: int) -> None:
    """Make the history so many acts long, of one change each."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    moment = (
        "datetime('2026-01-01', '+' || n || ' seconds') || '.000000'"
        if is_sqlite
        else "timestamptz '2026-01-01' + n * interval '1 second'"
    )
    with writing():
        there = db.session.scalar(text("SELECT count(*) FROM change_set")) or 0
        last = db.session.scalar(text("SELECT coalesce(max(id), 0) FROM change_set")) or 0
        db.session.execute(text(FILL.format(first=there, last=number, moment=moment)))
        db.session.execute(text(FILL_CHANGES), {"first": last + 1})
        db.session.execute(text("ANALYZE"))
        db.session.commit()


PAGES = {
    "a record's history": "/admin/post/history/?id=200",
    "activity": "/admin/activity/",
    "activity, one person": "/admin/activity/?person=1",
    "activity, searched for one act": "/admin/activity/?q=%E2%80%9C9999%E2%80%9D",
    "activity, searched for all": "/admin/activity/?q=changed",
    "activity, a day": "/admin/activity/?from=2026-01-01&to=2026-01-01",
}


def measure_pages(clients: dict[int, Any]) -> None:
    """Open the pages of each database in turn, and compare the longest history with the shortest."""
    for name, address in PAGES.items():
        took: dict[int, list[float]] = {size: [] for size in clients}
        for _ in range(ROUNDS):
            for size, client in clients.items():
                began = time.perf_counter()
                status = client.get(address).status_code
                took[size].append(time.perf_counter() - began)
                require(status, 200)
        medians = {size: statistics.median(times) * 1000 for size, times in took.items()}
        words = ", ".join(f"{median:.1f} ms at {size:,} changes" for size, median in medians.items())
        print(f"{name}: {words}: {medians[max(medians)] / medians[min(medians)]:.2f} times")


def signed_in(app: Flask) -> Any:
    """Return a client of an owner."""
    token = secrets.token_urlsafe(32)
    staff = Staff(name="Olivia", email="olivia@example.com", roles=StringSet([OWNER]), password_hash="-")  # noqa: S106 -- opens nothing
    db.session.add(staff)
    db.session.flush()
    ends = datetime.now(UTC) + timedelta(hours=8)
    digest = hashlib.sha256(token.encode()).hexdigest()
    db.session.add(StaffSession(token_hash=digest, staff_id=staff.id, expires_at=ends))
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": token, "_fresh": True})
    return client


def prepared(url: str, folder: str, posts: int) -> tuple[Flask, Any]:
    """Return the dashboard on a new database with demo data, and a client of an owner."""
    app = create_app({"DATABASE_URL": url}, instance_path=folder)
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        with writing():
            make_demo(db.session, users=1000, posts=posts)
            db.session.commit()
            client = signed_in(app)
        db.session.remove()
    return app, client


def server(store: str, folder: Path) -> AbstractContextManager[Path | None]:
    """Start the store's server, if it needs one."""
    return postgres(folder / "postgres") if store == "postgresql" else nullcontext(None)


def measure(store: str, socket: Path | None, folder: str, options: argparse.Namespace) -> None:
    """Measure one store."""
    print(f"\n{store}")
    clients = {}
    for size in options.changes:
        url = database("history", folder, socket, size)
        app, clients[size] = prepared(url, folder, options.rows)
        with app.app_context():
            fill(size)
            db.session.remove()
    measure_pages(clients)
    app, client = prepared(database("saves", folder, socket, 0), folder, options.rows)
    measure_saves(app, client)
    with app.app_context():
        measure_rows(options.rows)
        db.session.remove()


def database(name: str, folder: str, socket: Path | None, size: int) -> str:
    """Name a new database, and make it on PostgreSQL."""
    if socket is None:
        return f"sqlite:///{folder}/{name}-{size}.db"
    with psycopg.connect(f"host={socket} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}_{size}")
    return f"postgresql+psycopg://postgres@/{name}_{size}?host={socket}"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--changes", type=lambda sizes: [int(one) for one in sizes.split(",")], default="10000,300000")
    parser.add_argument("--stores", type=lambda names: names.split(","), default="sqlite,postgresql")
    options = parser.parse_args()
    for store in options.stores:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, server(store, Path(folder)) as socket:
            measure(store, socket, folder, options)


if __name__ == "__main__":
    main()
