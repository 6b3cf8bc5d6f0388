"""Fields of many records changed as a person does it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from admin_app.extensions import db
from tests.page import Page

POSTS, USERS = "/admin/post/edit-many/", "/admin/user/edit-many/"
REPLACE = "/admin/post/replace/"


def sent(client: Any, address: str, fields: dict[str, Any]) -> Any:
    """Send the page as it stands, with these fields filled in."""
    return client.post(address, data={**Page(client.get(address)).values(), **fields})


def refused(client: Any, address: str, fields: dict[str, Any]) -> Page:
    """Send what cannot be, and return the page that says so."""
    page = Page(sent(client, address, fields))
    assert page.status == 422
    return page


def plan_of(client: Any, address: str, fields: dict[str, Any]) -> Page:
    """Make a plan, and return its page."""
    response = sent(client, address, fields)
    assert response.status_code == 303, Page(response).texts("p", class_="error")
    return Page(client.get(response.location))


def done(client: Any, address: str, fields: dict[str, Any]) -> Page:
    """Make a plan and agree to it; return what came of it."""
    response = sent(client, address, fields)
    assert response.status_code == 303, Page(response).texts("p", class_="error")
    client.post_form(response.location)
    return Page(client.get(response.location))


def lines_of(page: Page) -> list[str]:
    """Return the plan's lines as they are read."""
    return page.texts("li", class_="plan__line")


def stored(client: Any, model: type[Any], *names: str) -> list[Any]:
    """Return what the records have in these columns, one by one."""
    with client.application.app_context():
        found = db.session.execute(select(*(getattr(model, name) for name in names)).order_by(model.id)).all()
    return [row[0] if len(names) == 1 else tuple(row) for row in found]
