"""The main job on real data: 13,837 users and 19,452 posts of seven small Stack Exchange sites."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from admin_app import cli
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.unicode_text import composed
from tests.page import Page

USERS, POSTS, OWNERLESS, FORMULAS = 13_837, 19_452, 462, 3_192


class Door:
    """What `manage.py` calls, in the place where click's runner expects a command."""

    name = "manage.py"

    def __init__(self, app: Flask) -> None:
        self.app = app

    def main(self, args: list[str], prog_name: str, **_: Any) -> None:
        sys.argv = [prog_name, *args]
        cli.main(lambda: self.app)


@pytest.fixture
def manage(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command of `manage.py` that has to succeed; return what it says."""
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "false")
    door: Any = Door(app)

    def run(*arguments: object) -> str:
        result = CliRunner().invoke(door, [str(one) for one in arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    return run


@pytest.fixture
def real(shared_data: Path, manage: Callable[..., str]) -> list[str]:
    """Import both files; return what was said."""
    folder = shared_data / "stackexchange"
    return [manage("import", name, folder / f"{name}s.csv") for name in ("user", "post")]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def number(app: Flask, *criteria: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Post).where(*criteria)) or 0


def state(app: Flask) -> list[Any]:
    with app.app_context():
        return [db.session.execute(select(*model.__table__.columns).order_by(model.id)).all() for model in (User, Post)]


def test_the_main_job_on_real_data(
    app: Flask,
    store: str,
    real: list[str],
    *,
    manage: Callable[..., str],
    as_editor: Any,
    shared_data: Path,
    tmp_path: Path,
) -> None:
    assert real == [
        "13,837 users created.\n",
        "19,452 posts created.\n",
    ]
    assert [number(app), number(app, Post.user_id.is_(None))] == [POSTS, OWNERLESS]
    every_text_came_in_as_it_stands_in_the_file(app, shared_data)
    lists_and_searches_find_what_is_there(as_editor, shared_data)
    if store == "sqlite":
        # The files are the same from either store, and take as long again.
        an_exported_file_brings_nothing_new(app, manage, tmp_path)
    a_download_has_every_text_and_runs_none(as_editor, shared_data)
    a_saved_record_keeps_its_text(app, as_editor)


def every_text_came_in_as_it_stands_in_the_file(app: Flask, shared_data: Path) -> None:
    # Every text is kept composed.
    file = {int(row["id"]): composed(row["content"]) for row in rows_of(shared_data / "stackexchange" / "posts.csv")}
    with app.app_context():
        stored = dict(db.session.execute(select(Post.id, Post.content)).all())  # type: ignore[arg-type]

    assert stored == file
    assert sum(text[:1] in set("=+-@") for text in file.values() if text) == FORMULAS


def lists_and_searches_find_what_is_there(client: Any, shared_data: Path) -> None:
    folder = shared_data / "stackexchange"
    users = {row["id"]: f"{row['name']}\n{row['email']}" for row in rows_of(folder / "users.csv")}
    texts = [f"{row['content']}\n{users.get(row['user_id'], '')}" for row in rows_of(folder / "posts.csv")]

    assert Page(client.get("/admin/user/?count=exact")).result_line() == f"1 to 20 of {USERS:,} users"
    assert Page(client.get("/admin/post/?count=exact")).result_line() == f"1 to 20 of {POSTS:,} posts"
    assert Page(client.get("/admin/post/")).result_line() == f"1 to 20 of {POSTS:,} posts"
    assert Page(client.get("/admin/post/?user__empty=yes")).result_line() == f"1 to 20 of {OWNERLESS} posts"
    for word in ("entanglement", "café", "tv", "😀", "100%"):
        wanted = sum(bool(re.search(re.escape(word), text, re.IGNORECASE)) for text in texts)
        line = Page(client.get("/admin/post/", query_string={"q": word, "count": "exact"})).result_line()
        assert line.split(" of ")[-1].split()[0].replace(",", "") == str(wanted), word


def an_exported_file_brings_nothing_new(app: Flask, manage: Callable[..., str], tmp_path: Path) -> None:
    before = state(app)
    for name, count in (("user", USERS), ("post", POSTS)):
        manage("export", name, "-o", tmp_path / f"{name}.csv")

        said = manage("import", name, tmp_path / f"{name}.csv")

        assert said == f"{count:,} {name}s unchanged.\n"
    assert state(app) == before


def a_download_has_every_text_and_runs_none(client: Any, shared_data: Path) -> None:
    response = client.get("/admin/post/export/csv/?sort=id")

    sent = list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline=""), strict=True))
    file = rows_of(shared_data / "stackexchange" / "posts.csv")
    runs = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 -- the full-width forms are meant
    assert [row["Content"] for row in sent] == [
        f"'{text}" if runs.match(text) else text for text in (composed(row["content"]) for row in file)
    ]
    assert sum(row["Content"][:2] in {"'=", "'+", "'-", "'@"} for row in sent) == FORMULAS


def a_saved_record_keeps_its_text(app: Flask, client: Any) -> None:
    with app.app_context():
        longest = db.session.scalars(select(Post).order_by(func.length(Post.content).desc(), Post.id).limit(1)).one()
        key, content = longest.id, longest.content
    address = f"/admin/post/edit/?id={key}"

    response = client.post(address, data=Page(client.get(address)).values())

    with app.app_context():
        after = db.session.scalar(select(Post.content).where(Post.id == key))
    assert response.status_code == 303
    assert len(content) > 50_000
    assert after == content
