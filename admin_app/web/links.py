"""Where a link may lead back to: only ever a path of our own."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode

from flask import request

# More than browsers and servers carry in an address.
LONGEST_PATH = 4000

# One slash, then printable ASCII without a backslash: browsers read "//host", "/\\host" and control characters as other sites.
_LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def local_path(text: str | None, default: str) -> str:
    """Return the path if it is one of ours, else the default."""
    return text if text and len(text) <= LONGEST_PATH and _LOCAL_PATH.fullmatch(text) else default


def here(**changes: str) -> str:
    """Return the address of the page at hand, in plain ASCII, with these arguments put in place of what it has."""
    query = request.query_string.decode("ascii", "replace")
    if changes:
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in changes]
        query = urlencode([*kept, *changes.items()])
    path = quote(request.path)
    return f"{path}?{query}" if query else path
