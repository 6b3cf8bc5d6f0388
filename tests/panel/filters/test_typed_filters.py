"""Filters that are typed into a search box: the same as chosen ones, and words where they name no filter."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.page import Page


def led_to(client: Any, text: str, root: str = "/admin/post/", **others: str) -> list[tuple[str, str]] | None:
    """Return the address's arguments where the search leads on, None where it is one of words alone."""
    answer = client.get(f"{root}?{urlencode({'q': text, **others})}")
    return parse_qsl(urlsplit(answer.location).query) if answer.location else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("created:last-month", [("created_at__within", "last-month")]),
        ("created_at:2026-01-31", [("created_at__on", "2026-01-31")]),
        ("Created-At:2026-01-01..2026-01-31", [("created_at__between", "2026-01-01 to 2026-01-31")]),
        ("created:>=2026-01-01", [("created_at__from", "2026-01-01")]),
        ("created:<=2026-01-31", [("created_at__until", "2026-01-31")]),
        ("no:user", [("user__empty", "yes")]),
        ("has:user", [("user__empty", "no")]),
        ("content:garden", [("content__contains", "garden")]),
        ('content:"garden wall"', [("content__contains", "garden wall")]),
        ("content:a,b", [("content__in", "a,b")]),
        ('content:"a,b"', [("content__contains", "a,b")]),
        ("id:1,2", [("id__in", "1,2")]),
        ("user-name:an", [("user.name__contains", "an")]),
        ("garden no:user wall", [("q", "garden wall"), ("user__empty", "yes")]),
        ('no:user "see no:user"', [("q", '"see no:user"'), ("user__empty", "yes")]),
    ],
)
def test_what_names_a_filter_is_one(text: str, expected: Any, as_viewer: Any) -> None:
    assert led_to(as_viewer, text) == expected


@pytest.mark.parametrize(
    "text",
    ["https://example.org", "garden: wall", "colour:red", '"no:user"', "no:content-at-all", "no:", ":user", "a:b:c"],
)
def test_what_names_none_is_a_word(text: str, as_viewer: Any) -> None:
    assert led_to(as_viewer, text) is None


def test_record_is_meant_by_its_name_or_a_part_of_it(as_viewer: Any, make_user: Any) -> None:
    ann = make_user(name="Ann Lee", email="ann@example.com")

    found = [led_to(as_viewer, f"user:{one}") for one in ('"Ann Lee"', "ann@example.com", str(ann.id), "Ann")]

    named = [("user__is", str(ann.id))]
    assert found == [named, named, named, [("user.name__contains", "Ann")]]


def test_typed_filters_join_those_that_there_are(as_viewer: Any) -> None:
    arguments = led_to(as_viewer, "no:user", content__contains="garden")

    assert arguments == [("content__contains", "garden"), ("user__empty", "yes")]


def test_value_that_cannot_be_read_is_said_as_of_a_chosen_filter(as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/post/?q=created:soon", follow_redirects=True))

    assert page.rows() == []
    assert any("Enter a period" in chip for chip in page.chips)


def test_more_than_ten_are_words(as_viewer: Any) -> None:
    arguments = led_to(as_viewer, " ".join(["no:user"] * 12)) or []

    assert arguments == [("q", "no:user no:user"), *[("user__empty", "yes")] * 10]


def test_filter_by_a_field_that_is_hidden_is_a_word(client_with: Any) -> None:
    client = client_with("post:*", fields=["post.user:hidden"])

    assert [led_to(client, one) for one in ("no:user", "user:1", "user-email:a")] == [None, None, None]
