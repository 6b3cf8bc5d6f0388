"""A file's format is detected from its content; files without a table and hostile files are refused with a message."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_app.errors import TransferError
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.source import Reading
from admin_app.transfer.import_.wrong_rows import write_wrong
from tests.transfer.reading import is_title, opened, read, refusal


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (b"name\nAda\n", "users.xlsx", "csv"),
        (b'[{"name": "Ada"}]', "users.csv", "json"),
        (b'{"name": "Ada"}', "users.txt", "jsonl"),
        (b"[name]\nAda\n", "users.csv", "csv"),
        (b"[\n\n", "", "json"),
        (b"{name},id\n", "", "csv"),
        (b"", "", "csv"),
        (b"", "users.json", "csv"),
    ],
)
def test_the_content_decides_the_format(content: bytes, name: str, found: str) -> None:
    try:
        format_ = opened(content, name).reading.format
    except TransferError as error:
        format_ = "json" if "This is not JSON" in str(error) else ""

    assert format_ == found


def test_a_chosen_format_is_used_for_text() -> None:
    assert opened('{"name"\n1\n', format="csv").reading.format == "csv"
    assert refusal("name\nAda\n", format="json").startswith("This is not JSON from line 1 on.")
    assert opened(workbook(), format="csv").reading.format == "xlsx"


def workbook() -> bytes:
    return b"".join(FORMATS["xlsx"].write(["name"], [["Ada"]], FileOptions(), lambda *_: None))


def test_settings_that_no_form_offers_are_refused() -> None:
    for encoding in ("nonsense", "base64", "rot13"):
        assert refusal("name\n", encoding=encoding) == f"The encoding “{encoding}” does not exist."
    for delimiter in (";;", '"', "\n"):
        assert refusal("name\n", delimiter=delimiter) == (
            "The separator must be one character, and neither a quotation mark nor a line end."
        )
    assert refusal("name\n", titles=-1) == "The file has no row -1 to be the header row."


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7", "a PDF"),
        (gzip.compress(b"name\n", mtime=0), "a compressed file"),
        (b"SQLite format 3\0", "a database"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\n<!DOCTYPE html><table>", "a web page or XML"),
        (b'<?xml version="1.0"?><Workbook>', "a web page or XML"),
        (b"a\0\0\0b\0\0\0,\0\0\0" * 100, "no text"),
        (zipped("readme.txt"), "an archive"),
    ],
)
def test_files_without_a_table_are_refused(content: bytes, what: str) -> None:
    assert (
        refusal(content) == f"This is {what}, not a table. Save the table as CSV, XLSX or JSON, and import that file."
    )


@pytest.mark.parametrize(
    "content", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), zipped("content.xml"), zipped("xl/workbook.bin")]
)
def test_workbooks_of_other_kinds_are_refused(content: bytes) -> None:
    assert refusal(content) == (
        "This is a workbook of another kind than XLSX, or has a password. Save it as XLSX without one, and import that file."
    )


def test_a_reading_opens_the_file_the_same_way_again() -> None:
    for content in (b"Report\nname;id\nA;1\n", workbook(), b'[{"name": 1}]', "name\nZoë\n".encode("cp1252")):
        reading = opened(content).reading

        assert open_source(io.BytesIO(content), lambda _: False, reading).reading == reading


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


REFUSED = {
    "blns.json": 'The file must be a list of objects, like [{"name": "Ada"}], or one object a line.',
    "blns.txt": "This is not CSV from line 176 on: ',' expected after '\"'.",
    **dict.fromkeys(
        ["dummy.xls", "sheets.xls", "test.xls", "test_skip_lines.xls"],
        "This is a workbook of another kind than XLSX, or has a password. Save it as XLSX without one, and import that file.",
    ),
}


def test_every_nasty_file_is_read_or_refused_with_a_sentence(shared_data: Path) -> None:
    refused = {}
    for path in [*files(shared_data / "nasty"), *files(shared_data / "faults")]:
        try:
            list(opened(path.read_bytes(), path.name).rows())
        except TransferError as error:
            refused[path.name] = str(error)

    assert refused == REFUSED


def test_csv_of_every_kind_reads_as_the_json_beside_it(shared_data: Path) -> None:
    folder = shared_data / "nasty" / "csv" / "csv-spectrum"
    for path in sorted((folder / "csvs").iterdir()):
        wanted = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        titles, rows = read(path.read_bytes())
        found = [dict(zip(titles, cells, strict=True)) for _, cells in rows]

        if path.stem not in {"location_coordinates", "newlines_crlf"}:
            assert found == wanted, path.name


@pytest.mark.parametrize(
    ("name", "titles", "row", "cells"),
    [
        ("bad_skip_lines.csv", 4, 7, ["0", "mixed types.... uh oh", "17"]),
        ("test_utf16_big.csv", 1, 3, ["4", "5", "ʤ"]),
        ("test_latin1.csv", 1, 3, ["4", "5", "©"]),
        ("test_no_leading_zeroes.csv", 1, 2, ["01", "00.11", "0.1"]),
        ("mac_newlines.csv", 1, 3, ["Once upon\ra time", "5", "6"]),
        ("realdata/Datagov_FY10_EDU_recp_by_State.csv", 3, 4, ["ALABAMA", "AL", "7738"]),
    ],
)
def test_files_of_csvkit_read_as_a_person_reads_them(
    shared_data: Path, name: str, titles: int, row: int, cells: list[str]
) -> None:
    source = opened((shared_data / "nasty" / "csv" / "csvkit" / name).read_bytes())

    assert source.reading.titles == titles
    assert next(list(one.cells)[:3] for one in source.rows() if one.number == row) == cells


@pytest.mark.parametrize(("name", "sheet"), [("test.xlsx", ""), ("sheets.xlsx", "data"), ("test_skip_lines.xlsx", "")])
def test_workbooks_of_csvkit_read_as_a_person_reads_them(shared_data: Path, name: str, sheet: str) -> None:
    content = (shared_data / "nasty" / "xlsx" / "csvkit" / name).read_bytes()
    rows = [list(row.cells)[:6] for row in opened(content, sheet=sheet).rows()]

    assert rows[0] == ["Chicago Reader", "1971-01-01", "40", "yes", "1", "1971-01-01T04:14:00"]
    assert rows[2][4:] == ["41800000.01", "1920-01-01"]


def test_real_posts_are_the_same_rows_in_every_format_and_encoding(shared_data: Path) -> None:
    source = opened((shared_data / "stackexchange" / "posts.csv").read_bytes())
    encodings = ["utf-8", "utf-16", "windows-1252", "mac-roman", "gb18030"]
    rows = [
        [str(cell).replace("\r\n", "\n") for cell in row.cells]
        for row in source.rows()
        if row.number % 40 == 0 and _fits(str(row.cells[1]), encodings)
    ]
    write = {key: FORMATS[key].write for key in FORMATS}
    options = FileOptions(neutralises=False, cuts_long_text=False)
    made = {key: b"".join(write[key](list(source.titles), rows, options, print)) for key in write}

    assert len(rows) > 100
    for content in (*made.values(), *(made["csv"].decode().encode(one) for one in encodings)):
        assert [cells for _, cells in read(content)[1]] == rows


def _fits(text: str, encodings: list[str]) -> bool:
    return len(text) < 30_000 and all(text.encode(one, "ignore").decode(one) == text for one in encodings)


SEEDS = [
    b'Report\nname;id\nA;1\n"B\nb";2\n',
    "name,id\nZo\u00eb,1\n".encode("utf-16"),
    b'[{"name": "A", "id": 1.5}, {"name": [1], "id": null}]',
    b'{"name": "A"}\n{"name": "B"}\n',
    workbook(),
]


@settings(deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 9), st.binary(max_size=9)), max_size=5),
)
def test_a_randomly_changed_file_is_read_or_refused(seed: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    content = bytearray(seed)
    for place, length, new in changes:
        begin = place % (len(content) + 1)
        content[begin : begin + length] = new
    file = io.BytesIO(bytes(content))

    with suppress(TransferError):
        source = open_source(file, is_title)
        numbers = [row.number for row in source.rows()]
        back = b"".join(write_wrong(file, source.reading, [(number, "wrong") for number in numbers]))
        again = replace(source.reading, sheet="", titles=0)
        assert len(list(open_source(io.BytesIO(back), is_title, again).rows())) == len(numbers)


def test_settings_that_are_left_open_are_detected() -> None:
    assert Reading() == Reading(format="", encoding="", delimiter="", sheet="", titles=0)
