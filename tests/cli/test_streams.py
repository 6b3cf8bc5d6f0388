"""Where `export -o` writes and what `import` reads: links, pipes, devices, standard input and output."""

from __future__ import annotations

import csv
import os
import signal
import stat
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.cli.serving import PATIENCE, upgrade
from tests.forking import begin_with, run

Manage = Callable[..., Any]
Make = Callable[..., Any]

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def ada(make_user: Make) -> User:
    return make_user(name="Ada", email="ada@example.com")


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_link_stays_and_what_it_leads_to_is_written(manage: Manage, tmp_path: Path) -> None:
    target, link, other = tmp_path / "target.csv", tmp_path / "link.csv", tmp_path / "other.csv"
    target.write_text("old")
    link.symlink_to("target.csv")
    other.symlink_to(tmp_path / "new.csv")

    codes = [manage("export", "user", "-o", one).exit_code for one in (link, other)]

    assert (codes, link.is_symlink(), other.is_symlink()) == ([0, 0], True, True)
    assert [path.read_text(encoding="utf-8")[:4] for path in (target, tmp_path / "new.csv")] == ["Name", "Name"]
    assert names(tmp_path) == ["link.csv", "new.csv", "other.csv", "target.csv"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_keeps_its_mode(manage: Manage, tmp_path: Path, mode: int) -> None:
    path = tmp_path / "users.csv"
    path.write_text("old")
    path.chmod(mode)

    manage("export", "user", "-o", path)

    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_has_the_mode_of_any_new_file(manage: Manage, tmp_path: Path) -> None:
    (tmp_path / "plain").touch()

    manage("export", "user", "-o", tmp_path / "users.csv")

    assert (tmp_path / "users.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_pipe_is_written_into_and_stays(manage: Manage, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text(encoding="utf-8")))
    reader.start()

    result = manage("export", "user", "-o", pipe)
    reader.join(10)

    assert (result.exit_code, heard[0][:4], stat.S_ISFIFO(pipe.stat().st_mode)) == (0, "Name", True)


def test_a_device_is_written_into_and_stays(manage: Manage) -> None:
    assert manage("export", "user", "-o", "/dev/null").exit_code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_full_device_is_one_line(manage: Manage) -> None:
    result = manage("export", "user", "-o", "/dev/full")

    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        1,
        "Error: /dev/full cannot be written: No space left on device.",
    )
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize("command", ["export user", "import user -"])
def test_a_full_standard_output_is_one_line(settings: dict[str, str], tmp_path: Path, command: str) -> None:
    upgrade(settings["DATABASE_URL"], tmp_path)

    with Path("/dev/full").open("w") as full:
        done = run(*command.split(), env=settings, stdout=full.fileno(), typed="name,email\nBo,bo@example.com\n")

    words = "Error: Standard output cannot be written: No space left on device.\n"
    assert (done.returncode, done.stderr) == (1, words)


def test_a_reader_that_goes_away_is_no_news(settings: dict[str, str], tmp_path: Path) -> None:
    upgrade(settings["DATABASE_URL"], tmp_path)
    read, write = os.pipe()
    os.close(read)

    done = run("export", "user", env=settings, stdout=write)
    os.close(write)

    assert done.stderr == ""


def test_a_reader_of_a_pipe_that_goes_away_is_no_news(manage: Manage, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: os.close(os.open(pipe, os.O_RDONLY)))
    reader.start()

    result = manage("export", "user", "-o", pipe)
    reader.join(10)

    assert "Error" not in result.stderr


def test_import_reads_standard_input(manage: Manage, app: Any) -> None:
    result = manage("import", "user", "-", typed="name;email\nBo;bo@example.com\n")

    assert (result.exit_code, result.output) == (0, "1 user created.\n")
    with app.app_context():
        assert db.session.scalars(select(User.name).order_by(User.id)).all() == ["Ada", "Bo"]


@pytest.mark.parametrize("arguments", [(), ("--progress",)])
def test_import_reads_a_pipe(manage: Manage, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text("name,email\nBo,bo@example.com\n", encoding="utf-8"))
    writer.start()

    result = manage("import", "user", pipe, *arguments)
    writer.join(10)

    assert (result.exit_code, result.stdout) == (0, "1 user created.\n")


@pytest.mark.parametrize("delimiter", ["comma", "semicolon", "tab"])
@pytest.mark.parametrize("arguments", [(), ("--excel",), ("--columns", "id,name,email")])
def test_an_own_export_comes_back_whatever_separates_it(
    manage: Manage, make_user: Make, tmp_path: Path, delimiter: str, arguments: tuple[str, ...]
) -> None:
    make_user(name="a;b,c\td|e", email="x;y@example.com")
    path = tmp_path / "users.csv"
    manage("export", "user", "--delimiter", delimiter, "-o", path, *arguments)

    result = manage("import", "user", path)

    assert result.output == "2 users unchanged.\n"


def test_texts_that_differ_in_line_ends_alone_are_the_same(manage: Manage, make_post: Make, file: Any) -> None:
    posts = [make_post(content=text) for text in ("a\nb", "a\r\nb", "a\rb")]
    rows = "".join(f'{post.id},"a{end}b"\n' for post, end in zip(posts, ("\r\n", "\n", "\r\n"), strict=True))

    result = manage("import", "post", file(f"id,content\n{rows}"))

    assert result.output == "3 posts unchanged.\n"


@pytest.mark.parametrize(("zone", "count"), [(None, 0), ("UTC", 0), ("Pacific/Auckland", 1)])
def test_the_days_of_a_filter_are_those_of_the_zone_that_is_said(
    manage: Manage, make_post: Make, zone: str | None, count: int
) -> None:
    make_post(created_at=datetime(2026, 1, 1, 20, tzinfo=UTC))
    query = "http://127.0.0.1:8000/admin/post/?created_at__from=2026-01-02&created_at__until=2026-01-02&sort=id#top"

    result = manage("export", "post", "--query", query, *(["--time-zone", zone] if zone else []))

    assert result.exit_code == 0, result.stderr
    assert len(list(csv.reader(result.stdout.splitlines()))) == 1 + count


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "user", "--time-zone", "Mars/Olympus"), "the time zone “Mars/Olympus” does not exist"),
        (("import", "user", "-", "--encoding", "klingon"), "the encoding “klingon” does not exist"),
        (("import", "user", "-", "--encoding", "base64"), "the encoding “base64” does not exist"),
    ],
)
def test_an_unknown_zone_or_encoding_is_a_wrong_use(manage: Manage, arguments: tuple[str, ...], words: str) -> None:
    result = manage(*arguments, typed="name\n")

    assert (result.exit_code, words in result.stderr) == (2, True)


# ---- the files that failed


OUTCOMES = {
    "01-posts-blank-rows-by-excel.csv": "2 posts created.",
    "02-trailing-empty-columns.csv": "2 users created.",
    "03-semicolons.csv": "1 user created.",
    "04-sep-line.csv": "1 user created.",
    "05-swapped-emails.csv": "2 users changed.",
    "06-freed-email.csv": "1 user created, 1 user changed.",
    "06b-freed-email-far-apart.csv": "1,101 users created, 1 user changed.",
    "08-largest-id.csv": "Error: Nothing was imported.",
    "09-tabs.csv": "1 user created.",
    "11-leading-blank-lines.csv": "1 user created.",
    "12-crlf-in-cell.csv": "1 post created.",
    "15-windows-1252.csv": "Error: The file is not UTF-8. If “Ada Exämple,ada@example.com” is right, it is Windows-1252: "
    "import it with --encoding windows-1252. If not, save it as “CSV UTF-8” and import it again.",
    "16-cr-line-ends.csv": "2 users created.",
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_file_that_failed_comes_in_or_is_refused_with_the_reason(
    manage: Manage, app: Any, make_user: Make, shared_data: Path, name: str
) -> None:
    with app.app_context():
        db.session.execute(User.__table__.update().values(name="One", email="one@example.com"))
        db.session.commit()
    make_user(name="Two", email="two@example.com")

    result = manage("import", "post" if "post" in name or "cell" in name else "user", shared_data / "faults" / name)

    assert result.output.splitlines()[-1] == OUTCOMES[name]
    with app.app_context():
        assert db.session.scalars(select(Post.content).where(Post.content == "")).all() == []
        assert db.session.scalars(select(User.email).where(User.email.startswith("\x1a"))).all() == []


def test_a_command_that_is_stopped_leaves_nothing_half_written(settings: dict[str, str], tmp_path: Path) -> None:
    files, kept = tmp_path / "files", tmp_path / "kept"
    files.mkdir(), kept.mkdir()
    upgrade(settings["DATABASE_URL"], tmp_path)
    # Whoever reads it waits for somebody to write.
    os.mkfifo(files / "job-1-1")

    backup = begin_with("backup", "create", kept / "admin.backup", env=settings | {"ADMIN_FILES": str(files)})
    end = time.monotonic() + PATIENCE
    while not list(kept.iterdir()):
        assert backup.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    backup.send_signal(signal.SIGTERM)
    code = backup.wait(PATIENCE)

    assert (code, list(kept.iterdir())) == (128 + signal.SIGTERM, [])
