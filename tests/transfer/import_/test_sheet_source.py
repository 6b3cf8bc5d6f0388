"""Workbooks are read as people see them: nothing in one is followed or run, and none fills the memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook.defined_name import DefinedName

from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.import_ import sheet_rows, xml
from admin_app.transfer.import_.archive import Archive
from admin_app.transfer.import_.cells import MomentStyle, text_of_cell
from admin_app.transfer.import_.number_formats import style_of
from admin_app.transfer.import_.titles import has_visible
from tests.transfer.reading import opened, problems, read, refusal

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 20, 46, 164))


def workbook(
    rows: str, *, after: str = "", more: dict[str, str] | None = None, main: str = "", head: str = ""
) -> bytes:
    """Return a workbook of one sheet with these rows, as XML."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships><Relationship Id="r" Type="{DOCUMENT}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">{main}<sheets><sheet name="Data" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        f'<Relationship Id="r1" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{DOCUMENT}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r3" Type="{DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{STYLES}</cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>',
        **(more or {}),
    }
    return zipped(parts)


def zipped(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def text(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


TITLES = row(1, text("name"), text("id"))


def cell_of(cell: str, **how: Any) -> str | None:
    """Return what a cell is read as."""
    return read(workbook(row(1, text("id")) + row(2, cell), **how))[1][0][1][0]


def saved(*rows: Sequence[object], **sheets: Sequence[Sequence[object]]) -> bytes:
    """Return what openpyxl writes."""
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)  # type: ignore[union-attr] # a new workbook has a sheet
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for cells in others:
            sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_cells_are_what_an_export_would_write() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 123000)  # noqa: DTZ001 -- a cell has no zone
    midnight = datetime(2026, 1, 2)  # noqa: DTZ001
    cells = ["007", 1, 1.5, -0.0001, 1e21, True, False, moment, midnight, date(2026, 1, 2), time(9, 30), "text", None]

    _, rows = read(saved(["name"] * len(cells), cells))

    assert rows == [
        (
            2,
            ["007", "1", "1.5", "-0.0001", "1000000000000000000000", "yes", "no", "2026-01-02T03:04:05.123000", "2026-01-02",
             "2026-01-02", "09:30:00", "text", ""],
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("<c><v>4</v></c>", "4"),
        ("<c><v>4.0</v></c>", "4"),
        ("<c><v>1.1000000000000001</v></c>", "1.1"),
        ("<c><v>12345678901234567890</v></c>", "12345678901234567890"),
        ("<c><v>1E-7</v></c>", "0.0000001"),
        ("<c><v>1E400</v></c>", "inf"),
        ('<c s="4"><v>1234</v></c>', "01234"),
        ('<c s="4"><v>12.5</v></c>', "12.5"),
        ('<c s="99"><v>12</v></c>', "12"),
        ('<c t="b"><v>1</v></c>', "yes"),
        ('<c t="str"><f>A1</f><v>Ada</v></c>', "Ada"),
        ('<c t="d"><v>2026-01-02T00:00:00</v></c>', "2026-01-02"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
        ('<c s="1"><v>1</v></c>', "1900-01-01"),
        ('<c s="1"><v>59</v></c>', "1900-02-28"),
        ('<c s="1"><v>61</v></c>', "1900-03-01"),
        ('<c s="1"><v>0.5</v></c>', "12:00:00"),
        ('<c s="2"><v>0</v></c>', "00:00:00"),
        ('<c s="2"><v>46024.5</v></c>', "2026-01-02T12:00:00"),
        ('<c s="3"><v>1.5</v></c>', "36:00:00"),
        # Of few decimals, which is what spreadsheets save, the roundest time is meant; of many, each counts.
        ('<c s="1"><v>24472.1763888889</v></c>', "1966-12-31T04:14:00"),
        ('<c s="1"><v>46024.127837037037</v></c>', "2026-01-02T03:04:05.120000"),
        ('<c s="1"><v>46024.127837036999</v></c>', "2026-01-02T03:04:05.119997"),
        ('<c s="1"><v>46024.999999999999</v></c>', "2026-01-03"),
        ('<c t="inlineStr"><is><r><t>A</t></r><r><t>da</t></r><rPh><t>x</t></rPh></is></c>', "Ada"),
        ('<c t="inlineStr"><is><t>a_x0007_b_x005F_x0007_</t></is></c>', "a\x07b_x0007_"),
    ],
)
def test_a_cell_is_what_it_shows(cell: str, shown: str) -> None:
    assert cell_of(cell) == shown


def test_a_workbook_can_have_the_1904_date_system() -> None:
    since = '<workbookPr date1904="1"/>'

    assert cell_of('<c s="1"><v>0</v></c>', main=since) == "1904-01-01"
    assert cell_of('<c s="1"><v>24472.1763888889</v></c>', main=since) == "1971-01-01T04:14:00"
    assert cell_of('<c s="2"><v>0.25</v></c>', main=since) == "06:00:00"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ('<c t="e"><v>#REF!</v></c>', "the cell has the error #REF!. Correct its formula."),
        (
            "<c><f>1+1</f></c>",
            "its formula has no value. Open the workbook in a spreadsheet program, save it, and import it again.",
        ),
        ('<c s="1"><v>60</v></c>', "the day 60 does not exist."),
        ('<c s="1"><v>0</v></c>', "the day 0 does not exist."),
        ('<c s="1"><v>-1</v></c>', "the day -1 does not exist."),
        ('<c s="1"><v>1E9</v></c>', "the day 1E9 does not exist."),
        ('<c t="inlineStr"><is><t>a_xD800_</t></is></c>', "it has half of a character. Type it again."),
    ],
)
def test_a_cell_with_an_error_or_an_uncalculated_formula_is_unreadable(cell: str, why: str) -> None:
    source = opened(workbook(TITLES + row(2, text("Ada"), cell)))

    (only,) = source.rows()

    assert (only.problem, dict(only.unreadable)) == ("", {1: why})


def test_texts_that_cells_share_are_read() -> None:
    shared = {
        "xl/sharedStrings.xml": "<sst><si><t>name</t></si><si><t> A </t><rPh><t>x</t></rPh></si><si><r><t>B</t></r></si></sst>"
    }
    rows = row(1, '<c t="s"><v>0</v></c>') + row(2, '<c t="s"><v>1</v></c>') + row(3, '<c t="s"><v>2</v></c>')
    rows += row(4, '<c t="s"/>') + row(5, text(" "))

    assert read(workbook(rows, more=shared)) == (["name"], [(2, [" A "]), (3, ["B"])])


def test_rows_and_cells_keep_their_positions() -> None:
    rows = row(3, '<c r="B3" t="str"><v>name</v></c>', '<c r="D3" t="str"><v>id</v></c>')
    rows += row(7, '<c r="B7" t="str"><v>Ada</v></c>') + "<row><c/><c/><c/><c><v>5</v></c></row>"

    assert read(workbook(rows)) == (["", "name", "", "id"], [(7, ["", "Ada", "", ""]), (8, ["", "", "", "5"])])


def test_titles_below_the_name_of_the_table_are_found() -> None:
    source = opened(workbook(row(1, text("Report of 2026")) + row(4, text("name"), text("id")) + row(5, text("Ada"))))

    assert (source.titles, source.reading.titles) == (["name", "id"], 4)
    assert source.notes == ["1 row above the header row was left out."]


def test_a_sheet_is_chosen() -> None:
    content = saved(Empty=[], Users=[["name"], ["Ada"]], Others=[["id"], [5]])

    source = opened(content)

    assert (source.sheets, source.reading.sheet) == (["Sheet", "Empty", "Users", "Others"], "Users")
    assert source.notes == ["The workbook has 4 sheets. “Users” is read."]
    assert read(content, sheet="Others") == (["id"], [(2, ["5"])])
    assert read(content, sheet="Sheet") == ([], [])
    assert refusal(content, sheet="Nobody") == (
        "The workbook has no sheet “Nobody”. Choose from: Sheet, Empty, Users, Others."
    )


def test_a_hidden_sheet_is_read_where_it_is_asked_for() -> None:
    book = openpyxl.Workbook()
    book.active.append(["name"])  # type: ignore[union-attr] # a new workbook has a sheet
    book.active.sheet_state = "hidden"  # type: ignore[union-attr]
    book.create_sheet("Seen").append(["id"])
    file = io.BytesIO()
    book.save(file)

    assert opened(file.getvalue()).titles == ["id"]
    assert opened(file.getvalue(), sheet="Sheet").titles == ["name"]


def test_rows_with_merged_cells_have_a_problem() -> None:
    book = openpyxl.Workbook()
    for cells in [["name", "id"], ["Ada", 1], [None, 2], ["all of London", None], ["Bo", 3]]:
        book.active.append(cells)  # type: ignore[union-attr] # a new workbook has a sheet
    book.active.merge_cells("A2:A3")  # type: ignore[union-attr]
    book.active.merge_cells("A4:B4")  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)

    assert problems(file.getvalue()) == [
        (3, "The cells A2:A3 are merged. Unmerge them, so that each row has its own.", {}),
        (4, "The cells A4:B4 are merged. Unmerge them, so that each row has its own.", {}),
    ]


def test_merged_cells_are_found_however_the_sheet_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(TITLES, after='<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B7:B9"/></mergeCells>')
    found = []
    for size in (1, 7, 30, 1000):
        monkeypatch.setattr(sheet_rows, "CHUNK", size)
        found.append(opened(content)._merged)  # type: ignore[attr-defined] # of a sheet

    assert found == [{3: "A2:A3", 8: "B7:B9", 9: "B7:B9"}] * 4


def test_unclosed_tags_are_scanned_once() -> None:
    rows = "".join(row(number, text("Ada"), "<c/>") for number in range(2, 30))

    assert refusal(workbook(TITLES + rows, after="<mergeCell " * 100_000)) == DAMAGED


def test_a_million_merged_rows_are_refused() -> None:
    assert refusal(workbook(TITLES, after='<mergeCell ref="A1:A1048576"/>')) == (
        "More than 100,000 rows of the sheet have merged cells. Unmerge them, and import the file again."
    )


def test_a_row_that_is_too_long_says_so() -> None:
    assert problems(workbook(TITLES + row(2, text("Ada"), "<c/>", text("x")))) == [
        (2, "“Ada,,x”: it has 3 cells; the header has 2.", {})
    ]


def test_macros_and_links_are_not_followed() -> None:
    more = {"xl/vbaProject.bin": "x", "xl/externalLinks/externalLink1.xml": "x"}

    source = opened(workbook(TITLES + row(2, "<c><f>[1]Data!A1</f><v>5</v></c>"), more=more))

    assert source.notes == [
        "The workbook has macros. They were not run.",
        "The workbook has links to other files. They were not followed: its cells have the values that were saved.",
    ]
    assert [cells.cells for cells in source.rows()] == [["5", ""]]


def test_an_external_relationship_is_ignored() -> None:
    rels = (
        f'<Relationships><Relationship Id="r1" Type="{DOCUMENT}/worksheet" TargetMode="External" '
        'Target="http://example.com/sheet1.xml"/></Relationships>'
    )

    assert refusal(workbook("", more={"xl/_rels/workbook.xml.rels": rels})) == "The workbook has no sheets."


def test_a_workbook_needs_few_parts() -> None:
    parts = zipfile.ZipFile(io.BytesIO(workbook(TITLES + row(2, text("Ada"), '<c s="1"><v>5</v></c>'))))
    kept = {
        name: parts.read(name).decode() for name in parts.namelist() if name not in {"_rels/.rels", "xl/styles.xml"}
    }

    assert read(zipped(kept)) == (["name", "id"], [(2, ["Ada", "5"])])


ENTITY = "<!DOCTYPE worksheet [<!ENTITY a 'aaaa'><!ENTITY b SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "_rels/.rels"])
def test_a_document_type_is_refused(part: str) -> None:
    content = workbook(TITLES + row(2, text("&a;&b;")), more={part: f"{ENTITY}<x>&a;</x>"})

    assert refusal(content) == (
        "The workbook has a document type, which no spreadsheet program writes. Open it in one, save it again, and import "
        "that file."
    )


DAMAGED = (
    "The workbook is damaged and cannot be read. Open it in a spreadsheet program, save it again, and import that file."
)


@pytest.mark.parametrize(
    "content",
    [
        workbook(TITLES)[:-30],
        workbook(TITLES)[:200],
        workbook("<row r='x'/>"),
        workbook(row(2) + row(1)),
        workbook(row(1, '<c r="B1"/><c r="A1"/>')),
        workbook(row(1, '<c t="s"><v>7</v></c>')),
        workbook(row(1, '<c t="s"><v>-1</v></c>')),
        workbook(row(1, "<c><v>x</v></c>")),
        workbook("<row>"),
        workbook("", more={"xl/styles.xml": "<cellXfs><xf numFmtId='x'/></cellXfs>"}),
        workbook("", more={"xl/workbook.xml": "<workbook><sheet/></workbook>"}),
    ],
)  # fmt: skip
def test_a_damaged_workbook_is_refused(content: bytes) -> None:
    assert refusal(content) == DAMAGED


def test_a_part_larger_than_its_declared_size_is_refused() -> None:
    content = workbook(row(1, text("name" * 1000)))
    sizes = {one.filename: one.file_size for one in zipfile.ZipFile(io.BytesIO(content)).infolist()}
    size = sizes["xl/worksheets/sheet1.xml"]

    assert refusal(content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))) == DAMAGED


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = workbook("<row/>" * 10_000_000)

    assert len(bomb) < 200_000
    assert (
        refusal(bomb) == "A part of the workbook would unpack to 57 MB, which is too much. Split it, or save it as CSV."
    )


def test_a_bomb_of_texts_is_refused() -> None:
    bomb = workbook(TITLES, more={"xl/sharedStrings.xml": f"<sst>{'<si/>' * 8_000_000}</sst>"})

    assert (
        refusal(bomb) == "A part of the workbook would unpack to 38 MB, which is too much. Split it, or save it as CSV."
    )


def test_a_file_of_many_parts_is_refused() -> None:
    content = workbook(TITLES, more={f"xl/media/{number}": "" for number in range(10_001)})

    assert refusal(content) == "The file has more than 10,000 parts. Is this a workbook?"


def test_a_workbook_with_a_password_is_refused() -> None:
    content = bytearray(workbook(TITLES))
    for place in range(len(content)):
        if content[place : place + 4] == b"PK\x01\x02":
            content[place + 8] |= 1

    assert (
        refusal(bytes(content)) == "The workbook is protected by a password. Save it without one, and import that file."
    )


def test_a_cell_of_more_than_16_million_characters_is_refused() -> None:
    long = "<t>" + "x" * (16 * 1024 * 1024 + 1) + "</t>"
    message = "has a cell of more than 16,777,216 characters. Shorten it, and import the file again."

    assert refusal(workbook(row(1, f'<c t="inlineStr"><is>{long}</is></c>'))) == f"Row 1 {message}"
    assert refusal(workbook("", more={"xl/sharedStrings.xml": f"<sst><si>{long}</si></sst>"})) == f"Row 1 {message}"


def test_a_row_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_rows, "LONGEST_LINE", 100)

    assert refusal(workbook(row(1, *[text("x" * 60)] * 2))) == ("Row 1 is longer than 100 characters. Shorten it.")


def test_a_tag_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "LONGEST_LINE", 1000)
    monkeypatch.setattr(xml, "CHUNK", 100)

    assert refusal(workbook(f"<row spans='{'x' * 5000}'/>")) == (
        "The workbook has a piece of more than 1,000 characters. Shorten it, or save the sheet as CSV."
    )


def test_a_column_that_no_sheet_has_is_refused() -> None:
    message = "Row 1 has more than 16,384 cells. Leave out columns, and import it again."

    assert refusal(workbook(row(1, '<c r="XFE1"/>'))) == message
    assert refusal(workbook(row(1, *["<c/>"] * 16_385))) == message


def test_parts_are_found_in_any_case_and_behind_backslashes() -> None:
    archive = Archive(io.BytesIO(zipped({"XL\\Workbook.xml": ""})))

    assert ("xl/workbook.xml" in archive, archive.has("xl"), archive.has("docs")) == (True, True, False)


@pytest.mark.parametrize(
    ("code", "style"),
    [
        ("General", None), ("0", 1), ("0.00", None), ("00000", 5), ("#,##0", None), ("0%", None), ("@", None), ("Standard", None),
        ("yyyy-mm-dd", MomentStyle.DAY), ("mm/dd/yy\\ hh:mm\\ AM/PM", MomentStyle.DAY), ("mmm", MomentStyle.DAY), ("[$-407]d. mmmm yyyy", MomentStyle.DAY),
        ("hh:mm:ss", MomentStyle.TIME), ("mm:ss.0", MomentStyle.TIME), ("[h]:mm", MomentStyle.ELAPSED), ("[mm]:ss", MomentStyle.ELAPSED),
        ('0 "days"', None), ("0\\d", 1), ('"TRUE";"TRUE";"FALSE"', None), ("[Red]0.0;[Blue]d", None), ("_-* #,##0 €", None),
    ],
)  # fmt: skip
def test_a_format_shows_a_number_a_day_or_a_time(code: str, style: Any) -> None:
    assert style_of(code) == style


def test_names_and_formulas_of_openpyxl_have_no_values() -> None:
    book = openpyxl.Workbook()
    book.active.append(["id"])  # type: ignore[union-attr] # a new workbook has a sheet
    book.active.append(["=1+1"])  # type: ignore[union-attr]
    book.defined_names["x"] = DefinedName("x", attr_text="Sheet!$A$1")
    file = io.BytesIO()
    book.save(file)

    assert [sorted(unreadable) for _, _, unreadable in problems(file.getvalue())] == [[0]]


MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(2079, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=8),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1900, 3, 1)),
    st.times(),
    MOMENTS,
)


@settings(deadline=None)
@given(values=st.lists(VALUES, min_size=1, max_size=5))
def test_any_values_that_are_written_are_read(values: list[Any]) -> None:
    content = b"".join(FORMATS["xlsx"].write(["name"] * len(values), [values], FileOptions(), lambda *_: None))

    rows = [list(row.cells) for row in opened(content, titles=1).rows()]

    said = [_said(value) for value in values]
    assert rows == ([said] if has_visible(said) else [])


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
        return value.isoformat() if value.time() != time() else value.date().isoformat()
    return text_of_cell(value)
