"""Text of many lines in Markdown."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from sqlalchemy import String

from admin_app.kinds.text import LongTextKind

# Characters that are drawn: a text of two letters a line takes the time of 40,000 lines a second, and others wait.
LONGEST = 100_000
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class MarkdownKind(LongTextKind):
    """Markdown, which a page shows as it looks."""

    name = "markdown"
    is_named = True
    types = (String,)
    values = ()


def html_of(text: str) -> str:
    """Return how Markdown looks; of the tags that it holds only those that do nothing."""
    html = nh3.clean(_MARKDOWN.render(text[:LONGEST]))
    return html if len(text) <= LONGEST else f"{html}<p>Only the first {LONGEST:,} characters are shown.</p>"
