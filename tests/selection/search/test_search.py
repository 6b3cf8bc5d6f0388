"""Search: words are ANDed, columns are ORed, phrases stay together, and no character means anything but itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.search.search import LONGEST_SEARCH, MOST_WORDS, is_cut, terms_of
from tests.page import Page


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("   ", []),
        ("ann", ["ann"]),
        ("  ann \t lee\n", ["ann", "lee"]),
        ('"ann lee"', ["ann lee"]),
        ('bob "ann lee" eve', ["bob", "ann lee", "eve"]),
        ('"', ['"']),
        ('""', ['""']),
        ('5" disk', ['5"', "disk"]),
        ('"never closed', ['"never', "closed"]),
        ("%", ["%"]),
        (" ".join("abcdefghijklmnopqrstuvwxyz"), list("abcdefghijklmnopqrst")),
    ],
)
def test_search_is_split_into_words_and_phrases(text: str, terms: list[str]) -> None:
    assert terms_of(text) == terms


@settings(deadline=None)
@given(st.text(max_size=2000))
def test_any_search_is_a_few_terms_at_most(text: str) -> None:
    terms = terms_of(text)

    assert len(terms) <= MOST_WORDS
    assert all(terms)
    assert sum(map(len, terms)) <= LONGEST_SEARCH


@pytest.mark.parametrize(
    ("text", "is_too_long"),
    [("a b", False), ("a " * 20, False), ("a " * 21, True), ("x" * 400, False), ("x" * 401, True)],
)
def test_longer_search_is_said_to_be_cut(text: str, is_too_long: bool) -> None:  # noqa: FBT001 -- a column of the table above
    assert is_cut(text) == is_too_long


def found(client: Any, search: str, of: str = "user") -> list[int]:
    response = client.get(f"/admin/{of}/", query_string={"q": search, "sort": "id"})
    assert response.status_code == 200
    return Page(response).ids()


def test_every_word_has_to_occur_in_one_column_or_another(as_viewer: Any, make_user: Callable[..., User]) -> None:
    ann = make_user(name="Ann Lee", email="ann@work.example")
    make_user(name="Ann Day", email="day@home.example")
    make_user(name="Bob", email="bob@work.example")

    assert found(as_viewer, "ann work") == [ann.id]
    assert found(as_viewer, "work ann") == [ann.id]


def test_word_may_stand_in_any_declared_column(as_viewer: Any, make_user: Callable[..., User]) -> None:
    by_name, by_email = make_user(name="Zebra"), make_user(email="zebra@example.com")
    make_user()

    assert found(as_viewer, "zebra") == [by_name.id, by_email.id]


def test_phrase_has_to_occur_as_it_is(as_viewer: Any, make_user: Callable[..., User]) -> None:
    ann = make_user(name="Ann Lee")
    turned = make_user(name="Lee Ann")

    assert found(as_viewer, '"ann lee"') == [ann.id]
    assert found(as_viewer, "ann lee") == [ann.id, turned.id]


@pytest.mark.parametrize("character", ["%", "_", "\\", "/", "'", '"', ";", "--", "<b>", "*", "[", "?"])
def test_character_of_the_query_language_is_only_itself(
    character: str, as_viewer: Any, make_user: Callable[..., User]
) -> None:
    with_it = make_user(name=f"a{character}b")
    make_user(name="aXb")

    assert found(as_viewer, character) == [with_it.id]


def test_search_reaches_the_related_record(
    as_viewer: Any, make_user: Callable[..., User], make_post: Callable[..., Post]
) -> None:
    ann = make_user(name="Ann Lee", email="ann@work.example")
    post = make_post(user=ann, content="Hello")
    make_post(user=make_user(), content="Hello")
    make_post(content="Hello")

    assert found(as_viewer, "hello lee", of="post") == [post.id]
    assert found(as_viewer, "work.example", of="post") == [post.id]


@pytest.mark.parametrize(
    ("stored", "searched"),
    [("Ann", "ANN"), ("café", "café"), ("Café", "CAFÉ"), ("ÉCOLE", "école"), ("Ωmega", "ωMEGA"), ("яблоко", "ЯБЛОКО")],
)
def test_case_does_not_matter_in_any_alphabet(
    stored: str, searched: str, as_viewer: Any, make_user: Callable[..., User]
) -> None:
    user = make_user(name=stored)

    assert found(as_viewer, searched) == [user.id]


@pytest.mark.parametrize("text", ["💥", "日本", "ab", "é", "ﷺ", "e\u0301"])
def test_short_words_and_any_script_are_found(text: str, as_viewer: Any, make_post: Callable[..., Post]) -> None:
    post = make_post(content=f"before{text}after")
    make_post(content="something else")

    assert found(as_viewer, text, of="post") == [post.id]


def test_fifteen_hundred_words_are_cut_with_a_note(as_viewer: Any, make_user: Callable[..., User]) -> None:
    user = make_user(name=" ".join(["a"] * 20))

    page = Page(as_viewer.get("/admin/user/", query_string={"q": "a " * 1500}))

    assert page.status == 200
    assert page.ids() == [user.id]
    assert page.texts("p", class_="note") == ["The search is too long: only its first 20 words are used."]


# What is too long is cut before a store is asked; what PostgreSQL keeps none of, it could be asked for.
LONG = ["x" * 1_000_000, "x " * 100_000, "%" * 100_000]
HOSTILE = [
    *(("sqlite", text) for text in ("\0", "an\0n", "\\" * 999, "\ufffe", *LONG)),
    *(pytest.param("postgres", text, marks=pytest.mark.postgres) for text in ("\0", "an\0n", "\\" * 999, "\ufffe")),
]


@pytest.mark.parametrize(("store", "text"), HOSTILE, indirect=["store"])
def test_hostile_search_is_never_an_error(text: str, as_viewer: Any, make_user: Callable[..., User]) -> None:
    make_user(name="ann")

    response = as_viewer.get("/admin/user/", query_string={"q": text})

    assert response.status_code == 200


def test_bytes_that_are_no_text_are_never_an_error(as_viewer: Any, make_user: Callable[..., User]) -> None:
    make_user()

    response = as_viewer.get("/admin/user/?q=%ff%fe%80")

    assert response.status_code == 200
    assert Page(response).rows() == []


def test_search_box_keeps_the_words_and_the_rest_of_the_state(as_viewer: Any) -> None:
    page = Page(as_viewer.get('/admin/user/?q="ann+lee"&name__contains=a&sort=-name&per_page=50&page=3'))

    assert page.values("search") == {"name__contains": "a", "sort": "-name", "per_page": "50", "q": '"ann lee"'}
    assert page.link("Clear search") == "/admin/user/?name__contains=a&sort=-name&per_page=50"


def test_search_says_what_it_looks_through(as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/user/?q=x"))

    assert page.texts("label", **{"for": "listing-search"}) == ["Search users by name and email"]
