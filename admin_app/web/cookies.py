"""The names and paths of cookies, without which two dashboards on one host name, or a site beside one, would share them."""

from __future__ import annotations

from flask import current_app, request


def cookie_name(what: str) -> str:
    """Return the name of a cookie of ours; browsers tell ports and paths apart for no name.

    `__Host-` binds it to this host name and to all of its paths; under a path of its own the dashboard may have
    `__Secure-` only, which binds it to https.
    """
    own = f"{what}-{current_app.config['COOKIE_MARK']}"
    if not current_app.config["SESSION_COOKIE_SECURE"]:
        return own
    return f"__Secure-{own}" if request.script_root else f"__Host-{own}"


def cookie_path() -> str:
    """Return where browsers send it: to the dashboard, and to no site beside it."""
    return request.script_root or "/"
