"""The path that the dashboard is served under, beside another site: written in one way, whoever says it."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Prefix:
    """A WSGI application under a path of its own: one that a proxy announces, or else `own`, which it also takes off a request's."""

    def __init__(self, inner: WSGIApplication, own: str = "") -> None:
        """Keep what answers."""
        self._inner, self._own = inner, plain(own)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer; a probe, or a proxy that takes the path off itself, asks without it: under /admin, where our own pages stand, probes alone."""
        path = environ.get("PATH_INFO", "")
        if self._own and f"{path}/".startswith(f"{self._own}/"):
            environ["PATH_INFO"] = path.removeprefix(self._own)
        environ["SCRIPT_NAME"] = plain(environ.get("SCRIPT_NAME", "")) or self._own
        return self._inner(environ, start_response)


def plain(path: str) -> str:
    """Write a path as `/tools`: an address that began with two slashes would lead to another host."""
    return "".join(f"/{part}" for part in path.split("/") if part)
