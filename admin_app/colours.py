"""The accent colour of a dashboard: parsed, checked for contrast, and turned into the tokens of both themes."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from dataclasses import dataclass

# Least contrast of text (WCAG 1.4.3).
ENOUGH = 4.5
# Contrast in the dark theme, where a colour of the least contrast looks dull.
BRIGHT = 7.0
# Below this, sRGB is linear.
_LINEAR = 0.04045

_HEX = re.compile(r"#?([0-9a-fA-F]{6})")


@dataclass(frozen=True)
class Colour:
    """Red, green and blue, each from 0 to 1."""

    red: float
    green: float
    blue: float

    def __str__(self) -> str:
        """Write it as in style sheets."""
        return "#" + "".join(f"{round(part * 255):02x}" for part in (self.red, self.green, self.blue))

    @property
    def luminance(self) -> float:
        """Return its brightness as WCAG defines it."""
        red, green, blue = (
            part / 12.92 if part <= _LINEAR else ((part + 0.055) / 1.055) ** 2.4
            for part in (self.red, self.green, self.blue)
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def mixed(self, other: Colour, part: float) -> Colour:
        """Mix another colour into this one; `part` is the other's share."""
        pairs = zip((self.red, self.green, self.blue), (other.red, other.green, other.blue), strict=True)
        return Colour(*(own + (others - own) * part for own, others in pairs))

    def lit(self) -> Iterator[Colour]:
        """Yield lighter and lighter versions, up to white."""
        return self._shades(range(1, 201), 1.0)

    def shaded(self) -> Iterator[Colour]:
        """Yield darker and darker versions, down to black."""
        return self._shades(range(1, 201), 0.0)

    def _shades(self, steps: range, end: float) -> Iterator[Colour]:
        hue, light, saturation = colorsys.rgb_to_hls(self.red, self.green, self.blue)
        for step in steps:
            yield _of(str(Colour(*colorsys.hls_to_rgb(hue, light + (end - light) * step / len(steps), saturation))))


@dataclass(frozen=True)
class Accent:
    """The accent of both themes, with the colours derived from it."""

    light: Colour

    @property
    def dark(self) -> Colour:
        """Return the same hue, light enough for the dark theme."""
        return next(one for one in (self.light, *self.light.lit()) if contrast(one, DARK_GROUND) >= BRIGHT)

    @property
    def styles(self) -> str:
        """Return the tokens for the style sheet."""
        light, dark = self.light, self.dark
        tokens = {
            "accent": (light, dark),
            "accent-hover": (light.mixed(_BLACK, 0.2), dark.mixed(_WHITE, 0.3)),
            "accent-soft": (_soft(light), dark.mixed(DARK_GROUND, 0.82)),
            "accent-ink": (_WHITE, DARK_INK),
        }
        lines = "".join(f"--{name}: light-dark({one}, {other});" for name, (one, other) in tokens.items())
        return f"@layer tokens {{ :root:root {{ {lines} }} }}"


def accent_of(text: str) -> Accent:
    """Parse a colour like #3450c4; raise `ValueError` with the nearest allowed colour if its contrast is too low."""
    found = _HEX.fullmatch(text)
    if found is None:
        message = "must be a colour like #3450c4"
        raise ValueError(message)
    colour = _of(found[1])
    if not _is_readable(colour):
        nearest = next(one for one in colour.shaded() if _is_readable(one))
        message = f"must have a contrast of 4.5:1 against white and its own tint: the nearest such colour is {nearest}"
        raise ValueError(message)
    return Accent(colour)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((one.luminance, other.luminance))
    return (high + 0.05) / (low + 0.05)


def _is_readable(colour: Colour) -> bool:
    """Whether white text on it, and links of this colour, can be read in the light theme."""
    return all(contrast(colour, ground) >= ENOUGH for ground in (_WHITE, LIGHT_GROUND, _soft(colour)))


def _soft(colour: Colour) -> Colour:
    return colour.mixed(_WHITE, 0.9)


def _of(text: str) -> Colour:
    return Colour(*(byte / 255 for byte in bytes.fromhex(text.removeprefix("#"))))


_BLACK, _WHITE = _of("000000"), _of("ffffff")
# From tokens.css: --ground of the light theme, --ground-float and --accent-ink of the dark one.
LIGHT_GROUND, DARK_GROUND, DARK_INK = _of("f6f7f9"), _of("1b1f27"), _of("0e1226")
