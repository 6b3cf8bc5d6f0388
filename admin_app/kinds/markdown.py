"""Text of many lines in Markdown."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from sqlalchemy import String

from admin_app.kinds.text import LongTextKind

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class MarkdownKind(LongTextKind):
    """Markdown, which a page shows as it looks."""

    name = "markdown"
    is_named = True
    types = (String,)
    values = ()


def html_of(text: str) -> str:
    """Return how Markdown looks; of the tags that it holds only those that do nothing."""
    return nh3.clean(_MARKDOWN.render(text))
