"""Posts: what users write."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from admin_app.models.post import Post
from admin_app.panel.resource import ResourceView

# Enough of a long text to fill a cell after its markup is gone; the rest need not be read for a glimpse.
GLIMPSED = 2000


def without_markup(_view: Any, _context: Any, post: Post, _name: str) -> str:
    """Show the words of an HTML text in the list; the form, the record's page and every export show it as it is."""
    text = post.content
    if not text.lstrip().startswith("<"):
        return text
    return Markup(text[:GLIMPSED]).striptags() or text  # noqa: S704 -- only to strip it: what comes back is plain text, and is escaped


class PostResource(ResourceView):
    """Find a post by its words or its user, correct it, give it to another user."""

    record = Post
    description = "What users write. A post can be without an owner."
    menu_order = 20

    column_list = ("content", "user", "created_at", "id")
    column_searchable_list = ("content", "user.name", "user.email")
    column_sortable_list = (("user", "user.name"), "created_at", "id")
    column_filters = ("content", "user", "user.name", "user.email", "created_at")
    column_labels = {"user.name": "User's name", "user.email": "User's email", "user_id": "User ID"}
    column_default_sort = ("created_at", True)
    column_formatters = {"content": without_markup}
    form_columns = ("content", "user")
