from __future__ import annotations

import pytest

from admin_app.unicode_text import (
    LONG,
    caseless,
    composed,
    direction_of_long,
    has_something_to_see,
    line,
    unseen_in,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ΠΑΠΠΆΣ", "Παππάς"), ("STRASSE", "Straße"), ("İpek", "ipek"), ("E\u0301mile", "émile"), ("\ufb01n", "FIN")],
)
def test_texts_that_differ_in_capitals_or_composition_alone_are_the_same(one: str, other: str) -> None:
    assert caseless(one) == caseless(other)


def test_accents_tell_texts_apart() -> None:
    assert caseless("José") != caseless("Jose")


@pytest.mark.parametrize(("first", "direction"), [("1. ab", "ltr"), ("<p>", "ltr"), ("12 שלום", "rtl"), ("…", "ltr")])
def test_a_long_text_has_the_direction_of_its_first_letter_and_a_short_one_none(first: str, direction: str) -> None:
    assert (direction_of_long(first + " " * LONG), direction_of_long(first)) == (direction, "")


def test_a_letter_and_its_accent_become_one() -> None:
    assert composed("Ame\u0301lie") == "Amélie"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada Spaced ", "Ada Spaced"),
        ("Ann\u200b", "Ann"),
        ("\ufeff\u2060Ann\u00a0\u3000", "Ann"),
        ("\u200fעדה\u200e", "עדה"),
        ("Ann\u00ad\u3164\uffa0\u115f", "Ann"),
        ("Ame\u0301lie", "Amélie"),
        ("An\u200bn", "An\u200bn"),
        ("\u200b", ""),
        (" \u3164\ufe0f", ""),
        ("", ""),
        ("a\0", "a\0"),
    ],
)
def test_what_nobody_sees_is_taken_off_the_ends_of_a_line(typed: str, kept: str) -> None:
    assert line(typed) == kept
    assert line(kept) == kept
    assert has_something_to_see(typed) == bool(kept)


@pytest.mark.parametrize(
    "name",
    [
        "Ann \u2764\ufe0f",
        "\U0001f469\u200d\U0001f4bb",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u8fbb\U000e0100",
        "\u0d05\u0d35\u0d28\u0d4d\u200d",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "Ann \u2067\u05e2\u05d3\u05d4\u2069",
        "\u06dd",
    ],
)
def test_what_belongs_to_a_letter_stays_with_it(name: str) -> None:
    assert line(f" {name}\u200b") == name


def test_joiner_behind_a_letter_that_knows_none_is_taken_off() -> None:
    assert line("Ann\u200d") == "Ann"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a\u200bb", "zero width space (U+200B)"),
        ("a\u00a0b", "no-break space (U+00A0)"),
        ("a\x1bb", "control character (U+001B)"),
        ("a b\tc", None),
        ("josé@example.com", None),
    ],
)
def test_character_that_nobody_sees_is_named(value: str, words: str | None) -> None:
    assert unseen_in(value) == words
