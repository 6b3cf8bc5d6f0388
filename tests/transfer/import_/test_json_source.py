"""JSON is read one object at a time: numbers keep their digits, and values that fit no cell are wrong in their row."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.transfer.import_ import json_source, json_text
from tests.transfer.reading import opened, problems, read, refusal


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('[{"name": "Ada", "id": 1}, {"id": 2, "name": "Bo"}]', "json"),
        ('\ufeff\n [\n{"name":"Ada","id":1},\n{"name":"Bo","id":2}\n]\n', "json"),
        ('{"name":"Ada","id":1}\n{"name":"Bo","id":2}\n', "jsonl"),
        ('{"name":"Ada",\n"id":1}\r\n\r\n{"name":"Bo","id":2}', "jsonl"),
        ('[{"name":"Ada","id":1},{"name":"Bo","id":2}]'.encode("utf-16"), "json"),
    ],
)
def test_objects_are_rows_in_a_list_or_line_by_line(content: str | bytes, found: str) -> None:
    assert read(content) == (["name", "id"], [(1, ["Ada", "1"]), (2, ["Bo", "2"])])
    assert opened(content).reading.format == found


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ('"007"', "007"), ("1.10", "1.10"), ("4.0", "4"), ("1e21", "1000000000000000000000"), ("1E-7", "0.0000001"),
        ("12345678901234567890", "12345678901234567890"), ("1e999999999", "1e999999999"), ("NaN", "NaN"), ("-0", "-0"),
        ("true", "yes"), ("false", "no"), ("null", ""), ('""', ""), ('"\\u00e9\\ud83d\\ude00"', "é😀"), ("1" * 5000, "1" * 5000),
        ("1e99999999999999999999999", "1e99999999999999999999999"),
    ],
)  # fmt: skip
def test_a_value_is_the_text_that_an_export_would_write(value: str, cell: str) -> None:
    assert read(f'[{{"name": {value}}}]') == (["name"], [(1, [cell])])


def test_a_missing_key_is_a_missing_cell() -> None:
    assert read('[{"name": null}, {}, {"id": 1}]') == (["name", "id"], [(1, ["", None]), (3, [None, "1"])])


def test_a_list_or_object_in_a_cell_is_unreadable() -> None:
    content = '[{"name": "Ada"}, {"name": {"a": [1]}}, {"name": [1, 2]}, {"name": "a\\ud800"}]'

    assert problems(content) == [
        (2, "", {0: "it is an object; a cell is text, a number, true, false or null."}),
        (3, "", {0: "it is a list; a cell is text, a number, true, false or null."}),
        (4, "", {0: "it has half of a character. Type it again."}),
    ]
    assert [row.cells for row in opened(content).rows()] == [["Ada"], ["{…}"], ["[…]"], ["a?"]]


def test_a_row_that_is_no_object_or_has_a_key_twice_is_wrong() -> None:
    assert problems('[{"name": 1}, 5, [1], null, {"name": 1, "name": 2}]') == [
        (2, "“5”: it is not an object.", {}),
        (3, "“[…]”: it is not an object.", {}),
        (4, "“null”: it is not an object.", {}),
        (5, "It has “name” twice.", {}),
    ]


def test_a_value_under_a_key_that_the_first_objects_lack_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "OBJECTS_LOOKED_AT", 1)
    content = '[{"name": 1}, {"id": null, "name": 2}, {"id": 3, "email": 4}]'

    assert problems(content) == [
        (3, "It has “id”, which none of the first objects has. Add it to the first one, with the value null.", {})
    ]


NO_LIST = 'The file must be a list of objects, like [{"name": "Ada"}], or one object a line.'


@pytest.mark.parametrize("content", ['["a"]', "[1]", "[[1]]", "[null]"])
def test_a_list_of_something_else_is_refused(content: str) -> None:
    assert refusal(content, name="users.json") == NO_LIST


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('[{"name": 1}\n', 2), ('[{"name": 1},\n', 2), ('[{"name": 1}\n{"name": 2}]', 2), ('[{"name": 1}]\n\n5', 3),
        ('[{"name": 1},\n]', 2), ('{"name": tru', 1), ('{"name": "x', 1), ('[{"name": 1},\n{"name": oops,\n"id": 123456789}]', 2),
        ('{"name": 1}\n{"name": 2},\n', 2), ("[", 1),
    ],
)  # fmt: skip
def test_a_json_error_is_reported_with_its_line(content: str, line: int) -> None:
    assert refusal(content, format="json") == (
        f"This is not JSON from line {line} on. It must be a list of objects, or one object a line."
    )


def test_an_empty_list_has_no_rows() -> None:
    assert read("[]") == ([], [])
    assert read("", name="users.json") == ([], [])


def test_lists_within_lists_are_refused() -> None:
    assert refusal('[{"name": 1},\n' + "[" * 1_000_000) == (
        "Line 2 has lists nested too deeply. The file must be a list of objects."
    )


def test_a_value_that_never_ends_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "LONGEST_LINE", 1000)
    monkeypatch.setattr(json_text, "_CHUNK", 100)

    assert refusal('[{"name": 1},\n{"name": "' + "x" * 5000) == (
        "The value that begins on line 2 is longer than 1,000 characters. Is this a list of objects?"
    )


def test_an_object_of_millions_of_values_is_refused() -> None:
    assert refusal('[{"name": [' + "[]," * 4_000_000) == (
        "The value that begins on line 1 has too many parts. Is this a list of objects?"
    )


def test_a_cell_of_more_than_16_million_characters_is_refused() -> None:
    long = "x" * (16 * 1024 * 1024 + 1)

    assert refusal(f'[{{"name": "{long}"}}]') == (
        "Row 1 has a cell of more than 16,777,216 characters. Shorten it, and import the file again."
    )


def test_objects_of_a_million_keys_are_refused() -> None:
    content = json.dumps([{str(key): key for key in range(20_000)}])

    assert refusal(content) == "Row 1 has more than 16,384 cells. Leave out columns, and import it again."


def test_titles_are_searched_in_the_first_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "_LOOKED_AT", 10)

    assert opened('[{"name": "Ada"}, {"id": 1}]').titles == ["name"]


def test_an_encoding_error_is_reported_with_its_line() -> None:
    content = b'[{"name": "Ada"},\n' * 1 + b'{"name": "Zo\xeb"},\n' * 9000 + b'{"name": "\x81"}]'

    assert refusal(content, encoding="windows-1252") == (
        "The file is not Windows-1252 (Western Europe): line 9,002 has something else. Save it as UTF-8 and import it again."
    )


def test_json_in_another_encoding_is_guessed() -> None:
    assert read('[{"name": "Jürgen Größe"}]'.encode("cp1252")) == (["name"], [(1, ["Jürgen Größe"])])


JSON_CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.integers(), st.booleans(), st.none()
)


@pytest.mark.parametrize("chunk", [1, 7, 64 * 1024])
@given(
    rows=st.lists(st.dictionaries(st.sampled_from("abc"), JSON_CELLS, min_size=1), max_size=4),
    indent=st.sampled_from([None, 1]),
)
def test_any_objects_that_are_written_are_read(chunk: int, rows: list[dict[str, Any]], indent: int | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_CHUNK", chunk)
        titles, found = read(json.dumps(rows, indent=indent), format="json")
        _, lines = read("\n".join(map(json.dumps, rows)), format="jsonl")

    assert [{key: cell for key, cell in zip(titles, cells, strict=True) if cell is not None} for _, cells in found] == [
        {key: _said(value) for key, value in row.items()} for row in rows
    ]
    assert lines == found


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
