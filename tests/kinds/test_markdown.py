"""How Markdown looks: what could run is taken out, and no text keeps others waiting."""

from __future__ import annotations

from admin_app.kinds.markdown import LONGEST, html_of


def test_of_its_tags_only_those_are_left_that_do_nothing() -> None:
    html = html_of("**Bold** <script>alert(1)</script><b onclick=x>b</b> [a](javascript:x) [b](https://example.com)")

    assert html == (
        "<p><strong>Bold</strong> <b>b</b> [a](javascript:x) "
        '<a href="https://example.com" rel="noopener noreferrer">b</a></p>\n'
    )


def test_of_a_very_long_text_the_beginning_is_shown_and_said_to_be_that() -> None:
    html = html_of(f"{'a' * LONGEST}secret")

    assert html == f"<p>{'a' * LONGEST}</p>\n<p>Only the first 100,000 characters are shown.</p>"
