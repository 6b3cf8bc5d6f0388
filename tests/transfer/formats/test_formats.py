from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from admin_app.errors import TransferError
from admin_app.formatting import plain_lines
from admin_app.models.preference import Density
from admin_app.transfer.formats import FORMATS, FileOptions, xlsx

# XML has no place for these even in an escape that every reader knows.
TEXT = st.text(alphabet=st.characters(exclude_characters="\0\ufffe\uffff", exclude_categories=["Cs"]))


def written(key: str, *rows: Sequence[Any], names: Sequence[str] = ("a", "b"), **options: Any) -> bytes:
    problems: list[tuple[int, str]] = options.pop("problems", [])
    chunks = FORMATS[key].write(names, rows, FileOptions(**options), lambda row, text: problems.append((row, text)))
    return b"".join(chunks)


def sheet(content: bytes, number: int = 0) -> list[list[Any]]:
    """Read a sheet by a library that has nothing to do with the writer; row 1 is the header."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(number).to_python()


# ---- XLSX


def test_xlsx_keeps_every_type() -> None:
    values = [5, -3, 1.5, Decimal("1.10"), True, False, "text", "007", "1e5", date(2026, 1, 2), time(9, 30),
              datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), Density.COMPACT, uuid.UUID(int=7)]  # fmt: skip

    cells = [
        row[0].value
        for row in openpyxl.load_workbook(
            io.BytesIO(written("xlsx", *([one] for one in values), names=["A"]))
        ).active.rows
    ]  # type: ignore[union-attr]

    assert cells == ["A", 5, -3, 1.5, 1.1, True, False, "text", "007", "1e5", datetime(2026, 1, 2), time(9, 30),  # noqa: DTZ001 -- a cell has no zone
                     datetime(2026, 1, 2, 3, 4, 5), "compact", str(uuid.UUID(int=7))]  # fmt: skip  # noqa: DTZ001


def test_xlsx_tells_no_value_from_no_characters() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", [None, ""], [1, 2])))

    assert b"<c/>" in sheet_xml(written("xlsx", [None, ""]))
    assert [(cell.value, cell.data_type) for cell in next(book.active.iter_rows(min_row=2))][0] == (None, "n")  # type: ignore[union-attr]  # noqa: RUF015
    assert b't="inlineStr"><is><t xml:space="preserve"></t>' in sheet_xml(written("xlsx", [None, ""]))


def sheet_xml(content: bytes, number: int = 1) -> bytes:
    return zipfile.ZipFile(io.BytesIO(content)).read(f"xl/worksheets/sheet{number}.xml")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (10**15 - 1, 10**15 - 1),
        (10**15, str(10**15)),
        (-(2**63), str(-(2**63))),
        (float("inf"), "inf"),
        (Decimal("NaN"), "NaN"),
        (Decimal("1234567890.1234567"), "1234567890.1234567"),
        (date(1900, 2, 28), "1900-02-28"),
        (datetime(1800, 1, 1, tzinfo=UTC), "1800-01-01T00:00:00+00:00"),
        (datetime(2026, 1, 2, 1, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 1, 1, 23)),  # noqa: DTZ001
    ],
)
def test_xlsx_writes_what_a_number_would_lose_as_text(value: Any, cell: Any) -> None:
    assert sheet(written("xlsx", [value], names=["A"]))[1] == [cell]


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "\t=1", "http://example.com", "＝1+1", '=HYPERLINK("x")'])  # noqa: RUF001
def test_xlsx_has_no_formula_and_no_link(text: str) -> None:
    content = written("xlsx", [text], names=[text])

    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert sheet(content) == [[text], [text]]
    assert b"<f" not in sheet_xml(content)
    assert [name for name in names if "calcChain" in name or "sheets/_rels" in name] == []


@given(TEXT)
def test_xlsx_gives_every_text_back(text: str) -> None:
    assert sheet(written("xlsx", [text, "x"]))[1] == [plain_lines(text), "x"]


@pytest.mark.parametrize("text", [" lead and trail ", "_x0041_", "_xD800", "a\x01\x1f", "<&>\"'", "😀"])
def test_xlsx_gives_texts_back_that_xml_would_change(text: str) -> None:
    assert sheet(written("xlsx", [text, "x"]))[1] == [text, "x"]


def test_xlsx_has_the_line_ends_of_cells() -> None:
    assert sheet(written("xlsx", ["a\r\nb\rc\nd\te", "x"]))[1] == ["a\nb\nc\nd\te", "x"]
    assert sheet(written("xlsx", ["a\r\n" * 10_900 + "b" * 60, "x"]))[1] == ["a\n" * 10_900 + "b" * 60, "x"]


def test_xlsx_writes_half_a_surrogate_pair_and_what_is_no_character_as_their_codes() -> None:
    assert b"_xD800_ _xFFFE_" in sheet_xml(written("xlsx", ["\ud800 \ufffe", ""]))


def test_xlsx_cuts_long_text_with_a_note_and_says_where() -> None:
    problems: list[tuple[int, str]] = []
    long = "😀" * 20_000
    rows = [["a", 1], ["x" * 32_767, 2], ["y" * 32_768, 3], [long, 4]]

    cells = [row[0] for row in sheet(written("xlsx", *rows, problems=problems))][1:]

    notes = [
        "… [shortened: the whole text has 32,768 characters]",
        "… [shortened: the whole text has 20,000 characters]",
    ]
    assert cells[:2] == ["a", "x" * 32_767]
    assert [cell.endswith(note) for cell, note in zip(cells[2:], notes, strict=True)] == [True, True]
    assert {len(cell.encode("utf-16-le")) // 2 for cell in cells[2:]} <= {32_767, 32_766}
    assert problems == [
        (4, "It has a text of 32,768 characters; a cell can hold 32,767. It was shortened."),
        (5, "It has a text of 20,000 characters; a cell can hold 32,767. It was shortened."),
    ]


def test_xlsx_names_the_row_of_the_sheet_that_a_cut_text_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 3)
    problems: list[tuple[int, str]] = []

    content = written("xlsx", ["a"], ["b"], ["c"], ["y" * 32_768], names=["A"], problems=problems)

    assert sheet(content, 1)[2][0].startswith("yyy")
    words = "On sheet 2, it has a text of 32,768 characters; a cell can hold 32,767. It was shortened."
    assert problems == [(3, words)]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (datetime.max.replace(tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59)),  # noqa: DTZ001 -- a cell has no zone
        (date.max, datetime(9999, 12, 31)),  # noqa: DTZ001
        (date(1900, 3, 1), datetime(1900, 3, 1)),  # noqa: DTZ001
    ],
)
def test_xlsx_has_dates_up_to_the_last_one(value: Any, cell: datetime) -> None:
    content = written("xlsx", [value], names=["A"])

    (read,) = next(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2, values_only=True))  # type: ignore[union-attr]
    assert read == cell
    assert b't="inlineStr"' not in sheet_xml(content).partition(b'<row r="2">')[2]


def test_xlsx_columns_are_wide_enough_for_times_and_no_wider_than_a_page() -> None:
    rows = [[1, "Ann", None, datetime(2026, 1, 2, tzinfo=UTC), "x" * 500, 10**12]]

    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", *rows, names=["ID", "Name", "Day", "At", "Text", "Long"])))

    widths = [column.width for column in book.active.column_dimensions.values()]  # type: ignore[union-attr]
    assert widths == [8, 6, 19, 19, 60, 15]


def test_xlsx_wraps_long_text_shows_four_lines_of_it_and_can_be_filtered_by_its_head() -> None:
    rows = [["short", 1], ["x" * 100, 2], ["a\nb\nc", 3], ["y" * 40_000, 4]]

    sheet: Any = openpyxl.load_workbook(io.BytesIO(written("xlsx", *rows, names=["Text", "ID"]))).active

    assert [sheet.row_dimensions[place].height for place in range(1, 6)] == [None, None, 30, 45, 60]
    assert (sheet["A3"].alignment.wrap_text, sheet["A3"].alignment.vertical) == (True, "top")
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B5")


def test_xlsx_names_its_columns_beyond_the_alphabet() -> None:
    names = [str(number) for number in range(28)]

    sheet: Any = openpyxl.load_workbook(io.BytesIO(written("xlsx", names=names))).active

    assert sheet.auto_filter.ref == "A1:AB1"


def test_xlsx_without_rows_has_the_widths_of_its_titles() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", names=["ID", "Created at"])))

    assert [column.width for column in book.active.column_dimensions.values()] == [4, 12]  # type: ignore[union-attr]


def test_xlsx_refuses_long_text_where_that_was_chosen() -> None:
    with pytest.raises(TransferError) as caught:
        written("xlsx", ["a"], ["x" * 40_000], names=["A"], cuts_long_text=False)

    assert str(caught.value) == (
        "Row 3 has a text of 40,000 characters; a cell can hold 32,767. Choose another format, or have long text shortened."
    )


@pytest.mark.parametrize(("rows", "sheets"), [(0, [1]), (3, [4]), (4, [4, 2]), (6, [4, 4]), (7, [4, 4, 2])])
def test_xlsx_goes_on_on_another_sheet(rows: int, sheets: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 4)

    book = CalamineWorkbook.from_filelike(
        io.BytesIO(written("xlsx", *([number] for number in range(rows)), names=["A"]))
    )
    read = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]

    assert [len(one) for one in read] == sheets
    assert [row[0] for one in read for row in one[1:]] == list(range(rows))
    assert {one[0][0] for one in read} == {"A"}


def test_xlsx_is_sent_while_it_is_written() -> None:
    rows = ([f"{number} {uuid.uuid4()}"] for number in range(20_000))
    options, ignore = FileOptions(), lambda _row, _text: None

    sizes = [len(chunk) for chunk in FORMATS["xlsx"].write(["A"], rows, options, ignore)]

    assert len(sizes) > 10
    assert max(sizes) < 200_000


# ---- JSON


def test_json_keeps_every_type_under_the_columns_keys() -> None:
    values = [5, 2**60, 1.5, Decimal("1.10"), Decimal(3), Decimal("0.12345678901234567890"), True, None, "", "é",
              date(2026, 1, 2), time(9, 30), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2026, 1, 2),  # noqa: DTZ001 -- a foreign column's
              Density.COMPACT, float("nan"), uuid.UUID(int=7)]  # fmt: skip

    read = json.loads(written("json", *([one, 0] for one in values)))

    assert [row["a"] for row in read] == [
        5, 2**60, 1.5, 1.1, 3, "0.12345678901234567890", True, None, "", "é", "2026-01-02", "09:30:00",
        "2026-01-02T03:04:05Z", "2026-01-02T00:00:00", "compact", "nan", str(uuid.UUID(int=7)),
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 3, 1200])
def test_json_is_one_list_and_json_lines_are_lines(count: int) -> None:
    rows = [[number, "x\ny\u2028z"] for number in range(count)]
    wanted = [{"a": number, "b": "x\ny\u2028z"} for number in range(count)]

    lines = written("jsonl", *rows).decode()

    assert json.loads(written("json", *rows)) == wanted
    assert [json.loads(line) for line in lines.split("\n")[:-1]] == wanted
    assert lines[-1:] == ("\n" if count else "")


def test_json_writes_half_a_surrogate_pair_as_an_escape() -> None:
    assert json.loads(written("jsonl", ["\ud800", 1])) == {"a": "\ud800", "b": 1}


# ---- CSV's choices


def test_csv_takes_another_delimiter_and_a_mark_for_excel() -> None:
    assert written("csv", ["x;y", 1.5], delimiter=";", is_for_excel=True) == '\ufeffa;b\r\n"x;y";1.5\r\n'.encode()


def test_csv_is_neutralised_unless_that_was_switched_off() -> None:
    assert written("csv", ["=1+1", "＋1"]) == "a,b\r\n'=1+1,'＋1\r\n".encode()  # noqa: RUF001
    assert written("csv", ["=1+1", Density.COMPACT], neutralises=False) == b"a,b\r\n=1+1,compact\r\n"


# ---- hostile texts


@pytest.fixture(scope="session")
def nasty(shared_data: Path) -> list[str]:
    """Return every line of the hostile texts, and each file as one text."""
    files = [
        path.read_bytes().decode("utf-8", "replace")
        for path in sorted((shared_data / "nasty/text").rglob("*"))
        if path.is_file()
    ]
    return [text.replace("\0", "")[:30_000] for file in files for text in [*file.split("\n"), file]]


def test_hostile_texts_come_back_from_xlsx_and_json_as_they_were(nasty: list[str]) -> None:
    rows = [[number, text] for number, text in enumerate(nasty)]
    # What Unicode calls no characters: XML cannot hold them, so their codes are written.
    sayable = [text.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_") for text in nasty]

    assert len(rows) > 500
    assert [row[1] for row in sheet(written("xlsx", *rows))[1:]] == sayable
    assert [row["b"] for row in json.loads(written("json", *rows))] == nasty
