"""A search by the index finds what reading every text finds, whatever the spelling."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from admin_app.extensions import db
from admin_app.formatting import folded
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.paging import planner
from admin_app.selection.paging.counting import count_of
from admin_app.selection.paging.planner import planned
from admin_app.selection.search.search import terms_of
from admin_app.unicode_text import caseless, composed
from tests.selection.searching import found, rows_of, selection, write

EXAMPLES = [
    ("École", "école"), ("école", "ÉCOLE"), ("ЯБЛОКО", "яблоко"), ("яблоко", "Яблоко"), ("STRAẞE", "straße"),
    ("straße", "STRAẞE"), ("ΑΣΑ", "ΑΣ"), ("\u212aelvin", "kelvin"), ("\u0130stanbul", "istanbul"), ("İİİ", "iii"),
    ("日本語の本", "日本語"), ("x📷📷📷y", "📷📷📷"), ("50%_off\\", "%_off\\"), ('a 5" disk', '5"'), ("a\tb  c", '"b  c"'),
    ("Παππάς", "ΠΑΠΠΆΣ"), ("Παππάς", "παππάς"), ("ΠΑΠΠΆΣ", "παππάς"), ("παππάσ", "Παππάς"), ("Νίκος Παππάς", '"ΝΊΚΟΣ ΠΑΠΠΆΣ"'),
    ("Straße", "STRASSE"), ("Strasse", "straße"), ("STRASSE", "Straße"), ("fish", "ﬁsh"), ("ﬁsh", "ﬁsh"), ("SS", "ß"), ("ß", "ss"),
    ("mißssen", "MISSSSEN"), ("\u1f88\u03b4\u03c9", "\u1f80\u03b4\u03c9"), ("Amélie", "Ame\u0301lie"), ("Ame\u0301lie", "Ame\u0301lie"),
    ("J\u030cabcd", "\u01f0ABCD"), ("Ann", "Ann\u200b"),
    ("\u1c90\u1c91\u1c92", "\u10d0\u10d1\u10d2"), ("\U0001e900\U0001e901\U0001e902", "\U0001e922\U0001e923\U0001e924"),
]  # fmt: skip


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(("stored", "searched"), EXAMPLES)
def test_text_is_found_however_it_is_written(stored: str, searched: str) -> None:
    (key,) = write(f"before{stored}after")
    write("something else", "")

    assert found(searched) == [key]


@pytest.mark.usefixtures("context")
def test_accents_count() -> None:
    write("resume", "naïve")

    assert found("résumé") == []
    assert found("naive") == []


@pytest.mark.usefixtures("context")
def test_pieces_apart_from_each_other_are_no_word() -> None:
    write("abcd bcde", "abc and bcd")
    (key,) = write("xabcdex")

    assert found("abcde") == [key]


@pytest.mark.usefixtures("context")
def test_word_is_counted_in_whatever_letters_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MANY", 10), ("WALKED_COUNT", 5), ("FEW", 2)):
        monkeypatch.setattr(planner, name, value)
    write(*["a garden"] * 4, *["A GARDEN"] * 30)

    assert str(count_of(db.session, planned(db.session, selection("Garden")))) == "more than 5"


@pytest.mark.usefixtures("context")
def test_pieces_in_two_columns_are_no_word(make_user: Callable[..., User]) -> None:
    make_user(name="zeb", email="bra@example.com")
    key = make_user(name="Zebra").id

    assert found("zebra", User) == [key]


@pytest.mark.usefixtures("context")
def test_related_rows_are_found_by_their_index(make_user: Callable[..., User], make_post: Callable[..., Post]) -> None:
    ann = make_user(name="Ann Zebra", email="ann@work.example")
    posts = [make_post(user=ann, content=content).id for content in ("Hello", "a zebra")]
    make_post(user=make_user(), content="Hello")
    other = make_post(content="zebra too").id

    assert found("zebra") == [*posts, other]
    assert found("work.example hello") == posts[:1]


LETTERS = "abksiSKI\u0131\u0130\u212aéÉяЯßẞ\u03c3\u03c2\u03a3日本📷%_\\\"*' -."
TEXTS = st.text(LETTERS, max_size=12)


def _has(text: str, term: str) -> bool:
    """Whether some letters of a text, looked at one beside the other, are the term to a person."""
    wanted, starts = caseless(term), range(len(text))
    runs = (text[start:end] for start in starts for end in range(start + 1, len(text) + 1))
    return any(caseless(run) == wanted for run in runs)


def _is_looked_for_in_every_way(term: str) -> bool:
    """Whether a term has no more than four letters with two spellings, and is no short word like "css"."""
    key = caseless(term)
    return key.count("\u03c3") + key.count("ss") <= 3 and "sss" not in key and ("ss" not in key or len(key) > 7)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(contents=st.lists(TEXTS, max_size=6), search=TEXTS)
@pytest.mark.usefixtures("context")
def test_search_finds_what_a_naive_contains_finds(contents: list[str], search: str) -> None:
    db.session.execute(delete(Post))
    keys = write(*contents) if contents else []
    terms = terms_of(search)
    assume(all(_is_looked_for_in_every_way(term) for term in terms))

    expected = [key for key, one in zip(keys, contents, strict=True) if all(_has(one, term) for term in terms)]

    assert found(search) == sorted(expected)
    db.session.rollback()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("context")
def test_index_takes_every_capital_for_its_small_letter() -> None:
    capitals = [one for one in map(chr, range(sys.maxunicode)) if one.lower() != one and composed(one) == one]
    keys = dict(zip(write(*(letter * 3 for letter in capitals)), capitals, strict=True))

    missed = []
    for key, letter in keys.items():
        one = selection(folded(letter) * 3)
        one = one.changed(by_index=one.lookups)
        if key not in {row.id for row in rows_of(one)}:
            missed.append(letter)

    assert len(capitals) > 1300
    assert missed == []


@pytest.mark.usefixtures("context")
def test_an_empty_table_is_searched_too() -> None:
    assert found("zebra") == []
