"""Wrong rows are returned in the file's own format, byte for byte, and can be imported again."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.import_ import raw_records
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.wrong_rows import write_wrong
from tests.transfer.reading import is_title, opened, read


def given_back(content: bytes | str, *wrong: tuple[int, str]) -> bytes:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    source = open_source(file, is_title)
    return b"".join(write_wrong(file, source.reading, wrong))


def test_the_records_of_a_csv_file_come_back_as_they_are() -> None:
    content = (
        '\ufeffsep=;\r\nReport\r\n\r\n"na""me";Email;id\r\n"Ad;a" x;;1\r\n\r\nBo;"y\nz"\r\nCy;1;2;3\nDi;2;3'.replace(
            '"Ad;a" x', '"Ad;a"'
        )
    )

    assert given_back(
        content, (4, "Email (empty)."), (6, "“Bo,y…”: it has 2 cells."), (7, "a"), (7, "b"), (8, 'a "c"')
    ).decode() == (
        '\ufeffsep=;\r\nerror;"na""me";Email;id\r\n"Email (empty).";"Ad;a";;1\r\n"“Bo,y…”: it has 2 cells.";Bo;"y\nz"\r\n'
        '"a b";Cy;1;2;3\n"a ""c""";Di;2;3\r\n'
    )


def test_sentences_from_an_earlier_attempt_are_replaced() -> None:
    once = given_back("name,id\nAda,x\nBo,y\nCy,z\n", (2, "x, no number"), (3, "y"), (4, "z"))

    assert given_back(once, (2, "still"), (4, "too")) == b'error,name,id\n"still",Ada,x\n"too",Cy,z\n'


def test_a_sentence_that_a_spreadsheet_saved_without_quotes_is_replaced_too() -> None:
    assert given_back("error,name\nbad,Ada\n,Bo\n", (2, "x"), (3, "y")) == b'error,name\n"x",Ada\n"y",Bo\n'


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252", "mac-roman"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_and_line_ends_stay(encoding: str, end: str) -> None:
    content = end.join(["name,id", "Jürgen Größe,x", "Zoë Müller,2", "Jörg Weiß,z", ""]).encode(encoding)

    assert given_back(content, (2, "x"), (4, "y")).decode(encoding) == end.join(
        ["error,name,id", '"x",Jürgen Größe,x', '"y",Jörg Weiß,z', ""]
    )


def test_different_bytes_for_the_same_text_come_back_unchanged() -> None:
    # Shift-JIS of NEC's has two codes for one sign.
    content = b"name\n" + "山田太郎".encode("cp932") + b"\xfa\x54\n" + "佐藤花子スズキ\n".encode("cp932")

    assert given_back(content, (2, "x")) == b'error,name\n"x",' + "山田太郎".encode("cp932") + b"\xfa\x54\n"


def test_a_sentence_is_written_as_far_as_the_encoding_has_letters() -> None:
    content = "name\nΝίκος Παππάς\nΛουκάς Παππάς\n".encode("cp1253")  # noqa: RUF001 -- Greek letters are meant

    assert (
        given_back(content, (2, 'the “x” and "ł"'))
        .decode("cp1253")
        .splitlines()[1]
        .startswith('"the \'x\' and ""?""",')
    )


def test_without_wrong_rows_only_the_titles_come_back() -> None:
    assert given_back("name,id\nAda,1\n") == b"error,name,id\n"
    assert given_back("name,id", (7, "no such row")) == b"error,name,id\r\n"
    assert given_back("") == b""


def test_a_file_that_is_cut_anywhere_comes_back_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    content = 'name,id\r\n"A\r\nda",x\r\nBo,y\rCy,z\n'
    found = set()
    for size in (1, 2, 3, 5, 1000):
        monkeypatch.setattr(raw_records, "_CHUNK", size)
        found.add(given_back(content, (2, "a"), (3, "b"), (4, "c")))

    assert found == {b'error,name,id\r\n"a","A\r\nda",x\r\n"b",Bo,y\r"c",Cy,z\n'}


def xlsx(*rows: list[Any]) -> bytes:
    return b"".join(FORMATS["xlsx"].write(rows[0], rows[1:], FileOptions(), lambda *_: None))


def test_the_cells_of_a_sheet_come_back_as_they_were_typed() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 123457)  # noqa: DTZ001 -- a cell has no zone
    content = xlsx(["name", "id"], ["Ada", "007"], [moment, 1.5], [date(2026, 1, 2), True], [None, 12])

    once = given_back(content, (2, "a"), (3, "b"), (4, "c"), (5, "d"))
    again = given_back(once, (3, "e"), (5, "f"))

    assert read(once) == (
        ["error", "name", "id"],
        [(2, ["a", "Ada", "007"]), (3, ["b", "2026-01-02T03:04:05.123457", "1.5"]), (4, ["c", "2026-01-02", "yes"]), (5, ["d", "", "12"])],
    )  # fmt: skip
    assert read(again) == (
        ["error", "name", "id"],
        [(2, ["e", "2026-01-02T03:04:05.123457", "1.5"]), (3, ["f", "", "12"])],
    )


def test_a_row_of_a_sheet_that_is_too_long_keeps_its_cells() -> None:
    import openpyxl  # noqa: PLC0415 -- for this test only

    book = openpyxl.Workbook()
    for cells in (["name"], ["Ada", None, "more"], ["#REF!"]):
        book.active.append(cells)  # type: ignore[union-attr] # a new workbook has a sheet
    book.active["A3"].data_type = "e"  # type: ignore[union-attr,index]
    file = io.BytesIO()
    book.save(file)

    rows = opened(given_back(file.getvalue(), (2, "too long"), (3, "an error"))).rows()

    assert [row.cells for row in rows] == [["too long", "Ada", "", "more"], ["an error", "#REF!"]]


def test_objects_come_back_with_one_more_key() -> None:
    content = '[{"name": "A", "id": 1.10},  {"name":\n[1]}, { }, 5]'
    wrong = [(1, 'a "b"'), (2, "l"), (3, "e"), (4, "no")]

    once = given_back(content, *wrong).decode()

    assert once == (
        '[\n{"error": "a \\"b\\"", "name": "A", "id": 1.10},\n{"error": "l", "name":\n[1]},\n{"error": "e"},\n'
        '{"error": "no", "row": 5}\n]\n'
    )
    assert given_back(once, (1, "new"), (3, "newer")).decode() == (
        '[\n{"error": "new", "name": "A", "id": 1.10},\n{"error": "newer"}\n]\n'
    )


def test_an_error_key_further_back_is_replaced() -> None:
    assert given_back('[{"name": "é", "error": "mine"}]', (1, "x")).decode() == '[\n{"error": "x", "name": "é"}\n]\n'


def test_lines_of_json_come_back_as_lines() -> None:
    content = '\ufeff{"name":"A"}\n{"name":"é"}\n'.encode()

    assert given_back(content, (2, "x")).decode() == '\ufeff{"error": "x", "name":"é"}\n'


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=5),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([0, 1]),
)
def test_any_rows_come_back_and_read_as_before(rows: list[list[str]], delimiter: str, quoting: int) -> None:
    import csv  # noqa: PLC0415 -- for this test only

    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type] # minimal or all
    writer.writerows([["name", "id"], *rows])
    content = text.getvalue()
    before = list(opened(content, delimiter=delimiter).rows())

    once = given_back_with(content, delimiter, [(row.number, "wrong") for row in before])

    after = list(opened(once, delimiter=delimiter).rows())
    assert [(row.problem != "", list(row.cells)[1:]) for row in after] == [
        (row.problem != "", list(row.cells)) for row in before
    ]


def given_back_with(content: str, delimiter: str, wrong: list[tuple[int, str]]) -> bytes:
    source = opened(content, delimiter=delimiter)
    return b"".join(write_wrong(io.BytesIO(content.encode()), source.reading, wrong))
