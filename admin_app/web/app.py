"""Flask, but for what it does anew with every request and needs to do once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from admin_app.web.cookies import cookie_name, cookie_path
from admin_app.web.templating import Templates


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookies, with a signer that is kept: it holds nothing but the key."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the signer of the application's key."""
        key, signer = app.extensions.get("cookie_signer", ("", None))
        if key != app.secret_key:
            signer = super().get_signing_serializer(app)
            app.extensions["cookie_signer"] = app.secret_key, signer
        found: URLSafeTimedSerializer | None = signer
        return found

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 -- Flask's signature
        """Return a name that no other dashboard on this host has."""
        return cookie_name("session")

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002 -- as above
        """Follow the path that the dashboard is served under, which its server or its proxy says with each request."""
        return cookie_path()


class Dashboard(Flask):
    """The application. All of its views are plain functions."""

    jinja_environment = Templates
    session_interface = CookieSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is: to ask each view and each hook whether it is a coroutine takes as long as some hooks."""
        return func
