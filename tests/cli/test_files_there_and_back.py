from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.many import many

Manage = Callable[..., Any]
Make = Callable[..., Any]


def state(app: Flask) -> list[tuple[Any, ...]]:
    """Everything about users and posts, the times of change and the versions included."""
    with app.app_context():
        return [
            tuple(row)
            for model in (User, Post)
            for row in db.session.execute(select(*model.__table__.columns).order_by(model.id))
        ]


def test_an_exported_file_imported_again_changes_nothing(
    manage: Manage, app: Flask, tmp_path: Path, make_user: Make
) -> None:
    user = make_user(name="=cmd|' /C calc'!A0")
    texts = [
        "",
        "=1+1",
        "'=1",
        "''",
        " x ",
        "-5",
        "\ttab",
        "a\r\nb\rc\nd",
        '"',
        "日本 👩‍🚀",
        "NULL",
        "1,5;6",
        "\ufeffmark",
    ]
    many(app, Post, [{"content": text, "user_id": user.id if index % 2 else None} for index, text in enumerate(texts)])
    before = state(app)

    for name in ("user", "post"):
        path = tmp_path / f"{name}.csv"
        assert manage("export", name, "-o", path).exit_code == 0
        result = manage("import", name, path)
        same = 1 if name == "user" else len(texts)
        assert result.output == f"{same} {name if same == 1 else f'{name}s'} unchanged.\n"

    assert state(app) == before


def test_an_exported_file_imported_into_an_empty_database_is_the_same_data(
    manage: Manage, app: Flask, tmp_path: Path, make_user: Make
) -> None:
    many(app, Post, [{"content": text, "user_id": make_user().id} for text in ("=1", "", "x")])
    for name in ("user", "post"):
        manage("export", name, "-o", tmp_path / f"{name}.csv")
    before = [row[:-2] for row in state(app)]
    with app.app_context():
        db.session.execute(Post.__table__.delete())
        db.session.execute(User.__table__.delete())
        db.session.commit()

    results = [manage("import", name, tmp_path / f"{name}.csv").output for name in ("user", "post")]

    assert results[0] == "3 users created.\n"
    assert [row[:-2] for row in state(app)] == before


# ---- files from the world


def test_every_file_of_others_is_read_or_refused_with_a_message(manage: Manage, shared_data: Path) -> None:
    files = sorted((shared_data / "nasty" / "csv").rglob("*.csv"))
    outcomes = {path.name: manage("import", "user", path) for path in files}

    assert len(files) > 40
    assert {name for name, result in outcomes.items() if result.exit_code != 1} == set()
    assert {name for name, one in outcomes.items() if not one.stderr.splitlines()[-1].startswith("Error: ")} == set()


@pytest.mark.parametrize(
    "name", ["newlines", "quotes_and_newlines", "comma_in_quotes", "escaped_quotes", "utf8", "json"]
)
def test_the_cells_of_csv_spectrum_come_in_as_their_json_says(
    manage: Manage, app: Flask, file: Callable[..., Path], shared_data: Path, name: str
) -> None:
    spectrum = shared_data / "nasty" / "csv" / "csv-spectrum"
    wanted = json_rows(spectrum / "json" / f"{name}.json")
    header, _, body = (spectrum / "csvs" / f"{name}.csv").read_bytes().partition(b"\n")
    names = header.decode().strip().split(",")
    # Each column in turn is the content; the others get a name that an import passes over.
    headers = [",".join("content" if one == other else "user" for other in names) for one in names]

    codes = [manage("import", "post", file(f"{line}\n".encode() + body)).exit_code for line in headers]

    with app.app_context():
        contents = db.session.scalars(select(Post.content).order_by(Post.id)).all()
    assert codes == [0] * len(names)
    assert contents == [row[one.strip('"')] for one in names for row in wanted]


def json_rows(path: Path) -> list[dict[str, str]]:
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
