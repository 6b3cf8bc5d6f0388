"""Possible duplicates among few and many users: what a page costs at the start, in the middle and at the end of the index.

    PYTHONPATH=. python benchmarks/duplicates.py [--users 10000,1000000] [--stores sqlite,postgresql]

Each number of users has a database of its own, in a folder that is removed afterwards.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
from flask import Flask
from sqlalchemy import text

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.connection import refresh_statistics
from admin_app.db.ordering import Likeness
from admin_app.domain.demo import make_demo
from admin_app.domain.records.duplicates import Start, duplicates
from admin_app.extensions import db
from admin_app.models.user import User
from benchmarks.common.postgres import postgres

ROOT = Path(__file__).resolve().parents[1]
TIMES = 9
PLACES = {"start": "", "middle": "m", "near the end": "v"}
COLUMNS: dict[str, tuple[Any, Likeness]] = {
    "name": (User.name, Likeness.NAME),
    "email": (User.email, Likeness.EMAIL),
}


def measure(app: Flask, users: int) -> None:
    """Say what a page of each key costs at each place."""
    with app.app_context():
        for name, (column, likeness) in COLUMNS.items():
            for place, key in PLACES.items():
                start = Start(f"person{'59'['mv'.index(key)]}" if key and name == "email" else key, is_behind=False)
                took = []
                for _ in range(TIMES):
                    began = time.perf_counter()
                    page = duplicates(db.session, column, likeness, start=start)
                    took.append(time.perf_counter() - began)
                    db.session.rollback()
                found = f"{len(page.groups)} groups among {page.looked_at:,}"
                print(f"{users:>10,} users, by {name:<5} {place:<12} {statistics.median(took) * 1000:7.0f} ms  {found}")


def made(url: str, users: int, folder: Path) -> Flask:
    """Make a database with so many users."""
    app = create_app({"DATABASE_URL": url, "SECRET_KEY": "benchmark"}, instance_path=str(folder))
    with app.app_context(), writing():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        make_demo(db.session, users=users, posts=0)
        db.session.commit()
        refresh_statistics(db.session)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text('VACUUM "user"'))
    return app


def main() -> None:
    """Measure each store with each number of users."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", default="10000,1000000")
    parser.add_argument("--stores", default="sqlite,postgresql")
    wanted = parser.parse_args()
    sizes = [int(size) for size in wanted.users.split(",")]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if "sqlite" in wanted.stores:
            for users in sizes:
                print("sqlite")
                measure(made(f"sqlite:///{folder / f'{users}.db'}", users, folder), users)
        if "postgresql" in wanted.stores:
            with postgres(folder / "postgres") as socket:
                for users in sizes:
                    print("postgresql")
                    own = f"users{users}"
                    with psycopg.connect(host=str(socket), user="postgres", autocommit=True) as connection:
                        connection.execute(f"CREATE DATABASE {own}")  # type: ignore[call-overload]
                    url = f"postgresql+psycopg://postgres@/{own}?host={socket}"
                    measure(made(url, users, folder), users)


if __name__ == "__main__":
    main()
