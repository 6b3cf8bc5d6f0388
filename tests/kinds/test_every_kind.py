"""Every kind of column in turn: addresses and files. A kind that is added has to be sampled: the first test says so."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from admin_app.kinds import KINDS, NATIVE, kind_of, kind_of_value
from admin_app.kinds.key_parts import KeyPartsKind
from admin_app.kinds.unreadable import UnreadableKind
from admin_app.panel.kinds import PANEL_KINDS, operators_of, require_known
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.formats.csv_lines import csv_line
from admin_app.transfer.import_.rows import cell_reader
from tests.kinds.everything import COLUMNS, FIELDS, SAMPLES, Everything, value_of

# What no other kind is for has its own tests: test_other.py.
OTHER = "other"


def test_every_kind_is_sampled_and_has_its_place_on_the_pages() -> None:
    assert [kind.name for kind in KINDS] == [*SAMPLES, OTHER]
    # No column is of several: a key may be. SQLite has no types of addresses: test_network_types.py.
    assert [one.kind for one in PANEL_KINDS if one.kind not in {KeyPartsKind, UnreadableKind, *NATIVE}] == list(KINDS)
    assert [kind_of(COLUMNS[name]).name for name in SAMPLES] == list(SAMPLES)
    require_known(Everything)


# What every kind's section in the documents says; options have those alone that have some.
SAID = ("Column", "In a form", "Shown as", "Filters", "In a file")


def test_every_kind_has_its_section_in_the_documents() -> None:
    page = (Path(__file__).parents[2] / "docs" / "kinds.md").read_text("utf-8")
    _, *parts = re.split(r"^### `(\w+)`$", page, flags=re.MULTILINE)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    said = {name: dict(re.findall(r"^- \*\*(.+):\*\* (.+)\.$", text, re.MULTILINE)) for name, text in sections.items()}

    assert list(sections) == re.findall(r"\[`(\w+)`\]\(#", page) == [kind.name for kind in KINDS]
    assert {name: tuple(one for one in lines if one != "Options") for name, lines in said.items()} == dict.fromkeys(
        said, SAID
    )
    assert {name: said[name]["Filters"] for name in SAMPLES} == {name: filters_of(name) for name in SAMPLES}


def filters_of(name: str) -> str:
    """Say how lists are narrowed by a column of a kind."""
    operators = operators_of(getattr(Everything, name), "It")
    return ", ".join(f"“{way.words}”" for one in operators for way in one.operators())


# ---- addresses


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_an_address_gives_every_value_back(name: str, place: int) -> None:
    kind = kind_of(COLUMNS[name])

    text = kind.to_url(value_of(name, place))

    assert kind.from_url(text) == value_of(name, place)


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.no_place != "\0"])
def test_an_address_that_means_no_value_is_refused(name: str) -> None:
    with pytest.raises((ValueError, ArithmeticError, KeyError)):
        kind_of(COLUMNS[name]).from_url(SAMPLES[name].no_place)


# ---- files


def written(key: str, value: Any) -> bytes:
    return b"".join(FORMATS[key].write(["a", "b"], [[value, 1]], FileOptions(), lambda _row, _problem: None))


@pytest.mark.parametrize(("name", "place"), FIELDS)
@pytest.mark.parametrize("is_safe", [True, False])
def test_a_csv_file_gives_every_value_back(name: str, place: int, is_safe: bool) -> None:  # noqa: FBT001 -- a parameter
    value = value_of(name, place)
    chunks = FORMATS["csv"].write(
        ["a", "b"], [[value, 1]], FileOptions(neutralises=is_safe), lambda _row, _problem: None
    )
    cell = list(csv.reader(io.StringIO(b"".join(chunks).decode(), newline="")))[1][0]

    assert cell_reader(ImportColumn(name, "It", COLUMNS[name]), is_verbatim=not is_safe)(cell) == value


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_csv_file_has_nothing_that_a_spreadsheet_runs(name: str, place: int) -> None:
    cell = list(csv.reader(io.StringIO(written("csv", value_of(name, place)).decode(), newline="")))[1][0]

    # A spreadsheet takes a negative length of time for a number as well.
    is_number = isinstance(value_of(name, place), int | float | Decimal | timedelta)
    assert is_number or cell[:1] not in set("=+-@\t\r")


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_json_file_says_every_value(name: str, place: int) -> None:
    said = json.loads(written("jsonl", value_of(name, place)))["a"]
    kind: Any = kind_of_value(type(value_of(name, place)))

    assert said == kind.to_json(value_of(name, place))


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_spreadsheet_has_a_cell_for_every_value(name: str, place: int) -> None:
    content = io.BytesIO(written("xlsx", value_of(name, place)))

    cell = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()[1][0]

    assert cell not in {"", None}
    assert isinstance(cell, str) is (
        isinstance(value_of(name, place), str)
        or name in {"tags", "array", "string_set", "choice", "interval", "uuid", "binary", "json"}
        or cell == "0001-01-01"
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_writes_a_csv_line_as_python_does(name: str, stored: sa.Connection) -> None:
    line = csv_line([COLUMNS[name], COLUMNS.id], FileOptions(), stored.dialect.name)
    if line is None:
        # Python writes it.
        return

    lines = list(stored.scalars(sa.select(line).order_by(COLUMNS.id)))

    rows = [[value_of(name, place), place + 1] for place in (0, 1)]
    chunks = list(FORMATS["csv"].write(["a", "b"], rows, FileOptions(), lambda _row, _problem: None))
    assert "".join(lines) == b"".join(chunks[1:]).decode()


@pytest.mark.parametrize("name", SAMPLES)
def test_an_empty_cell_is_no_value(name: str) -> None:
    assert cell_reader(ImportColumn(name, "It", COLUMNS[name]), is_verbatim=False)("") is None


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.must])
def test_a_cell_of_another_kind_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^must be ") as refusal:
        cell_reader(ImportColumn(name, "It", COLUMNS[name]), is_verbatim=False)(SAMPLES[name].no_cell)

    assert str(refusal.value) == f"must be {SAMPLES[name].must}"


def said_of(value: Any) -> object:
    """Return what a file says of a value, which may be on its way there in a form of its own."""
    kind: Any = kind_of_value(type(value))
    return kind.to_json(value)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_the_driver_gives_is_made_the_value(name: str, stored: sa.Connection) -> None:
    read = kind_of(COLUMNS[name]).row_reader(stored.dialect)
    asked = COLUMNS[name] if read is None else sa.type_coerce(COLUMNS[name], sa.types.NULLTYPE)
    raw = list(stored.scalars(sa.select(asked).order_by(COLUMNS.id)))

    found = [one if read is None else read(one) for one in raw]
    assert [said_of(one) for one in found] == [said_of(value_of(name, place)) for place in (0, 1)]
