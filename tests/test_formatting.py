"""Words for numbers and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from admin_app import formatting

# What passes between making a moment and asking for its age.
SLACK = 0.5


@pytest.mark.parametrize(
    ("past", "words"),
    [
        ({}, "just now"),
        ({"seconds": 1}, "1 second ago"),
        ({"seconds": 59}, "59 seconds ago"),
        ({"seconds": 60}, "1 minute ago"),
        ({"seconds": 119}, "1 minute ago"),
        ({"minutes": 2}, "2 minutes ago"),
        ({"minutes": 59, "seconds": 59}, "59 minutes ago"),
        ({"hours": 1}, "1 hour ago"),
        ({"hours": 1, "minutes": 59}, "1 hour ago"),
        ({"hours": 23, "minutes": 59}, "23 hours ago"),
        ({"days": 1, "hours": 23}, "1 day ago"),
        ({"days": 6, "hours": 23}, "6 days ago"),
        ({"days": 30}, "30 days ago"),
        ({"days": 31}, "1 month ago"),
        ({"days": 60}, "1 month ago"),
        ({"days": 364}, "11 months ago"),
        ({"days": 365}, "1 year ago"),
        ({"days": 729}, "1 year ago"),
        ({"days": 19 * 365 + 364}, "19 years ago"),
    ],
)
def test_ages_are_cut_and_not_rounded(past: dict[str, int], words: str) -> None:
    assert formatting.relative_time(datetime.now(UTC) - timedelta(**past) - timedelta(seconds=SLACK)) == words


@pytest.mark.parametrize(
    ("ahead", "words"),
    [({}, "just now"), ({"seconds": 119}, "1 minute from now"), ({"hours": 23, "minutes": 59}, "23 hours from now")],
)
def test_what_is_to_come_is_cut_too(ahead: dict[str, int], words: str) -> None:
    assert formatting.relative_time(datetime.now(UTC) + timedelta(**ahead) + timedelta(seconds=SLACK)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (121, "3 minutes"), (3600, "60 minutes")],
)
def test_a_wait_is_never_said_to_be_shorter_than_it_is(seconds: int, words: str) -> None:
    assert formatting.waiting_time(seconds) == words


@pytest.mark.parametrize(
    ("moment", "zone", "machine"),
    [
        (datetime(2026, 1, 31, 23, 30, 5, 123456, UTC), "UTC", "2026-01-31T23:30:05+00:00"),
        (datetime(2026, 1, 31, 23, 30, 5, 123456, UTC), "Europe/Berlin", "2026-02-01T00:30:05+01:00"),
        # Amsterdam was 19 minutes and 32 seconds ahead; HTML has no such zone.
        (datetime(1900, 1, 1, tzinfo=UTC), "Europe/Amsterdam", "1900-01-01T00:00:00+00:00"),
        (datetime(1, 1, 1, tzinfo=UTC), "America/New_York", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_a_time_for_machines_is_one_that_html_knows(moment: datetime, zone: str, machine: str) -> None:
    assert formatting.machine_time(moment, ZoneInfo(zone)) == machine


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<p><a href="https://example.com"><img src="a.png" alt="A red bicycle"></a></p>', "A red bicycle"),
        ("<img src='a.png' alt='One'><img src='b.png' alt=\"Two\">", "One Two"),
        ('<p><img src="a.png" alt=""></p>', "(image)"),
        ("<3", "<3"),
        ("First <b>words</b>, then tags", "First words, then tags"),
        ("Press <Enter>, a < b", "Press <Enter>, a < b"),
        (f'<p>Words</p>{" " * 1190}<a href="https://example.com">', "Words…"),
    ],
    ids=["alternative text", "several", "without one", "no markup", "words first", "no element", "cut within a tag"],
)
def test_an_excerpt_of_images_says_what_they_show(text: str, shown: str) -> None:
    assert formatting.excerpt(text, 60) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<p>First.</p><p>Second", "First. Second"),
        ("<ul><li>One</li><li>T<b>w</b>o</li></ul>", "One Two"),
        ("a<br>b<BR/>c<hr>d", "a b c d"),
        ("<table><tr><th>A</th><td>B</td></tr></table>", "A B"),
        ("un<em>believ</em>able", "unbelievable"),
        ("<style>p { color: red }</style><p>Hello</p><SCRIPT>var a = 1 < 2;</SCRIPT>", "Hello"),
        (f"<style>{'p { color: red } ' * 200}</style><p>Hello</p>", "Hello"),
        (f"<style>{'p { color: red } ' * 200}</style>{'<p>Hello</p>' * 20}", f"{'Hello ' * 8}Hello…"),
        ("<p>Hello</p><!-- <style> --><p>there</p><style>p {", "Hello there"),
    ],
)
def test_an_excerpt_of_html_keeps_blocks_apart_and_has_only_what_is_seen(text: str, shown: str) -> None:
    assert formatting.excerpt(text, 60) == shown


def test_the_words_of_html_are_counted_without_its_tags() -> None:
    assert [
        formatting.words_in(text) for text in ("<style>p {}</style><p>One</p><p>two <b>th</b>ree</p>", "one", "a < b")
    ] == [
        "3 words",
        "1 word",
        "3 words",
    ]


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Created at", "created at"),
        ("URL", "URL"),
        ("ID of the order", "ID of the order"),
        ("Author's URL", "author's URL"),
        ("E-mail", "e-mail"),
        ("A list", "a list"),
        ("X", "x"),
        ("", ""),
    ],
)
def test_abbreviations_keep_their_capitals_within_a_sentence(label: str, within: str) -> None:
    assert formatting.in_sentence(label) == within


@pytest.mark.parametrize(
    ("words", "sentence"), [("blog post", "Blog post"), ("API key", "API key"), ("ännu", "Ännu"), ("", "")]
)
def test_a_sentence_begins_with_a_capital_and_is_otherwise_as_it_was(words: str, sentence: str) -> None:
    assert formatting.sentence_case(words) == sentence


@pytest.mark.parametrize(
    "words",
    [
        *("an order", "an image", "an hour", "an honest word", "an umbrella", "an urgent call", "an only child"),
        *("a post", "a user", "a unit", "a euro", "a one-off", "a utility", "a house"),
    ],
)
def test_one_of_several_has_the_article_that_is_spoken(words: str) -> None:
    assert formatting.with_article(words.partition(" ")[2]) == words


@pytest.mark.parametrize(
    ("noun", "nouns"),
    [("post", "posts"), ("category", "categories"), ("day", "days"), ("box", "boxes"), ("branch", "branches")],
)
def test_several_are_named_as_english_does(noun: str, nouns: str) -> None:
    assert formatting.plural_of(noun) == nouns


def test_words_told_by_capitals_are_a_label_too() -> None:
    assert [formatting.label(name) for name in ("InvoiceDate", "TrackId", "created_at", "URL")] == [
        "Invoice date",
        "Track ID",
        "Created at",
        "URL",
    ]
