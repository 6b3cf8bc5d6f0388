"""Tell a monitor that the dashboard answers, and its version. It does not use the database."""

from __future__ import annotations

from flask import Blueprint, current_app

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> dict[str, object]:
    """Answer anybody, without a cookie."""
    return {"status": "ok", "version": current_app.config["VERSION"]}
