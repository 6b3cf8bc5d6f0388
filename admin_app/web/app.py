"""The Flask application: cookies that no other dashboard on the host shares, and a URL converter for record numbers."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from typing_extensions import override
from werkzeug.routing import BaseConverter

from admin_app.web.cookies import cookie_name, cookie_path


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookies, under a name and a path of our own."""

    @override
    def get_cookie_name(self, app: Flask) -> str:
        """Return a name that no other dashboard on this host has."""
        return cookie_name("session")

    @override
    def get_cookie_path(self, app: Flask) -> str:
        """Return the path that the dashboard is served under; its server or proxy states it with each request."""
        return cookie_path()


class NumberConverter(BaseConverter):
    """A number in a URL, as text. Flask's own converter accepts thousands of digits, and digits of every script."""

    regex = "[0-9]{1,19}"


class Dashboard(Flask):
    """The application."""

    session_interface = CookieSessions()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Register the converter for "/admin/post/<number:key>" before any view uses it."""
        super().__init__(*args, **kwargs)
        self.url_map.converters["number"] = NumberConverter
