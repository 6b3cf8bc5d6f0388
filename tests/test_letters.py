from __future__ import annotations

import pytest

from admin_app.letters import caseless, composed


@pytest.mark.parametrize(
    ("one", "other"),
    [("ΠΑΠΠΆΣ", "Παππάς"), ("STRASSE", "Straße"), ("İpek", "ipek"), ("E\u0301mile", "émile"), ("\ufb01n", "FIN")],
)
def test_texts_that_differ_in_capitals_or_composition_alone_are_the_same(one: str, other: str) -> None:
    assert caseless(one) == caseless(other)


def test_accents_tell_texts_apart() -> None:
    assert caseless("José") != caseless("Jose")


def test_a_letter_and_its_accent_become_one() -> None:
    assert composed("Ame\u0301lie") == "Amélie"
