"""Find and replace: what matches, what replaces it, and which expressions are accepted."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.domain.plan.replacing import FIND, LONGEST, TOO_LONG, WITH, Replacement
from admin_app.errors import InvalidRecord


def replaced(text: str, find: str, by: str, **how: bool) -> str:
    return Replacement(find, by, **how)(text)


@pytest.mark.parametrize(
    ("text", "find", "by", "becomes"),
    [
        ("A colour, COLOUR", "colour", "color", "A color, color"),
        ("a.c abc", ".c", "x", "ax abc"),
        ("100% $1 \\1", "\\1", "$2", "100% $1 $2"),
        ("Straße ΠΑΠΠΆΣ", "παππάς", "", "Straße "),
        ("été École", "é", "e", "ete ecole"),
        ("aaaa", "aa", "b", "bb"),
        ("x\ny", "\n", " ", "x y"),
        ("🌍 and 🌍", "🌍", "Earth", "Earth and Earth"),
        ("nothing here", "something", "x", "nothing here"),
        ("", "x", "y", ""),
    ],
)
def test_every_hit_is_replaced_whatever_its_case(text: str, find: str, by: str, becomes: str) -> None:
    assert replaced(text, find, by) == becomes


@given(st.text("ab.\\é🌍", max_size=30), st.text("ab.\\é🌍", min_size=1, max_size=3), st.text(max_size=5))
def test_a_plain_text_is_replaced_as_python_does(text: str, find: str, by: str) -> None:
    assert replaced(text, find, by, matches_case=True) == text.replace(find, by)


@given(st.text("ab _é", max_size=30), st.text("abé", min_size=1, max_size=3))
def test_whole_words_are_those_that_python_finds(text: str, find: str) -> None:
    expected = re.sub(rf"\b{find}\b", "X", text)

    assert replaced(text, find, "X", is_whole_word=True, matches_case=True) == expected


def test_case_matters_if_asked_for() -> None:
    assert replaced("Colour colour", "colour", "color", matches_case=True) == "Colour color"


@pytest.mark.parametrize(
    ("text", "find", "becomes"),
    [
        ("cat, concat, cats, Cat.", "cat", "X, concat, cats, X."),
        ("кот, котик, кот", "кот", "X, котик, X"),
        ("ba a a", "a a", "ba X"),
        ("abab ab", "ab", "abab X"),
        ("the_cat cat", "cat", "the_cat X"),
        ("cafe\u0301s cafe\u0301", "café", "cafés X"),
        ("किताब कि", "कि", "किताब X"),
        ("(cat) cat", "(cat", "X) cat"),
        ("猫 猫", "猫", "X X"),
    ],
)
def test_a_whole_word_is_not_found_inside_another_in_any_script(text: str, find: str, becomes: str) -> None:
    assert replaced(text, find, "X", is_whole_word=True) == becomes


@pytest.mark.parametrize(
    ("text", "find", "by", "becomes"),
    [
        ("2026-11-22", r"(\d+)-(\d+)-(\d+)", r"\3.\2.\1", "22.11.2026"),
        ("ab", "b?", "-", "-a--"),
        ("one\ntwo", "(?m)^", "> ", "> one\n> two"),
        ("a b", r"(x)?(a)", r"[\1\2]", "[a] b"),
        ("a\\b", r"\\", r"\\\\", "a\\\\b"),
        ("a b", " ", r"\n\t\0|", "a\n\t |b"),
        ("Ann ANN", "ann", r"\0!", "Ann! ANN!"),
    ],
)
def test_a_replacement_can_use_the_groups_of_an_expression(text: str, find: str, by: str, becomes: str) -> None:
    assert replaced(text, find, by, is_expression=True) == becomes


def test_an_expression_can_be_limited_to_whole_words() -> None:
    assert replaced("cat cats cot", "c.t", "X", is_expression=True, is_whole_word=True) == "X cats X"
    assert replaced("ab", "(?m)$", "!", is_expression=True, is_whole_word=True) == "ab!"


@pytest.mark.parametrize(
    ("find", "by", "problems"),
    [
        ("", "x", {FIND: "Enter the text to find."}),
        ("(a", "x", {FIND: "This expression cannot be read: missing ): (a."}),
        ("(?=a)", "x", {FIND: "This expression cannot be read: invalid perl operator: (?=."}),
        (r"(a)\1", "x", {FIND: r"This expression cannot be read: invalid escape sequence: \1."}),
        ("a{5000}", "x", {FIND: "This expression cannot be read: invalid repetition size: {5000}."}),
        ("(a)", r"\2", {WITH: "The expression has no group 2."}),
        ("a", r"\q", {WITH: r"“\q” means nothing here. Write \\ for a backslash."}),
        ("a", "\\", {WITH: "“\\” means nothing here. Write \\\\ for a backslash."}),
        (
            "a" * 1001,
            "b" * 1002,
            {
                FIND: "Enter 1,000 characters or fewer; this has 1,001.",
                WITH: "Enter 1,000 characters or fewer; this has 1,002.",
            },
        ),
    ],
)  # fmt: skip -- a line each
def test_unreadable_input_is_reported_at_its_field(find: str, by: str, problems: dict[str, str]) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        Replacement(find, by, is_expression=True)

    assert refusal.value.problems == problems


def test_a_decomposed_text_is_searched_and_stays_unchanged_without_a_hit() -> None:
    assert replaced("Ame\u0301lie!", "Amélie", "Emily") == "Emily!"
    assert replaced("Ame\u0301lie!", "Emily", "x") == "Ame\u0301lie!"


def test_a_text_that_would_be_larger_than_any_field_is_refused() -> None:
    with pytest.raises(InvalidRecord) as refusal:
        replaced("a" * 20_000, "a", "b" * LONGEST)

    assert refusal.value.problems == {"": TOO_LONG}


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("find", "how"),
    [
        ("(a|a)*b", {"is_expression": True}),
        ("(a*)*$", {"is_expression": True}),
        ("a.*b", {"is_expression": True, "is_whole_word": True}),
        ("a" * LONGEST, {"is_whole_word": True}),
    ],
)
def test_no_expression_takes_longer_than_the_text_is_long(find: str, how: dict[str, bool]) -> None:
    replacement = Replacement(find, "x", **how)

    times = []
    for length in (20_000, 80_000):
        began = time.process_time()
        replacement("a" * length + "!")
        times.append(time.process_time() - began)

    # Four times the text; what goes back over it takes sixteen times as long, or for ever.
    assert times[1] < 10 * max(times[0], 0.05)
