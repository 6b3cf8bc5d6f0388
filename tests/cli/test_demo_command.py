from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from admin_app import create_app
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.cli.serving import ROOT, upgrade

Manage = Callable[..., Any]
Run = Callable[..., Any]


def everything(app: Flask) -> tuple[list[Any], list[Any]]:
    with app.app_context():
        users = db.session.execute(select(User.id, User.name, User.email, User.created_at).order_by(User.id))
        posts = db.session.execute(select(Post.id, Post.content, Post.user_id, Post.created_at).order_by(Post.id))
        return [tuple(row) for row in users], [tuple(row) for row in posts]


def within_days(records: tuple[list[Any], list[Any]]) -> list[Any]:
    """Say of each time how long before the last one it was: the data end on the day that they are made."""
    last = max(row[-1] for rows in records for row in rows)
    return [(*row[:-1], last - row[-1]) for rows in records for row in rows]


def test_demo_adds_as_many_as_asked_and_says_so(manage: Manage, app: Flask) -> None:
    result = manage("demo", "--users", "1", "--posts", "1200")

    users, posts = everything(app)
    assert (result.exit_code, result.stdout) == (0, "1 user and 1,200 posts were added.\n")
    assert (len(users), len(posts)) == (1, 1200)


def test_demo_makes_the_same_data_in_every_new_database(
    run_manage: Run, settings: dict[str, str], tmp_path: Path
) -> None:
    command = ["demo", "--users", "20", "--posts", "60"]
    # The one process forks from another, the other one starts anew: they hash texts differently.
    ways = {
        "forked": lambda url: run_manage(*command, DATABASE_URL=url),
        "anew": lambda url: subprocess.run(
            [sys.executable, "manage.py", *command], check=False, cwd=ROOT, env=settings | {"DATABASE_URL": url}
        ),
    }
    found = []
    for name, run in ways.items():
        url = f"sqlite:///{tmp_path / name}.db"
        upgrade(url, tmp_path)
        assert run(url).returncode == 0
        app = create_app({"DATABASE_URL": url}, instance_path=str(tmp_path))
        found.append(everything(app))
        with app.app_context():
            db.engine.dispose()

    assert within_days(found[0]) == within_days(found[1])
    assert [len(rows) for rows in found[0]] == [20, 60]


def test_demo_is_credible(manage: Manage, app: Flask) -> None:
    manage("demo", "--users", "200", "--posts", "2000")

    users, posts = everything(app)
    words = Counter(word for _, content, _, _ in posts for word in content.split())
    assert len({name for _, name, _, _ in users}) > 150
    assert any(not name.isascii() for _, name, _, _ in users)
    assert sum(owner is None for _, _, owner, _ in posts) == 50
    assert len({content for _, content, _, _ in posts}) > 1800
    assert len(words) > 100
    assert max(made for *_, made in posts) < datetime.now(UTC)


def test_demo_leaves_what_is_there_and_can_be_run_again(
    manage: Manage, app: Flask, make_user: Callable[..., Any]
) -> None:
    mine = make_user(name="Mine")

    codes = [manage("demo", "--users", "3", "--posts", "5").exit_code for _ in range(2)]

    users, posts = everything(app)
    assert codes == [0, 0]
    assert (len(users), len(posts)) == (7, 10)
    assert users[0][:2] == (mine.id, "Mine")


def test_demo_refuses_no_users_as_a_wrong_use(manage: Manage, app: Flask) -> None:
    result = manage("demo", "--users", "0")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "Error: Invalid value for '--users': 0 is not in the range x>=1."
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_the_next_user_made_after_a_demo_gets_an_id_of_their_own(manage: Manage, app: Flask) -> None:
    manage("demo", "--users", "3", "--posts", "0")

    with app.app_context():
        db.session.add(User(name="Late", email="late@example.com"))
        db.session.commit()
        names = db.session.scalars(select(User.name).order_by(User.id)).all()

    assert (len(names), names[-1]) == (4, "Late")
