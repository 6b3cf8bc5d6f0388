"""The names and paths of cookies, without which two dashboards on one host name, or a site beside one, would share them."""

from __future__ import annotations

from flask import current_app, request


def cookie_name(what: str) -> str:
    """Return the name of a cookie of ours. Browsers ignore ports, and paths for equal names.

    `__Host-` binds it to this host name and all its paths. Under a path of its own, the dashboard can only use
    `__Secure-`, which binds it to https.
    """
    own = f"{what}-{current_app.config['COOKIE_MARK']}"
    if not current_app.config["SESSION_COOKIE_SECURE"]:
        return own
    return f"__Secure-{own}" if request.script_root else f"__Host-{own}"


def cookie_path() -> str:
    """Return the path of cookies: that of the dashboard, and of no site beside it."""
    return request.script_root or "/"
