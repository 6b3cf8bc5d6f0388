"""Keep spreadsheets from running text: a cell that begins like a formula gets an apostrophe, which an import removes.

Source: OWASP, "CSV Injection". Full-width forms count too, because spreadsheets with East Asian locales run them as well.
"""

from __future__ import annotations

# First characters of cells that a spreadsheet may run.
SIGNS = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 -- the full-width forms are meant
# Most texts begin with none of these, so this is checked first.
FIRST = SIGNS | {"'"}


def neutralised(text: str) -> str:
    """Return text that a spreadsheet shows and doesn't run. A text that looks neutralised already gets one more apostrophe."""
    return f"'{text}" if text[:1] in FIRST and _runs(text) else text


def restored(text: str) -> str:
    """Undo `neutralised`."""
    return text[1:] if text[:1] == "'" and _runs(text) else text


def _runs(text: str) -> bool:
    return text.lstrip("'")[:1] in SIGNS
