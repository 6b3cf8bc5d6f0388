"""A list's page with fields in its cells: opened, filled in, sent."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from tests.page import Page

POSTS = "/admin/post/edit-page/"
USERS = "/admin/user/edit-page/"


def opened(client: Any, address: str = POSTS) -> Page:
    return Page(client.get(address))


def send(client: Any, page: Page, **typed: Any) -> Any:
    """Send the page's form with these cells filled in, by "ID-field"."""
    return client.post(page.form().attributes["action"], data={**page.values(), **typed})


def cells(record: Any, **typed: str) -> dict[str, str]:
    """Name the cells of a record's row."""
    return {f"{record.id}-{name}": value for name, value in typed.items()}


def notes(page: Page) -> list[str]:
    """Return what stands below the rows."""
    return [row.text for row in page.all("tr", class_="grid__notes")]


def trail(app: Flask) -> list[tuple[str, int]]:
    """Return every act's words, the last one last, with the number of records that it changed."""
    counted = select(func.count()).where(Change.change_set_id == ChangeSet.id).scalar_subquery()
    with app.app_context():
        made = db.session.execute(
            select(ChangeSet.summary, counted).where(ChangeSet.kind == "form").order_by(ChangeSet.id)
        )
        return [(summary, number) for summary, number in made]
