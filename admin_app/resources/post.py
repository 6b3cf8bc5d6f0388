"""Posts: what users write."""

from __future__ import annotations

from typing import Any, ClassVar

from admin_app.models.post import Post
from admin_app.panel.cells import GLIMPSE
from admin_app.panel.reach import RowRule
from admin_app.panel.resource import ResourceView
from admin_app.text import excerpt


def without_markup(_view: Any, _context: Any, post: Post, _name: str) -> str:
    """Show the words of an HTML text in the list; the form, the record's page and every export show it as it is."""
    return excerpt(post.content, GLIMPSE)


class PostResource(ResourceView):
    """Find a post by its words or its user, correct it, give it to another user."""

    record = Post
    description = "Everything users have written."
    menu_order = 20

    column_list = ("content", "user", "created_at", "id")
    column_further_list = ("user.email", "updated_at")
    column_searchable_list = ("content", "user.name", "user.email")
    column_sortable_list = (("user", "user.name"), "created_at", "id")
    column_filters = ("content", "user", "user.name", "user.email", "created_at")
    column_labels = {"user.name": "User's name", "user.email": "User's email"}
    column_default_sort = ("created_at", True)
    column_formatters = {"content": without_markup}
    form_columns = ("content", "user")

    row_rules: ClassVar[dict[str, RowRule]] = {
        "own": RowRule("Own posts", lambda person: {"user.email__equals": person.email}, yours="your own posts"),
    }
