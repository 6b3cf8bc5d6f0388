"""Route requests below the dashboard's path to the dashboard before the application around sees them, so that neither affects the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.utils import redirect

from admin_app.domain.auth.host_people import Person
from admin_app.errors import ConfigurationError
from admin_app.extensions import Values

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The keys in a request's environment for the original paths.
_CAME = "admin_app.came"


class Mount:
    """A WSGI application made of two: one below a path, and one around it."""

    def __init__(self, around: WSGIApplication, inside: WSGIApplication, path: str) -> None:
        """Keep both applications and the path."""
        self._around, self._inside, self._path = around, inside, path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request to the application that its path belongs to."""
        path, script = environ.get("PATH_INFO", ""), environ.get("SCRIPT_NAME", "")
        if path == self._path:
            query = environ.get("QUERY_STRING", "")
            onward = f"{script}{self._path}/" + (f"?{query}" if query else "")
            return redirect(onward, 308)(environ, start_response)
        if not path.startswith(f"{self._path}/"):
            return self._around(environ, start_response)
        below = {"SCRIPT_NAME": f"{script}{self._path}", "PATH_INFO": path.removeprefix(self._path)}
        return self._inside({**environ, **below, _CAME: (script, path)}, start_response)


def require_path(path: str) -> str:
    """Return a path as `/admin`; raise `ConfigurationError` if it is not valid."""
    plain = path.rstrip("/")
    if not plain.startswith("/") or "//" in plain or not plain.isascii() or any(one in plain for one in "<>?# "):
        message = f"The dashboard's path must look like /admin, not {path!r}."
        raise ConfigurationError(message)
    return plain


def asked_of(host: Flask, principal: Callable[[], Person | None]) -> Callable[[Mapping[str, object]], Person | None]:
    """Return a function that asks the application around for the signed-in person, as if the request were its own."""

    def ask(environ: Mapping[str, object]) -> Person | None:
        came: Values = dict(environ)
        script, path = came.pop(_CAME)
        left_out = ("werkzeug.", "flask.", "admin_app.")
        own = {name: value for name, value in came.items() if not name.startswith(left_out)}
        # Without the body: no form identifies the person, and the dashboard itself reads it.
        own |= {"SCRIPT_NAME": script, "PATH_INFO": path, "wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}
        own |= {"REQUEST_METHOD": "GET", "CONTENT_TYPE": ""}
        with host.request_context(own):
            return principal()

    return ask
