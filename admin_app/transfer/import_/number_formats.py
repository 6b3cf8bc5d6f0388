"""Which numbers of a sheet are shown as days and times, and which with zeros before them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from admin_app.transfer.import_.cells import Shown

# How a style shows a number: as a moment, or with zeros before it up to so many digits.
Style = Shown | int | None

# Excel's limit; a longer one would be looked through again and again.
_LONGEST_FORMAT = 255
# What in a number's format is no sign for the number: texts, padding, colours and conditions.
_NO_SIGNS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_GENERAL = re.compile("general|standard", re.IGNORECASE)
# The formats that have numbers instead of codes.
_BUILT_IN: dict[int, Style] = {
    **dict.fromkeys([*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)], Shown.DAY),
    **dict.fromkeys([*range(18, 22), *range(32, 36), 45, 47], Shown.TIME),
    46: Shown.ELAPSED,
}


@dataclass
class Styles:
    """Reads how cells show their numbers."""

    formats: dict[int, str] = field(default_factory=dict)
    cells: list[int] = field(default_factory=list)
    is_of_cells: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Hear of a format, or of a style of cells."""
        if name == "numFmt":
            self.formats[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "cellXfs":
            self.is_of_cells = True
        elif name == "xf" and self.is_of_cells:
            self.cells.append(int(attributes.get("numFmtId", 0)))

    def end(self, name: str) -> None:
        """Hear that styles of something else follow."""
        if name == "cellXfs":
            self.is_of_cells = False

    def style(self, key: int) -> Style:
        """Return what the format of this number shows."""
        return style_of(self.formats[key][:_LONGEST_FORMAT]) if key in self.formats else _BUILT_IN.get(key)


def style_of(code: str) -> Style:
    """Return what a format of a number shows: only the part for positive numbers counts."""
    signs = _GENERAL.sub("", _NO_SIGNS.sub("", code).partition(";")[0]).lower()
    if signs and not signs.strip("0"):
        return len(signs)
    if _ELAPSED.search(signs):
        return Shown.ELAPSED
    letters = set(signs)
    if letters & set("dy") or ("m" in letters and not letters & set("hs")):
        return Shown.DAY
    return Shown.TIME if letters & set("hs") else None
