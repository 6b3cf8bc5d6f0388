"""Whether the browser says that a form came from one of our own pages: what stands in for the token where that is gone with its session."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, request

from admin_app.extensions import csrf


def open_to_old_tabs(blueprint: Blueprint) -> None:
    """Let forms of getting in and out work in tabs that outlived the session of their token.

    Their token is no more than what the browser says here: who has no session has nothing that another site could use.
    A request that says nothing still needs the token.
    """
    csrf.exempt(blueprint)
    blueprint.before_request(_check)


def _check() -> None:
    if request.method == "POST" and not is_from_here():
        csrf.protect()


def is_from_here() -> bool:
    """Whether a page of ours sent the request. Every browser says so, and no other site can make it say so."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    said = urlsplit(request.headers.get("Origin") or request.referrer or "")
    return said.netloc == request.host and (said.scheme == "https" or not request.is_secure)
