from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from admin_app.kinds.spreadsheet import neutralised, restored

# Mostly what the rule is about, so that made-up text meets it.
TRICKY = st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝＋－＠a1 ,\""))  # noqa: RUF001 -- the full-width forms are meant


@pytest.mark.parametrize("sign", list("=+-@\t\r\n＝＋－＠"))  # noqa: RUF001 -- the full-width forms are meant
def test_text_that_begins_like_a_formula_gets_an_apostrophe(sign: str) -> None:
    assert neutralised(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize("text", ["", "a=1", " =1", "'", "''", "'tis", "1+1", "mail@example.com", "(=1)", '"=1"', "é"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert neutralised(text) == text
    assert restored(text) == text


@pytest.mark.parametrize("text", ["'=1", "''=1", "'''@a"])
def test_text_that_looks_neutralised_already_gets_one_more_apostrophe(text: str) -> None:
    assert neutralised(text) == f"'{text}"


@given(st.one_of(st.text(), TRICKY))
@example("'=")
def test_what_was_neutralised_is_restored(text: str) -> None:
    assert restored(neutralised(text)) == text


@given(TRICKY)
def test_no_neutralised_text_begins_like_a_formula(text: str) -> None:
    assert neutralised(text)[:1] not in set("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 -- the full-width forms are meant


@given(TRICKY, TRICKY)
def test_two_texts_never_become_one(one: str, other: str) -> None:
    assert (neutralised(one) == neutralised(other)) == (one == other)
