"""Parse numbers as people write them, alone or in a list. A text is read as exactly that number or refused, never as another.

Accepted are signs of any kind, digits of any one script, groups of three, and a decimal comma. The point is the decimal sign
that the dashboard writes itself. Refused are texts that may mean two numbers ("5,045" if fractions are possible), groups of
other sizes, and notations of programs (1_000).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_DIGITS = 400
# The most digits of a number.
_SHORT = 18
_NO_BREAK = "\u00a0\u2007\u2009\u202f"
# Invisible characters that copied text may contain.
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u061c\u2060\ufeff\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_PLAINER = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2013\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\ufe62\uff0b", "+"),
        **dict.fromkeys(_NO_BREAK, " "),
        # The Arabic thousands separator, and the Swiss apostrophes.
        **dict.fromkeys("\u066c\u2018\u2019", "'"),
        "\uff0c": ",",
        "\uff0e": ".",
    }
)
_GROUPED = r"(?P<grouped>[1-9][0-9]{0,2}(?P<between>[ ,.'])[0-9]{3}(?:(?P=between)[0-9]{3})*)"
_WHOLE = re.compile(rf"(?P<sign>[+-]?)(?:{_GROUPED}|(?P<plain>[0-9]{{1,40}}))")
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?)(?:{_GROUPED}|(?P<plain>[0-9]{{0,{_DIGITS}}}))"
    rf"(?:\.(?P<fraction>[0-9]{{0,{_DIGITS}}})|[,\u066b](?P<after_comma>[0-9]{{1,{_DIGITS}}}))?"
    r"(?:[eE](?P<exponent>[+-]?[0-9]{1,3}))?"
)
_LIST_SIGNS = str.maketrans({"\u060c": ",", "\uff0c": ",", "\u3001": ",", "\uff1b": ";"})
# A number in a list whose groups are joined by no-break spaces, or by a space before a leading zero.
_HELD = re.compile(rf"(?<!\d)[1-9]\d{{0,2}}(?:(?:[{_NO_BREAK}]\d{{3}})+| 0\d{{2}})(?!\d)")


class AmbiguousNumber(ValueError):
    """The text may mean two numbers, the `readings`."""

    def __init__(self, text: str, *readings: str) -> None:
        """Name both numbers in the message."""
        self.text, self.readings = text, readings
        super().__init__(f"“{text}” could be {' or '.join(readings)}. Enter the one you mean.")


class AmbiguousList(ValueError):
    """Part of a list may be one number or several."""

    def __init__(self, text: str) -> None:
        """Say in the message how to write the list."""
        how = "Put a space after each comma between numbers, and nothing between the digits of a number."
        super().__init__(f"“{text}” could be one number or several. {how}")


def whole_number(text: str) -> int:
    """Read a whole number; raise ValueError for anything else."""
    if text.isascii() and text.isdigit() and len(text) <= _SHORT:
        # Most numbers of a file are plain: this takes a tenth of the pattern's time.
        return int(text)
    match = _matched(_WHOLE, text)
    if match["grouped"] and _is_one_group(match, "."):
        raise _either(match, text)
    return int(_in_one(match))


def number(text: str) -> Decimal:
    """Read a number with or without a fraction; raise ValueError for anything else."""
    match = _matched(_NUMBER, text)
    fraction = match["fraction"] or match["after_comma"]
    has_point = match["fraction"] is not None or match["after_comma"] is not None
    if match["grouped"] and not has_point and _is_one_group(match, ","):
        raise _either(match, text)
    if match["grouped"] and not has_point and _is_one_group(match, "."):
        whole, _, fraction = f"{match['sign']}{match['grouped']}".partition(".")
    else:
        _require_other_signs(match)
        whole = _in_one(match)
    if not (fraction or whole[-1:].isdigit()):
        raise ValueError(text)
    return Decimal(f"{whole}{'.' if fraction else ''}{fraction or ''}E{match['exponent'] or '0'}")


def numbers_in(text: str, *, is_whole: bool) -> list[str]:
    """Split a list at blanks, line ends, tabs, semicolons and commas; raise `AmbiguousList` if one of them may be part of a number."""
    if held := _HELD.search(text):
        raise AmbiguousList(held[0])
    cells = [cell.strip(",") for cell in re.split(r"[\s;]+", text.translate(_LIST_SIGNS))]
    cells = [cell for cell in cells if cell]
    for cell in cells:
        # "1,234,567" alone means three whole numbers, because people write lists of IDs like this.
        may_group = len(cells) > 1 or not is_whole or re.search(r",0\d", cell)
        if "," in cell and may_group and _is_one(cell, is_whole=is_whole):
            raise AmbiguousList(cell)
    return [one for cell in cells for one in cell.split(",") if one]


def _is_one(cell: str, *, is_whole: bool) -> bool:
    try:
        whole_number(cell) if is_whole else number(cell)
    except AmbiguousNumber:
        return True
    except ValueError:
        return False
    return True


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.fullmatch(_plain(text))
    if match is None:
        raise ValueError(text)
    return match


def _plain(text: str) -> str:
    """Rewrite a number with ASCII signs and digits. Digits of two scripts in one number are left as they are, and refused later."""
    text = text.strip().strip(_UNSEEN).strip().translate(_PLAINER)
    values = {letter: unicodedata.decimal(letter, None) for letter in set(text)}
    digits = {letter: value for letter, value in values.items() if value is not None}
    scripts = {ord(letter) - value for letter, value in digits.items()}
    return text.translate({ord(letter): str(value) for letter, value in digits.items()}) if len(scripts) == 1 else text


def _is_one_group(match: re.Match[str], sign: str) -> bool:
    return match["between"] == sign and match["grouped"].count(sign) == 1


def _require_other_signs(match: re.Match[str]) -> None:
    """Refuse "1,234,5": the thousands separator cannot also begin the fraction."""
    point = "." if match["fraction"] is not None else "," if match["after_comma"] is not None else ""
    if point and match["between"] == point:
        raise ValueError(match[0])


def _in_one(match: re.Match[str]) -> str:
    digits = match["grouped"].replace(match["between"], "") if match["grouped"] else match["plain"]
    return f"{match['sign']}{digits}"


def _either(match: re.Match[str], text: str) -> AmbiguousNumber:
    whole = f"{match['sign']}{match['grouped']}"
    return AmbiguousNumber(text.strip(), whole.replace(match["between"], ""), whole.replace(match["between"], "."))
