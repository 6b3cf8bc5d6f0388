"""How a file is read: detected, shown with its first rows, and corrected by the person."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from werkzeug.datastructures import MultiDict

from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.jobs.uploads import GONE
from admin_app.models.upload import Upload
from admin_app.panel.import_.reading_page import NO_NUMBER, sent_reading
from admin_app.transfer.import_.source import Reading
from tests.page import Page
from tests.panel.import_.sending import USERS, columns_url, sent, source_url, uploads_of, values

LATIN = "Name;Email\nZoë;zoe@example.com\n".encode("windows-1252")
TITLED = b"Report of 2026,\nName,Email\nAnn,ann@example.com\n"


def read_as(client: Any, upload_id: int, **reading: str) -> Any:
    form = {**values(client, source_url(upload_id)), **{f"reading.{name}": value for name, value in reading.items()}}
    return client.post_form(source_url(upload_id), form)


def cells(client: Any, upload_id: int) -> list[str]:
    return Page(client.get(source_url(upload_id))).texts("td")


def test_the_page_says_how_the_file_is_read_and_shows_its_first_rows(as_editor: Any) -> None:
    rows = b"".join(b"User %d,user%d@example.com\n" % (number, number) for number in range(9))
    upload_id = sent(as_editor, b"Name,Email\n" + rows)

    page = Page(as_editor.get(source_url(upload_id)))

    assert page.texts(class_="page-head__result") == ["users.csv, 236 bytes"]
    assert page.texts("th", scope="col") == ["Row", "Name", "Email"]
    assert page.texts("th", scope="row") == ["2", "3", "4", "5", "6"]
    assert page.texts("td")[:2] == ["User 0", "user0@example.com"]
    assert values(as_editor, source_url(upload_id)) == {
        "reading.format": "csv",
        "reading.delimiter": ",",
        "reading.encoding": "utf-8",
        "reading.titles": "1",
    }


def test_another_encoding_is_found_and_may_be_changed(as_editor: Any, app: Flask) -> None:
    upload_id = sent(as_editor, LATIN)
    found = cells(as_editor, upload_id)

    response = read_as(as_editor, upload_id, encoding="windows-1251")

    assert (response.status_code, response.location) == (303, source_url(upload_id))
    assert (found, cells(as_editor, upload_id)) == (["Zoë", "zoe@example.com"], ["Zoл", "zoe@example.com"])
    assert uploads_of(app)[0].reading["encoding"] == "windows-1251"


def test_a_wrong_setting_is_reported_at_its_control_and_not_stored(as_editor: Any, app: Flask) -> None:
    upload_id = sent(as_editor, LATIN)
    before = uploads_of(app)[0].reading

    response = read_as(as_editor, upload_id, encoding="utf-8")

    page = Page(response)
    assert (response.status_code, len(page.summary)) == (422, 1)
    assert page.error_of("reading.encoding") == page.summary[0]
    assert page.values("import-reading")["reading.encoding"] == "utf-8"
    assert page.texts("td") == ["Zoë", "zoe@example.com"]
    assert uploads_of(app)[0].reading == before


def test_rows_above_the_titles_are_said_to_be_left_out(as_editor: Any) -> None:
    upload_id = sent(as_editor, TITLED)

    page = Page(as_editor.get(source_url(upload_id)))
    by_hand = read_as(as_editor, upload_id, titles="1")

    assert page.texts("p", class_="note") == ["1 row above the header row was left out."]
    assert page.texts("td") == ["Ann", "ann@example.com"]
    assert by_hand.status_code == 303
    assert Page(as_editor.get(source_url(upload_id))).texts("th", scope="col")[1] == "Report of 2026"


@pytest.mark.parametrize("typed", ["", "first", "-1", "99999", "٣"])
def test_a_row_of_titles_is_a_number(as_editor: Any, typed: str) -> None:
    upload_id = sent(as_editor)

    response = read_as(as_editor, upload_id, titles=typed)

    page = Page(response)
    assert (response.status_code, page.error_of("reading.titles")) == (422, NO_NUMBER)
    assert page.values("import-reading")["reading.titles"] == typed


@pytest.mark.parametrize(
    ("sent_pairs", "expected"),
    [
        ({}, Reading("csv", "utf-8", ";", "", 3)),
        ({"encoding": "mac-roman"}, Reading("csv", "mac-roman", "", "", 0)),
        ({"encoding": "mac-roman", "delimiter": ","}, Reading("csv", "mac-roman", ",", "", 0)),
        ({"delimiter": ",", "titles": "2"}, Reading("csv", "utf-8", ",", "", 2)),
        ({"format": "json"}, Reading("json", "", "", "", 0)),
        ({"sheet": "Two"}, Reading("csv", "utf-8", "", "Two", 0)),
    ],
)
def test_settings_that_depend_on_a_changed_one_are_detected_again(
    sent_pairs: dict[str, str], expected: Reading
) -> None:
    before = Reading("csv", "utf-8", ";", "", 3)
    form = MultiDict({f"reading.{name}": value for name, value in sent_pairs.items()})

    assert sent_reading(form, before) == expected


def test_going_on_leads_to_the_columns(as_editor: Any) -> None:
    upload_id = sent(as_editor)
    form = {**values(as_editor, source_url(upload_id)), "columns": "1"}

    response = as_editor.post_form(source_url(upload_id), form)

    assert (response.status_code, response.location) == (303, columns_url(upload_id))


def test_a_file_without_rows_goes_no_further(as_editor: Any) -> None:
    upload_id = sent(as_editor, b"Name,Email\n")
    form = {**values(as_editor, source_url(upload_id)), "columns": "1"}

    page = Page(as_editor.get(source_url(upload_id)))
    response = as_editor.post_form(source_url(upload_id), form)

    assert page.texts("p", class_="error") == ["The file has no rows below its header row."]
    assert "Continue to columns" not in page.texts("button")
    assert response.location == source_url(upload_id)


def test_hostile_names_titles_and_cells_are_shown_as_text_and_cut(as_editor: Any) -> None:
    title, cell = "<script>alert(1)</script>", "\u202e<img src=x>" + "y" * 10_000
    content = f"{title},{'t' * 10_000},Name\n{cell},\0,אבג\n".encode()
    upload_id = sent(as_editor, content, "<b>\u202e" + "n" * 10_000)

    response = as_editor.get(source_url(upload_id))

    page = Page(response)
    assert page.texts("th", scope="col") == ["Row", title, "t" * 59 + "…", "Name"]
    assert page.texts("td")[0] == ("\u202e<img src=x>" + "y" * 40)[:39] + "…"
    assert page.texts("td")[2] == "אבג"
    assert page.texts("bdi", class_="import-name") == [("<b>" + "n" * 200)[:200]]
    assert (page.all("script", src=""), "y" * 50 in response.text) == ([], False)


@pytest.mark.parametrize("url", [source_url, columns_url])
def test_an_upload_is_its_owners_alone(as_editor: Any, as_owner: Any, url: Any) -> None:
    upload_id = sent(as_editor)

    mine, theirs = as_editor.get(url(upload_id)), as_owner.get(url(upload_id))
    elsewhere = as_editor.get(url(upload_id, "post"))

    assert [one.status_code for one in (mine, theirs, elsewhere)] == [200, 404, 404]


@pytest.mark.parametrize("url", [source_url, columns_url])
def test_an_upload_that_has_expired_is_not_there(as_editor: Any, app: Flask, url: Any) -> None:
    upload_id = sent(as_editor)
    with app.app_context():
        db.session.get_one(Upload, upload_id).expires_at = utc_now() - timedelta(seconds=1)
        db.session.commit()

    assert as_editor.get(url(upload_id)).status_code == 404


def test_a_file_that_is_gone_is_to_be_sent_again(
    as_editor: Any, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FILES", str(tmp_path))
    upload_id = sent(as_editor, USERS)
    for path in tmp_path.iterdir():
        path.unlink()

    for url in (source_url(upload_id), columns_url(upload_id)):
        response = as_editor.get(url)

        assert (response.status_code, response.location) == (303, "/admin/user/import/")
        assert Page(as_editor.get(response.location)).notice.endswith(GONE)


def workbook(**sheets: list[list[object]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_sheet_of_a_workbook_is_chosen(as_editor: Any) -> None:
    content = workbook(Users=[["Name", "Email"], ["Ann", "ann@example.com"]], Old=[["Year", 2025], ["Name"], ["Bob"]])
    upload_id = sent(as_editor, content, "users.csv")
    found = values(as_editor, source_url(upload_id))

    response = read_as(as_editor, upload_id, sheet="Old", titles="2")

    page = Page(as_editor.get(source_url(upload_id)))
    assert (found["reading.format"], found["reading.sheet"]) == ("xlsx", "Users")
    assert [one.text for one in page.all("select", id="reading.sheet")[0].all("option")] == ["Users", "Old"]
    assert (response.status_code, page.texts("th", scope="col"), page.texts("td")) == (303, ["Row", "Name"], ["Bob"])


@pytest.mark.parametrize(
    "content",
    [b'[{"name": "Ann", "email": null}, {"name": "Bob"}]', b'{"name": "Ann", "email": null}\n{"name": "Bob"}\n'],
)
def test_objects_of_json_are_rows(as_editor: Any, content: bytes) -> None:
    upload_id = sent(as_editor, content, "users.json")

    page = Page(as_editor.get(source_url(upload_id)))

    assert page.texts("th", scope="col") == ["Row", "name", "email"]
    assert page.texts("td") == ["Ann", "(empty)", "Bob", "—No value"]
    assert "Header row" not in page.texts("label")
