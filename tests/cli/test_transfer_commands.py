from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.many import many, many_users

Manage = Callable[..., Any]
Run = Callable[..., Any]
Make = Callable[..., Any]


def count(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


# ---- import


def test_import_says_what_it_did(manage: Manage, app: Flask, file: Callable[..., Path], make_user: Make) -> None:
    ada, bob = make_user(name="Ada"), make_user(name="Bob")
    path = file(f"id,name,email\n{ada.id},Ada,{ada.email}\n{bob.id},Robert,{bob.email}\n,Cleo,c@example.com\n")

    result = manage("import", "user", path)

    assert (result.exit_code, result.output) == (0, "1 user created, 1 user changed, 1 user unchanged.\n")
    assert count(app, User) == 3


def test_import_of_wrong_rows_names_them_and_writes_nothing(
    manage: Manage, app: Flask, file: Callable[..., Path]
) -> None:
    path = file("name,email\nAda,ada@example.com\n,b@example.com\nCleo,c\n")

    result = manage("import", "user", path)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "Row 3, Name (empty): enter the name.",
        "Row 4, Email “c”: use the form name@example.com.",
        "Error: Nothing was imported.",
    ]
    assert count(app, User) == 0


def test_import_of_a_file_that_is_not_utf_8_says_so(manage: Manage, file: Callable[..., Path]) -> None:
    result = manage("import", "user", file("name,email\nZoë,z@example.com\n".encode("latin-1")))

    assert (result.exit_code, result.stderr) == (
        1,
        (
            "Error: The file is not UTF-8. If “Zoë,z@example.com” is right, it is Windows-1252: import it with --encoding "
            "windows-1252. If not, save it as “CSV UTF-8” and import it again.\n"
        ),
    )


@pytest.mark.parametrize(("arguments", "content"), [([], "=1+1"), (["--verbatim"], "'=1+1")])
def test_import_takes_the_apostrophe_off_unless_verbatim(
    manage: Manage, app: Flask, file: Callable[..., Path], arguments: list[str], content: str
) -> None:
    manage("import", "post", file("content\n'=1+1\n"), *arguments)

    with app.app_context():
        assert db.session.scalars(select(Post.content)).all() == [content]


def test_import_shows_a_bar_only_when_asked(manage: Manage, file: Callable[..., Path]) -> None:
    quiet = manage("import", "post", file("content\nfirst\n"))
    shown = manage("import", "post", file("content\nsecond\n"), "--progress")

    assert (quiet.exit_code, quiet.stderr) == (0, "")
    assert shown.exit_code == 0
    assert "100%" in shown.stderr


def test_import_of_an_unknown_resource_lists_what_there_is(manage: Manage, file: Callable[..., Path]) -> None:
    result = manage("import", "staff", file("name\nAda\n"))

    assert (result.exit_code, result.stderr) == (1, "Error: “staff” does not exist. Choose from: post, user.\n")


def test_import_of_a_file_that_is_not_there_is_a_wrong_use(manage: Manage) -> None:
    result = manage("import", "user", "/nowhere.csv")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "Error: Invalid value for 'FILE': File '/nowhere.csv' does not exist."


def test_import_refuses_a_relation_that_vanished(manage: Manage, app: Flask, file: Callable[..., Path]) -> None:
    result = manage("import", "post", file("content,user_id\nfirst,7\n"))

    assert (result.exit_code, result.stderr) == (
        1,
        "Row 2, User ID “7”: it does not exist.\nError: Nothing was imported.\n",
    )
    assert count(app, Post) == 0


# ---- export


def test_export_writes_every_record_to_standard_output(manage: Manage, make_user: Make, make_post: Make) -> None:
    user = make_user(name="Žofie")
    post = make_post(content='say "hi",\n=1', user=user)

    result = manage("export", "post")

    made = post.created_at.isoformat().replace("+00:00", "Z")
    assert result.exit_code == 0
    assert rows_of(result.stdout_bytes.decode()) == [
        ["Content", "User ID", "User", "Created at", "ID"],
        ['say "hi",\n=1', str(user.id), "Žofie", made, str(post.id)],
    ]


def test_export_writes_the_list_that_an_address_shows(manage: Manage, make_user: Make) -> None:
    for name in ("Ada", "Bob", "Adam"):
        make_user(name=name)

    result = manage("export", "users", "--query", "name__contains=ada&sort=-name")

    assert [row[0] for row in rows_of(result.stdout_bytes.decode())] == ["Name", "Adam", "Ada"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "created_at__from=soon",
            "Error: One filter isn't valid, so nothing was exported. created_at__from: Enter a date like 2026-11-22.\n",
        ),
        ("secret=1", "Error: This list has no filter called “secret”.\n"),
        ("sort=secret", "Error: This list cannot be sorted by “secret”.\n"),
    ],
)
def test_export_of_an_address_that_is_not_understood_writes_nothing(
    manage: Manage, tmp_path: Path, query: str, message: str
) -> None:
    result = manage("export", "user", "--query", query, "-o", tmp_path / "out.csv")

    assert (result.exit_code, result.stdout, result.stderr) == (1, "", message)
    assert list(tmp_path.iterdir()) == []


def test_export_of_an_unknown_resource_lists_what_there_is(manage: Manage) -> None:
    result = manage("export", "staff")

    assert (result.exit_code, result.stderr) == (1, "Error: “staff” does not exist. Choose from: post, user.\n")


def test_export_to_a_file_replaces_it_when_it_is_whole(manage: Manage, app: Flask, tmp_path: Path) -> None:
    many_users(app, 3)
    path = tmp_path / "users.csv"
    path.write_text("old")

    result = manage("export", "user", "-o", path)

    assert (result.exit_code, result.stdout) == (0, "")
    assert len(rows_of(path.read_text(encoding="utf-8"))) == 4
    assert [one.name for one in tmp_path.iterdir()] == ["users.csv"]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_export_that_fails_half_way_leaves_the_old_file(manage: Manage, app: Flask, tmp_path: Path) -> None:
    key = many(app, Post, [{"content": "a"}] * 3)[-1]
    with app.app_context():
        # What a damaged file could hold: bytes that are no text.
        db.session.execute(db.text(f"UPDATE post SET content = CAST(x'ff' AS TEXT) WHERE id = {key}"))
        db.session.commit()
    path = tmp_path / "posts.jsonl"
    path.write_text("old")

    done = manage("export", "post", "--query", "sort=id", "-o", path)

    assert (done.exit_code, path.read_text(encoding="utf-8")) == (1, "old")
    assert [one.name for one in tmp_path.iterdir()] == ["posts.jsonl"]


@pytest.mark.parametrize("key", ["csv", "xlsx", "jsonl", "json"])
def test_export_writes_every_format_with_the_rows_columns_and_filters_asked_for(
    manage: Manage, make_user: Make, make_post: Make, tmp_path: Path, key: str
) -> None:
    ada = make_user(name="Ada")
    wanted = make_post(content="=1", user=ada)
    make_post(content="other", user=make_user(name="Bob"))
    path = tmp_path / f"posts.{key}"

    result = manage(
        "export", "post", "--format", key, "--filter", "user.name__equals=Ada", "--columns", "user.email,content,id", "-o", path
    )  # fmt: skip

    read: dict[str, Callable[[], Any]] = {
        "csv": lambda: list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))[1:],
        "xlsx": lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:],
        "jsonl": lambda: [list(json.loads(line).values()) for line in path.read_text(encoding="utf-8").splitlines()],
        "json": lambda: [list(row.values()) for row in json.loads(path.read_text(encoding="utf-8"))],
    }
    (row,) = read[key]()
    assert result.exit_code == 0
    assert [row[0], row[1].removeprefix("'"), int(row[2])] == [ada.email, "=1", wanted.id]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--format", "xls"], 2, "xls"),
        (["--filter", "name"], 2, "a filter looks like name__contains=ann"),
        (["--filter", "secret=1"], 1, "This list has no filter called “secret”."),
        (["--columns", "name,password_hash"], 1, "The column “password_hash” cannot be exported."),
    ],
)
def test_export_refuses_what_is_not_offered(
    manage: Manage, tmp_path: Path, options: list[str], code: int, words: str
) -> None:
    result = manage("export", "user", "-o", tmp_path / "out", *options)

    assert (result.exit_code, words in result.stderr, list(tmp_path.iterdir())) == (code, True, [])


def test_export_into_a_folder_that_is_not_there_says_so_in_one_line(manage: Manage, tmp_path: Path) -> None:
    result = manage("export", "user", "-o", tmp_path / "nowhere" / "users.csv")

    assert result.exit_code in (1, 2)
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert "nowhere" in result.stderr


# ---- how it feels


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["run ", "staff ", "demo ", "import ", "export ", "db ", "routes "]),
        (["import", "--help"], ["RESOURCE FILE", "--progress", "--verbatim", "all of it or nothing"]),
        (["export", "--help"], ["RESOURCE", "--output", "--query", "--format", "--filter", "--columns"]),
        (["staff", "--help"], ["create ", "list ", "reset-password ", "disable "]),
        (["run", "--help"], ["--host", "--port", "default: 8000"]),
        (["demo", "--help"], ["--users", "--posts", "default: 200"]),
    ],
    ids=lambda value: " ".join(value) if "--help" in value else "",
)
def test_help_names_what_there_is(manage: Manage, arguments: list[str], words: list[str]) -> None:
    result = manage(*arguments)

    assert result.exit_code == 0
    assert [word for word in words if word not in result.output] == []


def test_an_unknown_command_is_a_wrong_use(manage: Manage) -> None:
    result = manage("frobnicate")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "Error: No such command 'frobnicate'."
