"""Posts: what users write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from admin_app.formatting import excerpt
from admin_app.models.post import Post
from admin_app.panel.card import Card, Count, PerWeek, Top
from admin_app.panel.kinds.base import GLIMPSE
from admin_app.panel.resource import Resource, RowRule


def without_markup(post: Post) -> str:
    """Show an HTML text in the list without its tags. The form, the record's page and every export show it unchanged."""
    return excerpt(post.content, GLIMPSE)


class PostResource(Resource):
    """Find a post by its words or its user, correct it, give it to another user."""

    model = Post
    description = "Posts are the texts that users write."
    menu_order = 20
    icon = "file-text"

    column_list = ("content", "user", "created_at", "id")
    column_further_list = ("user.email", "updated_at")
    column_searchable_list = ("content", "user.name", "user.email")
    column_sortable_list = (("user", "user.name"), "created_at", "id")
    column_filters = ("content", "user", "user.name", "user.email", "created_at")
    column_labels = {"user.name": "User's name", "user.email": "User's email"}
    column_default_sort = ("created_at", True)
    column_formatters = {"content": without_markup}
    form_columns = ("content", "user")
    html_columns = ("content",)
    cards: ClassVar[tuple[Card, ...]] = (PerWeek("created_at"), Count("Without a user", "user__empty=yes"), Top("user"))

    row_rules: ClassVar[Mapping[str, RowRule]] = {
        "own": RowRule(
            "Own posts",
            lambda person: {"user.email__equals": person.email},
            yours="your own posts",
            theirs="their own posts",
            told_by=lambda person: f"those of the user with your email, {person.email}",
        ),
        "same_domain": RowRule(
            "Posts of users with the same email domain",
            lambda person: {"user.email__ends": "@" + person.email.rpartition("@")[2]},
            yours="posts of users with your email domain",
            theirs="posts of users with their email domain",
            told_by=lambda person: f"those of users with an email at {person.email.rpartition('@')[2]}",
        ),
    }
