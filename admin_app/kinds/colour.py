"""A colour."""

from __future__ import annotations

import re

from admin_app.kinds.formatted import FormattedKind

_SHORT = re.compile(r"#?([0-9a-f])([0-9a-f])([0-9a-f])")
_LONG = re.compile(r"#?([0-9a-f]{6})")
_KEPT = re.compile(r"#[0-9a-f]{6}")


class ColourKind(FormattedKind):
    """Red, green and blue in hexadecimal digits."""

    name = "colour"
    wanted = "be a colour"
    example = "#1a7f37"

    def read(self, text: str) -> str:
        """Return #rrggbb in small letters."""
        small = text.lower()
        if found := _SHORT.fullmatch(small):
            return "#" + "".join(digit * 2 for digit in found.groups())
        if found := _LONG.fullmatch(small):
            return f"#{found[1]}"
        raise ValueError(text)


def is_colour(text: str) -> bool:
    """Whether a text has the stored form. Another program may have stored anything."""
    return _KEPT.fullmatch(text) is not None
