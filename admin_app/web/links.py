"""Where a link may lead back to: only ever a path of our own."""

from __future__ import annotations

import re

# More than browsers and servers carry in an address.
LONGEST_PATH = 4000

# One slash, then printable ASCII without a backslash: browsers read "//host", "/\\host" and control characters as other sites.
_LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def local_path(text: str | None, default: str) -> str:
    """Return the path if it is one of ours, else the default."""
    return text if text and len(text) <= LONGEST_PATH and _LOCAL_PATH.fullmatch(text) else default
