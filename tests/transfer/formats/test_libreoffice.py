"""A spreadsheet opens what was exported and computes nothing of it. Needs LibreOffice: apt install libreoffice-calc."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from admin_app.transfer.formats import FORMATS, FileOptions

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

HOSTILE = [
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1", "\r=1+1", "=1+1", "+1+1", "-1+1", "@1+1",
    '=HYPERLINK("http://example.com","x")', "=cmd|' /C calc'!A0", '=WEBSERVICE("http://example.com")', "'=1+1", " =1+1",
    '"=1+1"', "{=1+1}", "007", "1e5", "12345678901234567890", "2026-01-02", "", "TRUE",
]  # fmt: skip

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def opened(path: Path) -> list[ET.Element]:
    """Let LibreOffice open the file and write down what it understood; return the cells of its column A."""
    home = path.parent / "home"
    command = ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", "fods"]
    # 76 is UTF-8, 44 a comma, 34 a quote; from line 1, numbers and dates looked for, formulas evaluated.
    filters = ["--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,1,true"] if path.suffix == ".csv" else []
    subprocess.run(
        [*command, *filters, "--outdir", str(path.parent), str(path)], check=True, timeout=120, capture_output=True
    )
    rows = ET.parse(path.with_suffix(".fods")).iter(f"{TABLE}table-row")  # noqa: S314 -- LibreOffice wrote it just now
    return [cell for row in rows for cell in list(row)[:1]]


def formulas(cells: list[ET.Element]) -> list[str]:
    return [cell.attrib[f"{TABLE}formula"] for cell in cells if f"{TABLE}formula" in cell.attrib]


@pytest.mark.parametrize("key", ["csv", "xlsx"])
def test_libreoffice_computes_nothing_of_an_export(key: str, tmp_path: Path) -> None:
    path = tmp_path / f"posts.{key}"
    rows = [[text] for text in HOSTILE]
    path.write_bytes(b"".join(FORMATS[key].write(["Content"], rows, FileOptions(), lambda *_: None)))

    cells = opened(path)

    assert formulas(cells) == []
    assert len(cells) >= len(HOSTILE) + 1


def test_libreoffice_would_compute_what_is_not_neutralised(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes(
        b"".join(FORMATS["csv"].write(["Content"], [["=1+1"]], FileOptions(neutralises=False), lambda *_: None))
    )

    assert formulas(opened(path)) == ["of:=1+1"]


def test_libreoffice_shows_the_text_of_an_xlsx_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "posts.xlsx"
    texts = [text for text in HOSTILE if text and text == text.strip()]
    path.write_bytes(
        b"".join(FORMATS["xlsx"].write(["Content"], [[text] for text in texts], FileOptions(), lambda *_: None))
    )

    cells = opened(path)

    shown = ["".join("".join(part.itertext()) for part in cell.iter(f"{TEXT}p")) for cell in cells[: len(texts) + 1]]
    assert shown == ["Content", *texts]
    assert {cell.attrib.get(f"{OFFICE}value-type") for cell in cells[: len(texts) + 1]} == {"string"}
