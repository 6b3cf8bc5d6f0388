"""Where a text has what was searched for: its hits are what the search finds, and nothing of the text is lost or made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.selection.search.passages import CELL, LINES, Piece, passage_of, pieces_of

LETTERS = st.text("aAbßsS\u03c3ςΣİi <>\n", max_size=40)


def drawn(pieces: tuple[Piece, ...]) -> str:
    """Write pieces with their hits in brackets."""
    return "".join(f"[{one.text}]" if one.is_hit else one.text for one in pieces)


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("Garden wall", ["garden"], "[Garden] wall"),
        ("A garden, a GARDEN", ["garden"], "A [garden], a [GARDEN]"),
        ("Garden wall", ["wall", "garden"], "[Garden] [wall]"),
        ("gardener", ["garden", "dener"], "[gardener]"),
        ("Garden wall", ["garden wall"], "[Garden wall]"),
        ("Straße", ["STRASSE"], "[Straße]"),
        ("ΠΑΠΠΆΣ", ["παππάς"], "[ΠΑΠΠΆΣ]"),
        ("İstanbul", ["istanbul"], "[İstanbul]"),
        ("café", ["cafe"], "café"),
        ("100% a_b", ["%", "_"], "100[%] a[_]b"),
        ("aaa", ["aa"], "[aa]a"),
        ("", ["a"], ""),
        ("Garden", [], "Garden"),
    ],
)
def test_hits_are_marked_as_the_search_finds_them(text: str, terms: list[str], expected: str) -> None:
    assert drawn(pieces_of(text, terms)) == expected


@given(LETTERS, st.lists(LETTERS, max_size=3))
def test_pieces_are_the_text(text: str, terms: list[str]) -> None:
    assert "".join(one.text for one in pieces_of(text, terms)) == text


def test_passage_is_the_words_around_the_first_hit() -> None:
    text = f"{'before ' * 50}needle {'after ' * 50}"

    words = drawn(passage_of(text, ["needle"]))

    assert words.startswith("…before before")
    assert " [needle] after" in words
    assert words.endswith("after…")
    assert len(words) <= LINES.longest + len("……[]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"A needle {'after ' * 50}", f"A [needle] {'after ' * 17}after…"),
        (f"{'before ' * 10}needle", "…before before [needle]"),
        ("x" * 36 + "needle", f"…{'x' * 16}[needle]"),
    ],
)
def test_passage_for_a_cell_has_its_hit_near_its_beginning(text: str, expected: str) -> None:
    assert drawn(passage_of(text, ["needle"], CELL)) == expected


def test_passage_of_a_short_text_is_all_of_it() -> None:
    assert drawn(passage_of("The needle is here", ["needle"])) == "The [needle] is here"


def test_text_without_a_hit_has_no_passage() -> None:
    assert passage_of("Hay", ["needle"]) == ()


def test_passage_of_html_is_what_a_reader_sees() -> None:
    assert drawn(passage_of("<p>A <b>sharp</b>\n needle &amp; hay</p>", ["needle & hay"])) == "A sharp [needle & hay]"


def test_hit_in_markup_is_shown_as_it_stands() -> None:
    text = '<p><a href="https://needle.example">Hay</a></p>'

    assert drawn(passage_of(text, ["needle"])) == '<p><a href="https://[needle].example">Hay</a></p>'


def test_text_without_spaces_is_cut_where_the_room_ends() -> None:
    words = drawn(passage_of(f"{'x' * 500}needle{'y' * 500}", ["needle"]))

    assert words == f"…{'x' * 50}[needle]{'y' * (LINES.longest - 56)}…"


@given(LETTERS.filter(str.strip), LETTERS.filter(str.strip))
def test_passage_has_a_hit_or_is_none(text: str, term: str) -> None:
    passage = passage_of(text, [term])

    assert passage == () or any(one.is_hit for one in passage)
