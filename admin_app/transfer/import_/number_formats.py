"""Find the number formats of a sheet that show dates or times, or leading zeros."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from admin_app.transfer.import_.cells import MomentStyle

# How a format shows a number: as a moment, or with leading zeros up to so many digits.
Style = MomentStyle | int | None

# Excel's limit; a longer one would cost too much time.
_LONGEST_FORMAT = 255
# Parts of a number format that stand for no digit: texts, padding, colours and conditions.
_NO_SIGNS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_GENERAL = re.compile("general|standard", re.IGNORECASE)
# The built-in formats have numbers and no codes.
_BUILT_IN: dict[int, Style] = {
    **dict.fromkeys([*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)], MomentStyle.DAY),
    **dict.fromkeys([*range(18, 22), *range(32, 36), 45, 47], MomentStyle.TIME),
    46: MomentStyle.ELAPSED,
}


@dataclass
class Styles:
    """Reads the number formats of cells."""

    formats: dict[int, str] = field(default_factory=dict)
    cells: list[int] = field(default_factory=list)
    is_of_cells: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Read a format, or the style of a cell."""
        if name == "numFmt":
            self.formats[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "cellXfs":
            self.is_of_cells = True
        elif name == "xf" and self.is_of_cells:
            self.cells.append(int(attributes.get("numFmtId", 0)))

    def end(self, name: str) -> None:
        """Note the end of the cells' styles."""
        if name == "cellXfs":
            self.is_of_cells = False

    def style(self, key: int) -> Style:
        """Return what the format with this number shows."""
        return style_of(self.formats[key][:_LONGEST_FORMAT]) if key in self.formats else _BUILT_IN.get(key)


def style_of(code: str) -> Style:
    """Return what a format code shows; only its part for positive numbers counts."""
    signs = _GENERAL.sub("", _NO_SIGNS.sub("", code).partition(";")[0]).lower()
    if signs and not signs.strip("0"):
        return len(signs)
    if _ELAPSED.search(signs):
        return MomentStyle.ELAPSED
    letters = set(signs)
    if letters & set("dy") or ("m" in letters and not letters & set("hs")):
        return MomentStyle.DAY
    return MomentStyle.TIME if letters & set("hs") else None
