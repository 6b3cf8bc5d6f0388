"""The path that the dashboard is served under, beside other sites, whoever sets it."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Prefix:
    """A WSGI application under a path: the one that a proxy announces, or else `own`, which it also removes from requests."""

    def __init__(self, inner: WSGIApplication, own: str = "") -> None:
        """Keep the inner application."""
        self._inner, self._own = inner, plain(own)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond. Probes, and proxies that remove the path themselves, send requests without it; under /admin, where our own pages are, only probes do."""
        path = environ.get("PATH_INFO", "")
        if self._own and f"{path}/".startswith(f"{self._own}/"):
            environ["PATH_INFO"] = path.removeprefix(self._own)
        environ["SCRIPT_NAME"] = plain(environ.get("SCRIPT_NAME", "")) or self._own
        return self._inner(environ, start_response)


def plain(path: str) -> str:
    """Write a path as `/tools`: an address with two slashes at the start would lead to another host."""
    return "".join(f"/{part}" for part in path.split("/") if part)
