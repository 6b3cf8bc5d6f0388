"""The menu: every resource the person may see, the present one marked."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for

from admin_app.panel.elements import Link
from admin_app.panel.registry import resources
from admin_app.web.login import current_staff


def init_app(app: Flask) -> None:
    """Give every page the menu."""
    app.context_processor(_menu)


def _menu() -> dict[str, Any]:
    if current_staff() is None:
        return {"navigation": [], "home_url": url_for("auth.sign_in")}
    seen = [resource for resource in resources() if resource.is_accessible()]
    links = [
        Link(resource.plural, resource.link("index_view"), is_current=request.blueprint == resource.endpoint)
        for resource in seen
    ]
    return {
        "navigation": [Link("Start", url_for("admin.index"), is_current=request.endpoint == "admin.index"), *links],
        "home_url": url_for("admin.index"),
        "account_url": url_for("account.index"),
        "session_url": url_for("account.session"),
        "sign_out_url": url_for("auth.sign_out"),
    }
