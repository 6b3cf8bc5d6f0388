"""An accent of one's own: whichever passes can be read in both themes, and whichever does not is told the nearest that does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app import colours
from admin_app.colours import Accent, Colour, accent_of, contrast

TOKENS = (Path(__file__).resolve().parents[1] / "static" / "css" / "tokens.css").read_text("utf-8")


@pytest.fixture
def store() -> str:
    """Stay on one store: colours are in none."""
    return "sqlite"


def nearest(text: str) -> Accent:
    """Return the accent of this colour, or of the nearest one that is allowed."""
    try:
        return accent_of(text)
    except ValueError as error:
        return accent_of(str(error).rpartition(" ")[2])


def colour(text: str) -> Colour:
    return Colour(*(byte / 255 for byte in bytes.fromhex(text.removeprefix("#"))))


@given(st.integers(0, 0xFFFFFF))
def test_any_accent_is_read_wherever_it_stands(number: int) -> None:
    styles = nearest(f"#{number:06x}").styles
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", styles)
    light, dark = ({name: colour(pair[place]) for name, *pair in pairs} for place in (0, 1))

    for theme, ground in ((light, colours.LIGHT_GROUND), (dark, colours.DARK_GROUND)):
        against = (ground, theme["accent-soft"], theme["accent-ink"])
        assert min(contrast(theme["accent"], one) for one in against) >= 4.45
        assert contrast(theme["accent-hover"], theme["accent-ink"]) >= 4.45


def test_an_allowed_colour_stays_as_it_is() -> None:
    assert str(accent_of("#0B6E4F").light) == "#0b6e4f"


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    assert f"--ground: light-dark({colours.LIGHT_GROUND}, " in TOKENS
    assert f"--ground-float: light-dark(#ffffff, {colours.DARK_GROUND})" in TOKENS
    assert f"--accent-ink: light-dark(#ffffff, {colours.DARK_INK})" in TOKENS
