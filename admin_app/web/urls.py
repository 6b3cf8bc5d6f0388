"""The dashboard's own addresses: the current page, and the page that a link may lead back to."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode

from flask import has_request_context, request

# Longer than what browsers and servers accept in an address.
LONGEST_PATH = 4000

# One slash, then printable ASCII without a backslash: browsers read "//host", "/\\host" and control characters as other sites.
_LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")

# Path segments that browsers resolve upwards, out of the dashboard's path.
_WAY_UP = re.compile(r"/(?:\.|%2e){2}(?:/|$)", re.IGNORECASE)


def local_path(text: str | None, default: str) -> str:
    """Return the path if it is one of ours, else the default."""
    if not text or len(text) > LONGEST_PATH or not _LOCAL_PATH.fullmatch(text):
        return default
    return text if is_below(text, request.script_root if has_request_context() else "") else default


def is_below(address: str, root: str) -> bool:
    """Whether a path belongs to the dashboard, and not to a site beside it on the same host."""
    path = re.split("[?#]", address)[0]
    return not root or (path.startswith(f"{root}/") and not _WAY_UP.search(path))


def own_path() -> str:
    """Return the path of the current page, with the dashboard's own prefix."""
    return request.script_root + request.path


def here(**changes: str) -> str:
    """Return the address of the current page, in plain ASCII, with these arguments replaced."""
    query = request.query_string.decode("ascii", "replace")
    if changes:
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in changes]
        query = urlencode([*kept, *changes.items()])
    path = quote(own_path())
    return f"{path}?{query}" if query else path
