"""Whom a note means."""

from __future__ import annotations

import pytest

from admin_app.domain.work.mentions import NOBODY, Colleague, has_mentions, meant_by

ANNA = Colleague(1, "Anna Lee", "anna@example.com")
ANNE = Colleague(2, "Anne", "a.stone@example.com")
OTHER_ANNE = Colleague(3, "Anne Stone", "anne.stone@example.com")
SAM, TWIN = Colleague(4, "Sam", "sam@example.com"), Colleague(5, "Sam", "sam2@example.com")
ALL = [ANNA, ANNE, OTHER_ANNE, SAM, TWIN]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@Anna Lee, look", [ANNA]),
        ("@anna: look", [ANNA]),
        ("(@ANNA@EXAMPLE.COM.)", [ANNA]),
        ("@lee and @Anna Lee", [ANNA]),
        ("@Anne said", [ANNE]),
        ("@anne stone said", [OTHER_ANNE]),
        ("@a.stone", [ANNE]),
        ("@sam2 first, then @anna", [TWIN, ANNA]),
        ("@Anna\nLee", [ANNA]),
        ("Write to anna@example.com, or x/@anna", []),
        ("@ Anna", []),
    ],
)
def test_a_person_is_meant_by_name_part_of_it_or_email(text: str, people: list[Colleague]) -> None:
    found = meant_by(text, ALL, {})

    assert (list(found.people), found.questions) == (people, ())
    assert has_mentions(text) == bool(people)


@pytest.mark.parametrize(
    ("text", "word", "people"),
    [
        ("@sam?", "Sam", (SAM, TWIN)),
        ("@media", "media", ()),
        ("@bob@example.com", "bob@example.com", ()),
        ("@Annabel", "Annabel", ()),
    ],
)
def test_a_word_that_fits_nobody_or_several_is_asked_about(text: str, word: str, people: tuple[Colleague, ...]) -> None:
    (question,) = meant_by(f"{text} {text}", ALL, {}).questions

    assert (question.word, question.people) == (word, people)


def test_an_answer_settles_who_is_meant() -> None:
    text = "@Sam, @media"

    assert meant_by(text, ALL, {"sam": "5", "media": NOBODY}).people == (TWIN,)
    assert [one.word for one in meant_by(text, ALL, {"sam": NOBODY, "media": "5"}).questions] == ["media"]
    assert [one.word for one in meant_by(text, ALL, {"sam": "1", "media": NOBODY}).questions] == ["Sam"]
