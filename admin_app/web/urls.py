"""Addresses of our own: of the page at hand, of those that every page links, and where a link may lead back to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from flask import has_request_context, request, url_for
from flask.globals import request_ctx

# More than browsers and servers carry in an address.
LONGEST_PATH = 4000

# One slash, then printable ASCII without a backslash: browsers read "//host", "/\\host" and control characters as other sites.
_LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


# Parts of a path that browsers take as a way up, out of the path that the dashboard is served under.
_WAY_UP = re.compile(r"/(?:\.|%2e){2}(?:/|$)", re.IGNORECASE)
# Addresses that are kept: those of some paths, which a proxy names with each request.
MOST_KEPT = 5000


def local_path(text: str | None, default: str) -> str:
    """Return the path if it is one of ours, else the default."""
    if not text or len(text) > LONGEST_PATH or not _LOCAL_PATH.fullmatch(text):
        return default
    return text if is_below(text, request.script_root if has_request_context() else "") else default


def is_below(address: str, root: str) -> bool:
    """Whether a path is of the dashboard, and not of a site beside it on the same host."""
    path = re.split("[?#]", address)[0]
    return not root or (path.startswith(f"{root}/") and not _WAY_UP.search(path))


def own_path() -> str:
    """Return the path of the page at hand, with the one that the dashboard is served under."""
    return request.script_root + request.path


# What need not be quoted in an argument, as Werkzeug has it.
_READABLE = "!$'()*,/:;?@"


def address_of(endpoint: str, **arguments: Any) -> str:
    """Return the address of a page of ours with these arguments, but for those that are None.

    Without them it is put together once for each path that the dashboard is served under: every page links dozens.
    """
    # Past the proxies of the two: they are looked up for each link.
    context = request_ctx._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- the documented way to the object behind a proxy
    known: dict[tuple[str, str], str] = context.app.extensions.setdefault("addresses", {})
    wanted = (context.request.script_root, endpoint)
    if (path := known.get(wanted)) is None:
        if len(known) > MOST_KEPT:
            known.clear()
        path = known[wanted] = url_for(endpoint)
    given = [pair for pair in arguments.items() if pair[1] is not None]
    return f"{path}?{urlencode(given, safe=_READABLE)}" if given else path


def here(**changes: str) -> str:
    """Return the address of the page at hand, in plain ASCII, with these arguments put in place of what it has."""
    query = request.query_string.decode("ascii", "replace")
    if changes:
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in changes]
        query = urlencode([*kept, *changes.items()])
    path = quote(own_path())
    return f"{path}?{query}" if query else path
