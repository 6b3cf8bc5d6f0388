"""The upload page of an import: what it explains, which files it refuses and why, and who may upload one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from admin_app.config import MAX_BODY_BYTES
from admin_app.extensions import db
from admin_app.jobs import uploads
from admin_app.jobs.files import UPLOADS, files_of
from admin_app.models.staff import StaffSession
from admin_app.panel.import_.upload_page import BOTH, NOTHING
from admin_app.web.form_parser import MEGABYTE, Body
from tests.page import Page
from tests.panel.import_.sending import PICTURE, USERS, paste, send, source_url, uploads_of
from tests.stores import both_stores

URL = "/admin/user/import/"
NO_TABLE = "This is a picture, not a table. Save the table as CSV, XLSX or JSON, and import that file."


@pytest.fixture(params=["folder", "database"])
def place(request: pytest.FixtureRequest, app: Flask, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Keep files in a new folder, then in the database."""
    monkeypatch.setitem(app.config, "FILES", str(tmp_path / "files") if request.param == "folder" else "database")
    return str(request.param)


class Counting(io.RawIOBase):
    """A body that is read, and how much of it was; without an end of its own."""

    def __init__(self, beginning: bytes) -> None:
        self.left, self.taken = io.BytesIO(beginning), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        room = memoryview(buffer)
        piece = self.left.read(len(room)) or b"x" * len(room)
        room[: len(piece)] = piece
        self.taken += len(piece)
        return len(piece)


def multipart(token: str) -> bytes:
    """Begin a body: the token, then a file that does not end."""
    return (
        f'--B\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--B\r\n'
        'Content-Disposition: form-data; name="file"; filename="users.csv"\r\nContent-Type: text/csv\r\n\r\n'
    ).encode()


def stream(client: Any, body: Counting, **environ: Any) -> Any:
    environ = {"CONTENT_TYPE": "multipart/form-data; boundary=B", "wsgi.input": body, **environ}
    return client.post(URL, environ_overrides=environ)


def test_the_page_says_the_limits_and_where_to_begin(as_editor: Any) -> None:
    page = Page(as_editor.get(URL))

    assert page.heading == "Import users"
    assert page.texts(id="file-hint") == [
        "CSV, Excel (XLSX), JSON or JSON Lines, up to 100 MB. The first row names the columns."
    ]
    assert page.link("CSV") == "/admin/user/import/template.csv"
    assert page.link("Excel") == "/admin/user/import/template.xlsx"
    assert page.link("export them") == "/admin/user/export/"


@both_stores
def test_a_file_is_kept_and_leads_to_how_it_is_read(place: str, as_editor: Any, editor: Any, app: Flask) -> None:
    response = send(as_editor)

    kept = uploads_of(app)
    assert place
    assert (response.status_code, response.location) == (303, source_url(kept[0].id))
    assert [(one.staff_id, one.resource, one.file_name, one.size, one.sha256) for one in kept] == [
        (editor.id, "user", "users.csv", len(USERS), hashlib.sha256(USERS).hexdigest())
    ]
    assert kept[0].reading == {"format": "csv", "encoding": "utf-8", "delimiter": ",", "sheet": "", "titles": 1}


def test_pasted_rows_are_a_file_too(as_editor: Any) -> None:
    response = paste(as_editor, "Name\tEmail\r\nZoë\tzoe@example.com\r\n")

    page = Page(as_editor.get(response.location))
    assert page.texts(class_="page-head__result") == ["Pasted rows, 34 bytes"]
    assert page.texts("td") == ["Zoë", "zoe@example.com"]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("sent", "control", "problem"),
    [
        ((b"", "", ""), "file", NOTHING),
        ((b"", "", " \r\n"), "file", NOTHING),
        ((USERS, "users.csv", "Name"), "text", BOTH),
        ((PICTURE, "users.csv", ""), "file", NO_TABLE),
        ((b"", "empty.csv", ""), "file", "The file is empty."),
        ((b"\n\n", "blank.csv", ""), "file", "The file is empty."),
        ((b"a," * 600, "wide.csv", ""), "file", "The file has 600 columns. An import takes 500 at most."),
        ((b"", "", "<!doctype html><p>"), "text", "This is a web page or XML, not a table. Save the table as CSV, XLSX or JSON, and import that file."),
    ],
)  # fmt: skip
def test_an_unreadable_file_is_refused_in_a_sentence_and_not_stored(
    as_editor: Any, app: Flask, sent: tuple[bytes, str, str], control: str, problem: str
) -> None:
    content, name, text = sent
    response = send(as_editor, content, name, text=text)

    page = Page(response)
    with app.app_context():
        is_gone = files_of(UPLOADS).gone({(1, uploads.ATTEMPT)}) != set()
    assert (response.status_code, page.title.startswith("Error: "), page.summary) == (422, True, [problem])
    assert page.error_of(control) == problem
    assert page.values()["text"] == text
    assert (uploads_of(app), is_gone) == ([], True)


def test_pasted_text_survives_a_stale_token(as_editor: Any, app: Flask) -> None:
    response = as_editor.post(URL, data={"csrf_token": "old", "text": "Name\r\nAnn"})

    page = Page(response)
    assert (response.status_code, page.values()["text"], uploads_of(app)) == (400, "Name\r\nAnn", [])


def test_pasted_text_survives_the_end_of_a_session(as_editor: Any, password: str, app: Flask) -> None:
    token = as_editor.token_of(URL)
    with app.app_context():
        db.session.execute(db.delete(StaffSession))
        db.session.commit()

    signed_out = as_editor.post(URL, data={"csrf_token": token, "text": "Name\r\nAnn"})
    form = {"email": "edgar@example.com", "password": password}
    back = as_editor.post_form(signed_out.location, form)

    assert signed_out.location.startswith("/sign-in?next=")
    assert Page(as_editor.get(back.location)).values()["text"] == "Name\r\nAnn"


# ---- limits


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    as_editor: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "UPLOAD_MB", 20)
    body = Counting(multipart(as_editor.token_of(URL)))

    response = stream(as_editor, body, CONTENT_LENGTH=str(21 * MEGABYTE))

    page = Page(response)
    assert (response.status_code, body.taken) == (413, 0)
    assert page.heading == "This file is too large"
    assert page.texts("p", within="main")[0] == "It is larger than 20 MB, so it was not read. Nothing was saved."
    assert page.link("Choose another file") == URL


def test_a_file_that_does_not_say_how_large_it_is_is_read_up_to_the_limit(
    as_editor: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "UPLOAD_MB", 20)
    body = Counting(multipart(as_editor.token_of(URL)))

    response = stream(as_editor, body, CONTENT_LENGTH="", **{"wsgi.input_terminated": True})

    assert (response.status_code, body.taken <= 21 * MEGABYTE, uploads_of(app)) == (413, True, [])


def test_a_file_beyond_a_small_limit_is_refused_at_its_field(
    as_editor: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "UPLOAD_MB", 1)

    response = send(as_editor, b"Name\n" + b"x" * MEGABYTE)

    assert (response.status_code, Page(response).error_of("file")) == (422, "The file is larger than 1 MB.")
    assert uploads_of(app) == []


@pytest.mark.parametrize("person", ["nobody", "viewer"])
def test_a_person_without_the_right_has_the_size_limit_of_other_forms(
    person: str, request: pytest.FixtureRequest, app: Flask
) -> None:
    client = request.getfixturevalue(f"as_{person}")
    client.get("/sign-in")
    body = Counting(multipart("none"))

    response = stream(client, body, CONTENT_LENGTH=str(MAX_BODY_BYTES + 1))

    assert (response.status_code, body.taken, uploads_of(app)) == (413, 0, [])


def test_a_file_for_a_form_without_files_is_discarded(app: Flask) -> None:
    with app.test_request_context():
        found = Body({})._get_file_stream(None, "text/csv", "users.csv")

    assert (found.write(b"x" * 1000), found.read()) == (1000, b"")


def test_pasted_text_has_the_size_limit_of_other_forms(as_editor: Any) -> None:
    body = Counting(b"text=")
    environ = {"CONTENT_LENGTH": str(MAX_BODY_BYTES + 1), "CONTENT_TYPE": "application/x-www-form-urlencoded"}

    response = stream(as_editor, body, **environ)

    page = Page(response)
    assert (response.status_code, body.taken, page.heading) == (413, 0, "This text is too large")


def test_a_form_with_a_file_has_few_fields(as_editor: Any, app: Flask) -> None:
    token = as_editor.token_of(URL)
    data = {"csrf_token": token, **{f"field{number}": "" for number in range(30)}, "file": (io.BytesIO(USERS), "a.csv")}

    response = as_editor.post(URL, data=data, content_type="multipart/form-data")

    assert (response.status_code, uploads_of(app)) == (413, [])


def test_a_second_file_is_ignored(as_editor: Any, app: Flask) -> None:
    token = as_editor.token_of(URL)
    files = [(io.BytesIO(USERS), "one.csv"), (io.BytesIO(USERS), "two.csv")]

    response = as_editor.post(URL, data={"csrf_token": token, "file": files}, content_type="multipart/form-data")

    assert (response.status_code, [one.file_name for one in uploads_of(app)]) == (303, ["one.csv"])


# ---- rights


@pytest.mark.parametrize(
    ("rights", "status", "said"),
    [
        (["import", "list"], 403, None),
        (["create", "edit", "list"], 403, None),
        (["import", "create", "list"], 200, ["You can add users, but not change existing ones."]),
        (["import", "edit", "list"], 200, ["You can change existing users, but not add new ones."]),
        (["import", "create", "edit", "list"], 200, []),
    ],
)
def test_what_a_file_may_do_is_what_the_person_may(
    client_with: Callable[..., Any], rights: list[str], status: int, said: list[str] | None
) -> None:
    client = client_with(*(f"user:{one}" for one in rights))

    response = client.get(URL)
    listed = Page(client.get("/admin/user/"))

    assert (response.status_code, listed.has_link("Import users")) == (status, status == 200)
    assert said is None or Page(response).texts("p", class_="note") == said


@pytest.mark.parametrize("resource", ["staff", "role"])
def test_a_resource_that_judges_records_cannot_import(as_owner: Any, resource: str) -> None:
    assert as_owner.get(f"/admin/{resource}/import/").status_code == 403
    assert not Page(as_owner.get(f"/admin/{resource}/")).has_link("Import")


def test_the_list_and_its_export_lead_to_the_import(as_editor: Any) -> None:
    listed = Page(as_editor.get("/admin/post/?q=bike"))
    exported = Page(as_editor.get("/admin/post/export/?q=bike"))

    assert listed.link("Import") == "/admin/post/import/?url=/admin/post/?q%3Dbike"
    assert exported.link("import it").startswith("/admin/post/import/?url=/admin/post/?q%3Dbike")


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        (["create", "edit"], b'"ID",Name,Email\r\n,Text,name@example.com\r\n'),
        (["create"], b"Name,Email\r\nText,name@example.com\r\n"),
    ],
)
def test_a_template_has_the_columns_that_the_person_may_fill_in(
    client_with: Callable[..., Any], rights: list[str], expected: bytes
) -> None:
    client = client_with("user:list", "user:import", *(f"user:{one}" for one in rights))

    response = client.get("/admin/user/import/template.csv")

    assert (response.data, response.headers["Content-Disposition"]) == (
        expected,
        'attachment; filename="user-import.csv"',
    )
    assert client.get("/admin/user/import/template.exe").status_code == 404


@pytest.mark.parametrize("key", ["csv", "xlsx"])
def test_a_template_can_be_imported(as_editor: Any, key: str) -> None:
    template = as_editor.get(f"/admin/user/import/template.{key}").data

    response = send(as_editor, template, f"template.{key}")

    page = Page(as_editor.get(response.location))
    assert page.texts("td") == ["(empty)", "Text", "name@example.com"]
