"""Text files are read below their header row, wherever it is, and every wrong row has a message."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.import_ import csv_records, limits
from admin_app.transfer.import_.opening import open_source
from tests.transfer.reading import opened, problems, read, refusal


def test_titles_are_found_below_the_tables_name() -> None:
    source = opened("Report of 2026\n\nfor Ada\nname;email\nBo;b@x\n")

    assert (source.titles, source.reading.titles, source.notes) == (
        ["name", "email"],
        4,
        ["2 rows above the header row were left out."],
    )
    assert [(row.number, row.cells) for row in source.rows()] == [(5, ["Bo", "b@x"])]


def test_unknown_titles_are_the_first_wide_row() -> None:
    source = opened("Liste\nVorname;Ort\nAda;London\nBo;Rom, Mailand\n")

    assert (source.titles, source.reading.delimiter) == (["Vorname", "Ort"], ";")
    assert source.notes == ["1 row above the header row was left out."]


def test_titles_are_in_the_chosen_row() -> None:
    titles, rows = read("name\nemail\n\nAda\nBo\n", titles=4)

    assert (titles, rows) == (["Ada"], [(5, ["Bo"])])
    assert opened("name\nemail\n\nAda\nBo\n", titles=4).notes == ["2 rows above the header row were left out."]


def test_a_header_row_beyond_the_file_is_refused() -> None:
    assert refusal("name\nAda\n", titles=9) == "The file has no row 9 to be the header row."


def test_a_chosen_separator_is_used() -> None:
    assert read("name^id\nAda^1\n", delimiter="^") == (["name", "id"], [(2, ["Ada", "1"])])
    assert read("sep=;\nname,id\nAda,1\n", delimiter=",") == (["name", "id"], [(2, ["Ada", "1"])])


def test_the_separator_is_a_comma_by_default() -> None:
    assert opened("Texte\nHello, world; and | so\non\n").reading.delimiter == ","


def test_a_quote_within_an_unquoted_title_does_not_hide_the_separator() -> None:
    assert read('name|"id"\nAda|1\n') == (["name", "id"], [(2, ["Ada", "1"])])


def test_rows_that_do_not_fit_the_titles_have_a_problem() -> None:
    content = "name,,id\nAda,,1\nBo\nCy,,1,4\nDi,x,2\nEd,,3,,\n"

    assert problems(content) == [
        (3, "“Bo”: it has 1 cell; the header has 3.", {}),
        (4, "“Cy,,1,4”: it has 4 cells; the header has 3.", {}),
        (5, "“Di,x,2”: there is no header above “x”.", {}),
    ]
    assert [row.cells for row in opened(content).rows()][-1] == ["Ed", "", "3"]


def test_repeated_titles_are_kept() -> None:
    assert read("name,name\nAda,Bo\n") == (["name", "name"], [(2, ["Ada", "Bo"])])


@pytest.mark.parametrize("content", ["", "\n", ",\n", "sep=;\n", "name,email\n", "name,email"])
def test_a_file_without_rows_has_none(content: str) -> None:
    assert list(opened(content).rows()) == []


def test_rows_are_read_from_the_first_one_each_time() -> None:
    source = opened("name\nAda\nBo\n")

    first = next(source.rows()).cells

    assert (first, len(list(source.rows())), len(list(source.rows()))) == (["Ada"], 2, 2)


def test_a_file_that_was_read_can_be_read_by_others() -> None:
    file = io.BytesIO(b"name\nAda\n")

    list(open_source(file, lambda _: True).rows())

    assert not file.closed


def test_an_encoding_error_names_its_line() -> None:
    content = b"name\n" + b"Zo\xeb\n" * 3000 + b"\x81\n"

    assert refusal(content, encoding="windows-1252") == (
        "The file is not Windows-1252 (Western Europe): line 3,002 has something else. Save it as “CSV UTF-8” and import it "
        "again."
    )


def test_the_line_is_named_in_the_first_rows_too() -> None:
    content = b"sep=;\nname\n" + b"\x81\n"

    assert refusal(content, encoding="windows-1252").startswith(
        "The file is not Windows-1252 (Western Europe): line 3 has"
    )


def test_a_cell_of_more_than_16_million_characters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "LONGEST_FIELD", 100)

    assert refusal(f"name\n{'x' * 101}\n") == (
        "Line 2 has a cell of more than 100 characters. Shorten it, and import the file again."
    )


def test_a_row_of_a_million_columns_is_refused() -> None:
    message = "Row 2 has more than 16,384 cells. Leave out columns, and import it again."

    assert refusal("name\n" + "," * 1_000_000) == message
    assert refusal("name\n" + "a,b," * 300_000) == message
    assert refusal('name\n"a",' + "," * 20_000) == message


def test_a_line_of_a_megabyte_is_not_taken_for_titles() -> None:
    line = "x" * 1024 * 1024

    assert opened(f"{line};name\nAda;b\n").reading.delimiter == ","


def test_a_quoted_text_may_have_more_separators_than_there_are_columns() -> None:
    text = "a," * 600_000

    assert read(f'name\n"{text}"\n') == (["name"], [(2, [text])])


def test_a_record_has_the_length_limit_of_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "LONGEST_LINE", 1000)
    monkeypatch.setattr(csv_records, "_LONG", 100)

    assert refusal('name\n"' + "x\n" * 2000 + '"') == "Line 501 is longer than 1,000 characters. Is this a CSV file?"


def test_limits_are_those_in_the_messages() -> None:
    assert (limits.LONGEST_FIELD, limits.MOST_COLUMNS) == (16 * 1024 * 1024, 16_384)


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=4), delimiter=st.sampled_from(",;\t|"))
def test_any_table_that_is_written_is_read(rows: list[tuple[str, str]], delimiter: str) -> None:
    options = FileOptions(delimiter, neutralises=False)
    content = b"".join(FORMATS["csv"].write(["name", "email"], [("x" + one, two) for one, two in rows], options, print))

    titles, found = read(content)

    assert (titles, [tuple(cells) for _, cells in found]) == (
        ["name", "email"],
        [("x" + one, two) for one, two in rows],
    )
