"""With ADMIN_LOG every request is one line; what a proxy calls it is what it is called everywhere."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from admin_app import create_app, logs
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from tests.page import Page

SENT = {"X-Request-ID": "0f8fad5b-d9cb-469f-a165-70867728950e"}


@pytest.fixture
def store() -> str:
    """Stay on one store: the log is written beside it."""
    return "sqlite"


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], list[str]]]:
    """Write logs in a form, and read the lines since."""

    def lines(form: str) -> list[str]:
        logs.set_up(form)
        return capsys.readouterr().err.splitlines()

    yield lines
    logs.set_up("")


def test_a_request_is_one_line_of_json_without_a_value(as_owner: Any, owner: Any, written: Any, make_post: Any) -> None:
    post = make_post(content="garden").id
    as_owner.get("/admin/post/?q=garden")
    written("json")

    answers = [
        as_owner.get(f"/admin/post/edit/?id={post}"),
        as_owner.get("/admin/post/?q=garden"),
        as_owner.get("/no/garden"),
    ]

    lines = [json.loads(line) for line in written("json")]
    told = [(line["id"], line["person"], line["method"], line["route"], line["status"]) for line in lines]
    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert told == [
        (ids[0], owner.id, "GET", "/admin/post/edit/", 200),
        (ids[1], owner.id, "GET", "/admin/post/", 200),
        (ids[2], owner.id, "GET", "-", 404),
    ]
    assert "garden" not in json.dumps(lines)
    assert all(line["statements"] > 0 and 0 < line["database_ms"] < line["ms"] for line in lines)


def test_a_request_is_one_line_of_text(as_nobody: Any, written: Any) -> None:
    written("text")

    as_nobody.get("/sign-in")

    (line,) = written("text")
    facts = r"id=\w{16} person=None method=GET route=/sign-in status=200 ms=[\d.]+ database_ms=[\d.]+ statements=\d+"
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z request {facts}", line)


def test_nothing_is_written_unless_it_is_asked_for(as_nobody: Any, written: Any) -> None:
    written("")

    as_nobody.get("/sign-in")

    assert written("") == []


def test_warnings_of_libraries_are_json_too(written: Any) -> None:
    written("json")

    try:
        raise ValueError("wrong")  # noqa: EM101, TRY301 -- to be caught two lines below
    except ValueError:
        logging.getLogger("huey").exception("no work")

    (line,) = [json.loads(one) for one in written("json")]
    assert (line["level"], line["logger"], line["message"]) == ("error", "huey", "no work")
    assert line["exception"].endswith("ValueError: wrong")


def test_text_with_spaces_stands_in_quotation_marks(written: Any) -> None:
    written("text")

    logs.write(logs.CHANGES, "change", reason='a "b"\nc', fields=["email", "name"], resource="")

    assert [line.partition(" change ")[2] for line in written("text")] == [
        r'reason="a \"b\"\nc" fields=email,name resource=""'
    ]


def test_name_from_a_believed_proxy_is_the_requests_name_in_header_history_and_on_error_pages(
    as_owner: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROXIES", 1)

    saved = as_owner.post_form("/admin/user/new/", {"name": "Ann", "email": "ann@example.com"}, headers=SENT)
    lost = Page(as_owner.get("/admin/nowhere/", headers=SENT))

    with app.app_context():
        noted = db.session.scalars(db.select(ChangeSet.request_id).order_by(ChangeSet.id.desc())).first()
    assert (saved.headers["X-Request-ID"], noted, lost.all("code")[0].text) == (SENT["X-Request-ID"],) * 3


@pytest.mark.parametrize(("proxies", "sent"), [("0", SENT["X-Request-ID"]), ("1", "a b c d e f g h"), ("1", "x" * 37)])
def test_other_names_are_replaced(proxies: str, sent: str, tmp_path: Path) -> None:
    client = create_app({"ADMIN_PROXIES": proxies}, instance_path=str(tmp_path)).test_client()

    given = client.get("/health", headers={"X-Request-ID": sent}).headers["X-Request-ID"]

    assert re.fullmatch(r"[0-9a-f]{16}", given)
