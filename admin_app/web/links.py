"""Addresses of our own: of the page at hand, of those that every page links, and where a link may lead back to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from flask import request, url_for
from flask.globals import request_ctx

# More than browsers and servers carry in an address.
LONGEST_PATH = 4000

# One slash, then printable ASCII without a backslash: browsers read "//host", "/\\host" and control characters as other sites.
_LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def local_path(text: str | None, default: str) -> str:
    """Return the path if it is one of ours, else the default."""
    return text if text and len(text) <= LONGEST_PATH and _LOCAL_PATH.fullmatch(text) else default


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
    path = known.get(wanted) or known.setdefault(wanted, url_for(endpoint))
    given = [pair for pair in arguments.items() if pair[1] is not None]
    return f"{path}?{urlencode(given, safe=_READABLE)}" if given else path


def here(**changes: str) -> str:
    """Return the address of the page at hand, in plain ASCII, with these arguments put in place of what it has."""
    query = request.query_string.decode("ascii", "replace")
    if changes:
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in changes]
        query = urlencode([*kept, *changes.items()])
    path = quote(request.path)
    return f"{path}?{query}" if query else path
