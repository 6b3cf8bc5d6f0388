"""`manage.py run`: what it prints and serves, how it ends, and what stops its start."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from admin_app import create_app
from admin_app.extensions import db
from tests.cli.serving import PATIENCE, QUICKLY, Served, free_port, sign_in, stop, upgrade

Run = Callable[..., Any]


def test_run_prints_its_address_and_a_link_that_makes_the_first_owner(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    served = serve()
    assert served.process.stdout
    printed = [served.process.stdout.readline() for _ in range(2)]
    address = f"http://127.0.0.1:{served.port}/"
    link = re.search(rf"{re.escape(address)}(set-up/\w{{40}})\n", printed[1])
    assert link

    home, set_up = served.get("/"), served.get(f"/{link[1]}")
    page = set_up.read()
    code, took, left = stop(served, signal.SIGTERM)

    assert printed[0] == f"The dashboard is at {address}  (Ctrl-C stops it)\n"
    assert f"{(tmp_path / 'admin.db.address').read_text(encoding='utf-8')}/" == address
    assert (home.status, home.headers["Location"]) == (302, "/admin/")
    assert (set_up.status, b"</form>" in page) == (200, True)
    assert (code, left) == (0, [])
    assert took < QUICKLY
    assert "Traceback" not in "\n".join(served.printed)


def test_no_link_is_printed_once_somebody_has_an_account(
    serve: Callable[..., Served], settings: dict[str, str], tmp_path: Path
) -> None:
    upgrade(settings["DATABASE_URL"], tmp_path)
    sign_in(settings, tmp_path, [{"content": "x"}])

    served = serve()
    stop(served, signal.SIGTERM)

    assert "The dashboard is at" in served.printed[0]
    assert "set-up" not in "\n".join(served.printed)


def test_ctrl_c_stops_quickly_even_while_somebody_does_not_read_a_download(
    serve: Callable[..., Served], settings: dict[str, str], tmp_path: Path
) -> None:
    # So long it would wait for the reader alone.
    served = serve("--patience", str(10 * QUICKLY))
    cookie = sign_in(settings, tmp_path, [{"content": "word " * 200}] * 12_000)
    unread = served.get("/admin/post/export/csv/", Cookie=cookie)

    code, took, left = stop(served, signal.SIGINT)

    assert unread.status == 200
    assert (code, left) == (0, [])
    assert took < QUICKLY


def test_a_download_that_fails_half_way_is_broken_off(
    serve: Callable[..., Served], settings: dict[str, str], tmp_path: Path
) -> None:
    served = serve()
    cookie = sign_in(settings, tmp_path, [{"content": f"{number} " + "word " * 40} for number in range(2000)])
    whole = served.get("/admin/post/export/csv/?sort=id", Cookie=cookie).read()
    app = create_app(settings, instance_path=str(tmp_path))
    with app.app_context():
        # What a damaged file or a foreign program could have written: this is no UTF-8.
        db.session.execute(db.text("UPDATE post SET content = CAST(x'ff' AS TEXT) WHERE id = 1500"))
        db.session.commit()
        db.engine.dispose()

    broken = served.get("/admin/post/export/csv/?sort=id", Cookie=cookie)
    with pytest.raises(http.client.IncompleteRead) as caught:
        broken.read()
    other = served.get("/sign-in").status
    stop(served, signal.SIGTERM)

    assert whole.count(b"\r\n") == 2001
    assert broken.status == 200
    assert len(caught.value.partial) > 64_000
    assert whole.startswith(caught.value.partial)
    assert other == 200


def test_a_client_that_takes_nothing_is_given_up_and_holds_no_connection(
    serve: Callable[..., Served], settings: dict[str, str], tmp_path: Path
) -> None:
    # Gunicorn ends a process that says nothing for as long: a busy machine needs more than a second.
    served = serve("--patience", "4", "--workers", "1", "--threads", "1", "--jobs", "0")
    cookie = sign_in(settings, tmp_path, [{"content": f"{number} " + "word " * 200} for number in range(12_000)])
    unread = served.get("/admin/post/export/csv/", Cookie=cookie)

    # There is one thread: whoever asks now is answered when it is free again.
    status = served.get("/admin/post/", Cookie=cookie).status

    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        unread.read()
    assert status == 200


# ---- what stops the start


def test_a_port_that_is_taken_stops_the_start_with_a_message(run_manage: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run_manage("run", "--port", taken.getsockname()[1])

    text = result.stdout + result.stderr
    assert result.returncode == 1
    assert "Traceback" not in text
    assert result.stderr.splitlines()[-1].startswith("Error: ")


def test_run_refuses_a_port_that_does_not_exist_as_a_wrong_use(run_anew: Run) -> None:
    assert run_anew("run", "--port", "70000").returncode == 2


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL must be sqlite or postgresql, not mysql."),
        ("ADMIN_SECRET_KEY", "changeme", "ADMIN_SECRET_KEY must be 32 or more random characters: leave it empty to have one created."),
        ("ADMIN_SESSION_HOURS", "0", "ADMIN_SESSION_HOURS must be between 1 and 720 hours."),
        ("ADMIN_HTTPS", "maybe", "ADMIN_HTTPS must be 1 or 0."),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_with_one_line(run_anew: Run, setting: str, value: str, message: str) -> None:
    result = run_anew("run", **{setting: value})

    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"Error: {message}\n")


def test_a_setting_that_names_no_role_stops_the_start(run_manage: Run) -> None:
    result = run_manage("run", "--port", "0", ADMIN_TWO_FACTOR="king")

    words = "Error: ADMIN_TWO_FACTOR names a role that does not exist: king. Choose from: editor, owner, viewer."
    assert (result.returncode, result.stdout, result.stderr.splitlines()[-1]) == (1, "", words)


@pytest.mark.parametrize("command", [["staff", "list"], ["demo"], ["export", "user"]])
def test_a_database_without_tables_is_refused_with_what_to_do(run_anew: Run, command: list[str]) -> None:
    result = run_anew(*command)

    assert (result.returncode, "Traceback" in result.stderr) == (1, False)
    assert "manage.py db upgrade" in result.stderr


def test_a_database_that_does_not_answer_is_refused_in_a_few_lines(run_anew: Run) -> None:
    result = run_anew("staff", "list", DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/x")

    assert (result.returncode, "Traceback" in result.stderr) == (1, False)
    assert result.stderr.startswith("Error: ")


def test_a_server_that_is_to_stop_says_that_it_is_not_ready_and_serves_on(serve: Callable[..., Served]) -> None:
    served = serve("--drain", "300", "--jobs", "0")

    served.process.send_signal(signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    while served.get("/health/ready").status == 200:
        assert time.monotonic() < until
        time.sleep(0.1)

    assert (served.get("/health/live").status, served.get("/sign-in").status) == (200, 200)
