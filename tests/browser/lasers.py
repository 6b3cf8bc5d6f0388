"""Ann's posts about lasers, three of Bob's and one of nobody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.many import many

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def ann(make_user: Callable[..., User]) -> User:
    return make_user(name="Ann Lee", email="ann@example.com")


@pytest.fixture
def bob(make_user: Callable[..., User]) -> User:
    return make_user(name="Bob Ray", email="bob@example.com")


@pytest.fixture
def posts(app: Flask, ann: User, bob: User) -> list[int]:
    """Make 45 posts of Ann's about lasers, three of Bob's and one of nobody's."""
    lasers = [
        {"content": f"Laser {number:02}", "user_id": ann.id, "created_at": START + timedelta(hours=number)}
        for number in range(1, 46)
    ]
    others = [{"content": f"Lens {number}", "user_id": bob.id, "created_at": START} for number in range(3)]
    return many(app, Post, [*lasers, *others, {"content": "Laser of nobody", "user_id": None, "created_at": START}])


def contents(app: Flask) -> dict[str, str | None]:
    """Return the posts that there are, and whose they are."""
    with app.app_context():
        return {post.content: post.user and post.user.name for post in db.session.scalars(select(Post))}
