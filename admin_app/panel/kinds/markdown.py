"""Markdown: a text area, with the rendered text below."""

from __future__ import annotations

from typing import ClassVar

from admin_app.extensions import TableColumn
from admin_app.kinds.markdown import MarkdownKind
from admin_app.panel.kinds.base import Arguments
from admin_app.panel.kinds.text import LongTextField, LongTextPanel


class MarkdownField(LongTextField):
    """A text area for Markdown."""

    kind: ClassVar[str] = MarkdownKind.name


class MarkdownPanel(LongTextPanel):
    """An area of text."""

    kind = MarkdownKind
    field_class = MarkdownField

    def field(self, column: TableColumn, arguments: Arguments) -> LongTextField:
        """Create the field, with a hint about Markdown."""
        said = arguments.get("description") or "Markdown: **bold**, *italic*, [a link](https://example.com)."
        return super().field(column, {**arguments, "description": said})
