"""Finding the one record a person means: by id, by email, by a name that only one has. Nobody guesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admin_app.domain.records.lookup import EVERYTHING, VisibleScope, find_at_once, find_one, find_unique
from admin_app.errors import NotFoundError
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User

pytestmark = pytest.mark.usefixtures("context")


def find(text: str, model: type[Any] = User) -> Any:
    return find_one(db.session, model, text, noun="user", nouns="users", visible_scope=EVERYTHING)


@pytest.mark.parametrize(
    "text", ["{id}", " {id} ", "00{id}", "ann@example.com", " ANN@Example.com\n", "Ann Lee", "ann lee"]
)
def test_record_is_found_by_what_names_it(text: str, make_user: Callable[..., User]) -> None:
    make_user()
    ann = make_user(name="Ann Lee", email="ann@example.com")

    found = find(text.format(id=ann.id))

    assert found is ann


def test_record_is_found_in_any_alphabets_case(make_user: Callable[..., User]) -> None:
    emile = make_user(name="Émile")

    assert find("éMILE") is emile


@pytest.mark.parametrize(
    "text",
    [
        "nobody@example.com",
        "Ann",
        "%",
        "_nn Lee",
        "",
        "-1",
        "0",
        "1.0",
        "²",
        "٣",
        "1e1",
        "3000000000",
        str(2**63 - 1),
        str(2**63),
        "9" * 5000,
        "x" * 100_000,
    ],
)  # fmt: skip -- a list of texts
def test_nobody_is_found_by_anything_else(text: str, make_user: Callable[..., User]) -> None:
    make_user(name="Ann Lee")

    with pytest.raises(NotFoundError) as refusal:
        find(text)

    words = f"No user has the ID or name “{text[:80]}”. Check it, or look in the list of users."
    assert str(refusal.value) == words


@pytest.mark.parametrize(
    ("kept", "typed"),
    [("straße@example.com", "STRASSE@example.com"), ("παππάς@example.com", "ΠΑΠΠΆΣ@example.com")],
)
def test_record_is_found_by_an_email_as_it_is_unique(kept: str, typed: str, make_user: Callable[..., User]) -> None:
    make_user(email=kept)

    assert find(typed).email == kept


def test_nul_is_passed_over(make_user: Callable[..., User]) -> None:
    ann = make_user(email="ann@example.com")

    assert find("ann@\0example.com") is ann


def test_name_of_several_is_refused_with_their_ids(make_user: Callable[..., User]) -> None:
    ids = [make_user(name="Ann").id for _ in range(5)]

    with pytest.raises(NotFoundError) as refusal:
        find("Ann")

    named = ", ".join(map(str, ids[:3]))
    assert str(refusal.value) == f"Several users are called “Ann” (IDs {named}). Enter the ID of the one you mean."


def test_exact_spelling_comes_before_another_case(make_user: Callable[..., User]) -> None:
    make_user(name="ANN")
    ann = make_user(name="Ann")

    assert find("Ann") is ann


def test_id_comes_before_a_name_of_digits(make_user: Callable[..., User]) -> None:
    first = make_user()
    make_user(name=str(first.id))
    called_999999 = make_user(name="999999")

    assert find(str(first.id)) is first
    assert find("999999") is called_999999


def test_secret_names_nobody(owner: Staff) -> None:
    with pytest.raises(NotFoundError):
        find(owner.password_hash, Staff)


def test_long_text_names_nobody(make_post: Callable[..., Post]) -> None:
    post = make_post(content="Hello")

    with pytest.raises(NotFoundError):
        find("Hello", Post)
    assert find(str(post.id), Post) is post


def test_name_means_no_record_that_is_put_away(make_user: Callable[..., User]) -> None:
    kept, away = make_user(name="Ann", email="kept@example.com"), make_user(name="Ann", email="away@example.com")
    scope = VisibleScope(archived=User.id == away.id)

    found = [find_named(text, scope) for text in ("Ann", str(away.id), "away@example.com", "nobody")]

    assert found == [
        kept,
        away,
        "Only an archived user is called “away@example.com”. Restore it, or enter its ID.",
        "No user has the ID or name “nobody”. Check it, or look in the list of users.",
    ]
    assert find_unique(db.session, User, "away@example.com", visible_scope=scope) is None


def find_named(text: str, scope: VisibleScope) -> User | str:
    try:
        return find_one(db.session, User, text, noun="user", nouns="users", visible_scope=scope)
    except NotFoundError as refusal:
        return str(refusal)


@pytest.mark.parametrize("text", ["ANN@example.com", " ann@example.com\0"])
def test_record_is_found_by_what_no_other_has(text: str, make_user: Callable[..., User]) -> None:
    ann = make_user(name="ann@example.org", email="ann@example.com")

    assert find_unique(db.session, User, text, visible_scope=EVERYTHING) is db.session.get(User, ann.id)


@pytest.mark.parametrize("text", ["Ann", "ann@example", "", "a" * 1000])
def test_anything_else_is_no_ones_own(text: str, make_user: Callable[..., User]) -> None:
    make_user(name="Ann", email="ann@example.com")

    assert find_unique(db.session, User, text, visible_scope=EVERYTHING) is None


def test_what_no_other_has_is_found_in_sight_only(make_user: Callable[..., User]) -> None:
    make_user(name="Ann", email="ann@example.com")
    scopes = (VisibleScope(rows=User.name == "Bob"), VisibleScope(names=["name"]))

    found = [find_unique(db.session, User, "ann@example.com", visible_scope=scope) for scope in scopes]

    assert (found, find_unique(db.session, Post, "ann@example.com", visible_scope=EVERYTHING)) == ([None, None], None)


@pytest.mark.parametrize(
    ("text", "found"),
    [("{id}", [1]), ("Ann Lee", [1, 2]), ("ANN@example.com", [1]), ("ann lee", []), ("", []), ("a" * 1000, [])],
)
def test_an_index_finds_all_that_are_called_exactly_so(
    text: str, found: list[int], make_user: Callable[..., User]
) -> None:
    ann = make_user(name="Ann Lee", email="ann@example.com")
    other = make_user(name="Ann Lee")

    records = find_at_once(db.session, User, text.format(id=ann.id), visible_scope=EVERYTHING)

    assert records == [{1: ann, 2: other}[one] for one in found]


def test_what_is_out_of_sight_is_not_found_at_once(make_user: Callable[..., User]) -> None:
    ann = make_user(name="Ann")

    assert find_at_once(db.session, User, str(ann.id), visible_scope=VisibleScope(User.name != "Ann")) == []
    assert find_at_once(db.session, User, "Ann", visible_scope=VisibleScope(names=())) == []
