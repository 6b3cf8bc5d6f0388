"""Multi-line text in Markdown."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from sqlalchemy import String

from admin_app.kinds.text import LongTextKind

# Characters that are rendered. The worst case, lines of two letters, renders at 40,000 lines a second.
LONGEST = 100_000
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class MarkdownKind(LongTextKind):
    """Markdown. Pages show it rendered."""

    name = "markdown"
    is_named = True
    types = (String,)
    values = ()


def html_of(text: str) -> str:
    """Return rendered Markdown; of its HTML only harmless tags stay."""
    html = nh3.clean(_MARKDOWN.render(text[:LONGEST]))
    return html if len(text) <= LONGEST else f"{html}<p>Only the first {LONGEST:,} characters are shown.</p>"
