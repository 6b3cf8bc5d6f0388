"""Flask, with cookies whose names and paths no other dashboard on the host has."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from typing_extensions import override

from admin_app.web.cookies import cookie_name, cookie_path


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookies, under a name and a path of our own."""

    @override
    def get_cookie_name(self, app: Flask) -> str:
        """Return a name that no other dashboard on this host has."""
        return cookie_name("session")

    @override
    def get_cookie_path(self, app: Flask) -> str:
        """Follow the path that the dashboard is served under, which its server or its proxy says with each request."""
        return cookie_path()


class Dashboard(Flask):
    """The application."""

    session_interface = CookieSessions()
