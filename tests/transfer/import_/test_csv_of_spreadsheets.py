"""CSV files from spreadsheets are read as intended, or refused with the reason and a remedy."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from admin_app.errors import TransferError
from admin_app.transfer.import_ import csv_records
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.source import Reading
from admin_app.transfer.import_.titles import is_visible_text

TITLES = {"name", "email", "id"}


def read(content: bytes | str, encoding: str = "") -> tuple[Sequence[str], list[tuple[int, list[str | None]]]]:
    raw = content.encode() if isinstance(content, str) else content
    reading = Reading(encoding=encoding)
    source = open_source(io.BytesIO(raw), lambda title: title.strip().lower() in TITLES, reading, guesses=False)
    return list(source.titles), [(row.number, list(row.cells)) for row in source.rows()]


def refusal(content: bytes | str, encoding: str = "") -> str:
    with pytest.raises(TransferError) as caught:
        read(content, encoding)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "name,email\r\nAda,a@b\r\n",
        "name;email\r\nAda;a@b\r\n",
        "name\temail\nAda\ta@b",
        "name|email\nAda|a@b\n",
        "name,email\rAda,a@b",
        "sep=;\r\nname;email\r\nAda;a@b\r\n",
        '"sep=^"\nname^email\nAda^a@b\n',
        "SEP=\t\nname\temail\nAda\ta@b\n",
        '"name","email"\n"Ada","a@b"\n',
        '"name"; "email"\nAda;a@b\n'.replace("; ", ";"),
        "name,email,,\nAda,a@b,,\n",
        "name,email\nAda,a@b,,\n",
        "name,email\nAda,a@b\n,\n\n \u200b,\ufeff\n",
        "\ufeffname,email\nAda,a@b\n",
        "\ufeffsep=,\nname,email\nAda,a@b\n",
        "name,email\nAda,a@b\n".encode("utf-16"),
        b"\xfe\xff" + "name\temail\nAda\ta@b\n".encode("utf-16-be"),
    ],
)
def test_a_table_is_the_same_however_a_spreadsheet_wrote_it(content: str | bytes) -> None:
    titles, rows = read(content)

    assert (titles, [(number, cells[:2]) for number, cells in rows]) == (["name", "email"], [(2, ["Ada", "a@b"])])


def test_rows_keep_their_numbers_in_the_file() -> None:
    titles, rows = read('\r\n,,\r\n"Name\r\n",email\r\n\r\nAda,"a\r\n\r\nb"\r\n,\r\nBo,\r\n')

    assert titles == ["Name\r\n", "email"]
    assert rows == [(5, ["Ada", "a\r\n\r\nb"]), (7, ["Bo", ""])]


@pytest.mark.parametrize("content", ["", "\r\n", ",,\n", '"",""\n', "sep=;\n", "\ufeff"])
def test_an_empty_file_has_no_titles(content: str) -> None:
    assert read(content) == ([], [])


def test_a_file_in_another_encoding_is_read_if_that_is_chosen() -> None:
    assert read("name\nZoë\n".encode("windows-1252"), "windows-1252") == (["name"], [(2, ["Zoë"])])


@pytest.mark.parametrize(
    ("content", "encoding", "words"),
    [
        (
            "name\nAda\nZoë\n".encode("cp1252"),
            "",
            ("The file is not UTF-8. If “Zoë” is right, it is Windows-1252. If not, save it as “CSV UTF-8” and import it again."),
        ),
        (b"\xe9\n", "", ("The file is not UTF-8. If “é” is right, it is Windows-1252. If not, save it as “CSV UTF-8” and import it again.")),
        (b"name\n\x81\xff\n", "", "The file is not UTF-8. Save it as “CSV UTF-8” and import it again."),
        ("name\nZoë\n", "ascii", "The file is not ascii: line 2 has something else. Save it as “CSV UTF-8” and import it again."),
        (
            "name\n".encode("utf-16-le"),
            "",
            "The file is UTF-16 without a byte order mark.",
        ),
        ('name\n"Ada', "", "This is not CSV from line 2 on: unexpected end of data."),
        ('"name\nAda', "", "This is not CSV from line 2 on: unexpected end of data."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_csv_is_refused_with_the_reason(content: bytes | str, encoding: str, words: str) -> None:
    assert refusal(content, encoding) == words


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "LONGEST_LINE", 100)
    monkeypatch.setattr(csv_records, "_LONG", 50)

    assert refusal("name\n" + "x" * 500) == "Line 2 is longer than 100 characters. Is this a CSV file?"


@pytest.mark.parametrize("text", ["", " \t\r\n", "\ufeff", "\u200b\u200d", "\u00a0\u3000", "\u3164", "\u2800", "\0"])
def test_spaces_and_invisible_letters_are_not_visible(text: str) -> None:
    assert not is_visible_text(text)


@pytest.mark.parametrize("text", ["a", " é", "\u200b0", "😀", "👩\u200d🚀", "-"])
def test_printed_letters_are_visible(text: str) -> None:
    assert is_visible_text(text)
