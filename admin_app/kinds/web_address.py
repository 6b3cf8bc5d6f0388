"""A web address."""

from __future__ import annotations

from urllib.parse import urlsplit

from admin_app.kinds.formatted import FormattedKind

# Schemes that a link may have; others could run code in the page.
SCHEMES = frozenset({"http", "https"})


class UrlKind(FormattedKind):
    """An address that begins with https:// or http://."""

    name = "url"
    wanted = "be a web address"
    example = "https://example.com"

    def read(self, text: str) -> str:
        """Check the address, and return it unchanged."""
        parts = urlsplit(text)
        if parts.scheme not in SCHEMES or not parts.hostname or any(map(str.isspace, text)):
            raise ValueError(text)
        return text
