"""Rendered Markdown: scripts are removed, and no text takes long to render."""

from __future__ import annotations

from admin_app.kinds.markdown import LONGEST, html_of


def test_only_harmless_tags_are_left() -> None:
    html = html_of("**Bold** <script>alert(1)</script><b onclick=x>b</b> [a](javascript:x) [b](https://example.com)")

    assert html == (
        "<p><strong>Bold</strong> <b>b</b> [a](javascript:x) "
        '<a href="https://example.com" rel="noopener noreferrer">b</a></p>\n'
    )


def test_only_the_beginning_of_a_very_long_text_is_shown_with_a_note() -> None:
    html = html_of(f"{'a' * LONGEST}secret")

    assert html == f"<p>{'a' * LONGEST}</p>\n<p>Only the first 100,000 characters are shown.</p>"
