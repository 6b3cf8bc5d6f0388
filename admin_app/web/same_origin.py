"""Whether the browser says that a form came from one of our own pages: this replaces the token if the token's session is gone."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, request

from admin_app.extensions import csrf


def open_to_old_tabs(blueprint: Blueprint) -> None:
    """Let sign-in forms work in tabs that outlived the session of their token.

    The token proves no more than what the browser says here: a person without a session has nothing that another site
    could use. A request that does not say it still needs the token.
    """
    csrf.exempt(blueprint)
    blueprint.before_request(_check)


def _check() -> None:
    if request.method == "POST" and not is_from_here():
        csrf.protect()


def is_from_here() -> bool:
    """Whether a page of ours sent the request. Every browser says so, and no other site can fake it."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    said = urlsplit(request.headers.get("Origin") or request.referrer or "")
    return said.netloc == request.host and (said.scheme == "https" or not request.is_secure)
