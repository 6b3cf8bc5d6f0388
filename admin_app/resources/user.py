"""Users: who writes the posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from admin_app.db.ordering import Likeness
from admin_app.models.user import User
from admin_app.panel.card import Card, Newest, PerWeek
from admin_app.panel.resource import Resource, RowRule


class UserResource(Resource):
    """Find a user by name or email, correct them, see what they wrote."""

    model = User
    description = "Users write posts and cannot sign in here."
    menu_order = 10
    icon = "users"

    column_list = ("name", "email", "posts", "created_at", "id")
    column_further_list = ("updated_at",)
    column_searchable_list = ("name", "email")
    column_sortable_list = ("name", "email", "posts", "created_at", "id")
    column_filters = ("name", "email", "created_at")
    column_default_sort = ("created_at", True)
    form_columns = ("name", "email")
    cards: ClassVar[tuple[Card, ...]] = (PerWeek("created_at"), Newest())
    duplicate_keys: ClassVar[Mapping[str, Likeness]] = {"email": Likeness.EMAIL, "name": Likeness.NAME}

    personal = ("name", "email")
    row_rules: ClassVar[Mapping[str, RowRule]] = {
        "own": RowRule(
            "Only themselves",
            lambda person: {"email__equals": person.email},
            yours="yourself",
            theirs="themselves",
            told_by=lambda person: f"the user with your email, {person.email}",
        ),
        "same_domain": RowRule(
            "Users with the same email domain",
            lambda person: {"email__ends": "@" + person.email.rpartition("@")[2]},
            yours="users with your email domain",
            theirs="users with their email domain",
        ),
    }
