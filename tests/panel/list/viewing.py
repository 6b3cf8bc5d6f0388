"""How tests save a view, and look at what became of it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.saved_view import SavedView
from tests.page import Page

LIST, VIEWS, NEW = "/admin/post/", "/admin/post/views/", "/admin/post/views/new/"
SAVE, DEFAULT = "/admin/post/views/save/", "/admin/post/views/default/"
USUAL = "columns=content%2Cuser%2Ccreated_at%2Cid&per_page=20"
MOST_STATEMENTS = 8
HOSTILE = "<b>x</b> \u202e”'\"&amp;"


def save_as(client: Any, query: str, **data: str) -> Any:
    return client.post_form(f"{NEW}?{query}", {"name": "Gardens", **data})


def kept(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        found = db.session.scalars(select(SavedView).order_by(SavedView.id))
        return [(one.name, one.arguments, one.audience) for one in found]


def menu(client: Any, address: str = LIST) -> list[str]:
    """Return the views in the navigation, the open one with a star."""
    views = Page(client.get(address)).all("ul", class_="nav__views")[:1]
    links = [link for one in views for link in one.all("a")]
    return [link.text + ("*" if link.attributes.get("aria-current") == "page" else "") for link in links]


def bar(client: Any, address: str) -> list[str]:
    """Return what can be done with the view that is open, under its name; nothing where none is."""
    acts = Page(client.get(address)).all("div", class_="view-acts")
    words = [one.text for part in acts for tag in ("p", "button", "a") for one in part.all(tag)]
    return words if any(part.all("p") for part in acts) else []
