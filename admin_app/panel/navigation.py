"""The menu: every resource the person may see, the present one marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, request, url_for

from admin_app.panel.elements import MenuItem
from admin_app.panel.registry import resources
from admin_app.web.login import current_staff

if TYPE_CHECKING:
    from admin_app.panel.resource import ResourceView


def init_app(app: Flask) -> None:
    """Give every page the menu."""
    app.context_processor(_menu)


def _menu() -> dict[str, Any]:
    if current_staff() is None:
        return {"navigation": [], "home_url": url_for("auth.sign_in")}
    seen = [resource for resource in resources() if resource.is_accessible()]
    start = MenuItem("Start", url_for("admin.index"), is_current=request.endpoint == "admin.index")
    activity = MenuItem("Activity", url_for("activity.index"), is_current=request.blueprint == "activity")
    return {
        "navigation": [start, *(_item(resource) for resource in seen), activity],
        "home_url": url_for("admin.index"),
        "account_url": url_for("account.index"),
        "session_url": url_for("account.session"),
        "sign_out_url": url_for("auth.sign_out"),
    }


def _item(resource: ResourceView) -> MenuItem:
    """Link a resource, and the person's views of it."""
    views = resource.view_links()
    return MenuItem(
        label=resource.plural,
        url=resource.link("index_view"),
        is_current=request.blueprint == resource.endpoint,
        views=views,
        views_url=resource.link("views_view") if views else "",
    )
