"""Word by word: what went, what came; and no text is too long or too nasty."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.domain.audit.diff import LONGEST_PIECE, MOST_PLACES, Piece, PieceKind, cut, replaced, words_diff


def short(pieces: tuple[Piece, ...]) -> list[tuple[str, str]]:
    return [(piece.kind.value, piece.text) for piece in pieces]


def test_a_word_in_place_of_another_is_shown_whole() -> None:
    assert short(words_diff("the house here", "the horse here")) == [
        ("same", "the "),
        ("gone", "house"),
        ("came", "horse"),
        ("same", " here"),
    ]


def test_what_was_added_and_taken_out_is_told_apart() -> None:
    assert short(words_diff("a b", "a x b")) == [("same", "a "), ("came", "x "), ("same", "b")]
    assert short(words_diff("a x b", "a b")) == [("same", "a "), ("gone", "x "), ("same", "b")]


def test_long_stretches_that_stayed_are_left_out() -> None:
    same = "word " * 200

    pieces = words_diff(f"{same}one {same}", f"{same}two {same}")

    assert [piece.kind for piece in pieces] == [
        PieceKind.GAP,
        PieceKind.SAME,
        PieceKind.GONE,
        PieceKind.CAME,
        PieceKind.SAME,
        PieceKind.GAP,
    ]


def test_a_stretch_between_two_changes_is_left_out_in_its_middle() -> None:
    same = " ".join(map(str, range(100)))

    pieces = words_diff(f"one {same} one", f"two {same} two")

    assert PieceKind.GAP in [piece.kind for piece in pieces[1:-1]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * 250_000, "b a " * 250_000),
        ("x" * 1_000_000, "y" * 1_000_000),
        ("x" * 1_000_000, "x" * 999_999),
        ("\N{COMBINING ACUTE ACCENT}" * 500_000, "a\N{COMBINING ACUTE ACCENT}" * 250_000),
        (" ".join(map(str, range(1900))), " ".join(map(str, range(1900, 0, -1)))),
    ],
)
def test_hostile_texts_are_compared_in_no_time(old: str, new: str) -> None:
    began = time.perf_counter()

    pieces = words_diff(old, new)

    assert time.perf_counter() - began < 2
    assert sum(len(piece.text) for piece in pieces) < 40_000


def test_each_of_several_changes_in_a_long_text_is_shown_for_itself() -> None:
    hay = " ".join(map(str, range(3000)))
    old, new = (f"A {one} B {hay} C{one}c {hay} D {one} E" for one in ("needle", "pin"))

    pieces = [piece for piece in short(words_diff(old, new)) if piece[0] in {"gone", "came"}]

    assert pieces == [
        ("gone", "needle"),
        ("came", "pin"),
        ("gone", "Cneedlec"),
        ("came", "Cpinc"),
        ("gone", "needle"),
        ("came", "pin"),
    ]


def test_changes_beyond_the_most_are_shown_as_one() -> None:
    hay = " ".join(map(str, range(100)))
    old, new = (f"{one} {hay} " * 200 for one in ("needle", "pin"))

    pieces = [text for fate, text in short(words_diff(old, new)) if fate == "gone"]

    assert pieces[:-1] == ["needle"] * MOST_PLACES
    assert pieces[-1].startswith("needle 0 1 2")


def test_a_long_text_in_place_of_another_is_shown_so() -> None:
    old, new = (" ".join(f"{number}{sign}" for number in range(3000)) for sign in "xy")

    pieces = words_diff(old, new)

    assert [piece.kind for piece in pieces] == [PieceKind.GONE, PieceKind.CAME]


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_word_is_lost(old: str, new: str) -> None:
    pieces = words_diff(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.CAME) == old
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.GONE) == new


def test_values_stand_in_each_others_place() -> None:
    assert short(replaced("1", "2")) == [("gone", "1"), ("came", "2")]


def test_a_long_value_says_how_long_it_is() -> None:
    assert cut("x" * 2001) == f"{'x' * LONGEST_PIECE}… (2,001 characters)"
