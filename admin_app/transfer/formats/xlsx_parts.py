"""The parts of an XLSX file besides its rows: the list of parts, the names of sheets, the format of times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# Styles of cells, in the order of `cellXfs` below.
HEAD, MOMENT, DAY, TIME, TEXT = 1, 2, 3, 4, 5
# How high a line is, in points.
_LINE = 15

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="166" formatCode="hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    + "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number in (164, 165, 166)
    )
    + '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def sheet_begin(widths: Sequence[int]) -> bytes:
    """Begin a sheet with columns of these widths, in letters; the header stays in view."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    ).encode()


def height(lines: int) -> str:
    """Return the attributes that make a row this many lines high; a single line needs none."""
    return f' ht="{lines * _LINE}" customHeight="1"' if lines > 1 else ""


def sheet_end(columns: int, rows: int) -> bytes:
    """End a sheet with this many columns and rows, its header included, and add the filter buttons."""
    last = f"{_letters(columns)}{rows}"
    return f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>'.encode()


def _letters(column: int) -> str:
    """Return what a column is called, counted from 1: A to Z, then AA."""
    before, last = divmod(column - 1, 26)
    return f"{_letters(before) if before else ''}{chr(ord('A') + last)}"


def parts(sheets: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the content of each part of a file with this many sheets."""
    numbers = range(1, sheets + 1)
    overrides = "".join(_override(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers)
    types = (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f"{_override('/xl/workbook.xml', 'sheet.main')}{_override('/xl/styles.xml', 'styles')}{overrides}</Types>"
    )
    yield "[Content_Types].xml", types
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    sheet_relations = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*sheet_relations, ("styles", "styles.xml")])
    names = "".join(f'<sheet name="Sheet {number}" sheetId="{number}" r:id="rId{number}"/>' for number in numbers)
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{names}</sheets></workbook>',
    )
    yield "xl/styles.xml", _STYLES


def _override(name: str, kind: str) -> str:
    return f'<Override PartName="{name}" ContentType="{_PART}.{kind}+xml"/>'


def _relations(targets: list[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'
