"""Several values in one text, as people and files write them: separated by commas, and in quotes if a value contains a comma."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Quotation marks as in CSV: around a whole value, and doubled inside. A mark without a closing one is a plain character.
_BETWEEN = r",;\t\r\n\v\f\x85\u2028\u2029"
_QUOTED = r'"(?P<quoted>(?:[^"]|"")*+)"'
_VALUE = re.compile(rf"[^\S{_BETWEEN}]*(?:{_QUOTED}[^\S{_BETWEEN}]*(?=[{_BETWEEN}]|\Z)|(?P<plain>[^{_BETWEEN}]+))")
_WORD = re.compile(rf"{_QUOTED}(?=[{_BETWEEN}\s]|\Z)|(?P<plain>[^{_BETWEEN}\s]+)")
_TO_QUOTE = re.compile(rf'[{_BETWEEN}"]')


def values_of(text: str, *, at_blanks: bool = False) -> list[str]:
    """Split at commas, semicolons, tabs and line ends (and at blanks), except between quotation marks."""
    found = []
    for match in (_WORD if at_blanks else _VALUE).finditer(text):
        quoted = match["quoted"]
        found.append(match["plain"].strip() if quoted is None else quoted.replace('""', '"').strip())
    return [value for value in found if value]


def list_of(values: Iterable[str]) -> str:
    """Write values so that `values_of` reads them again."""
    return ", ".join('"' + one.replace('"', '""') + '"' if _TO_QUOTE.search(one) else one for one in values)
