"""Keep a spreadsheet from running text: a cell that begins like a formula gets an apostrophe, and loses it on the way back.

Source: OWASP, "CSV Injection". Full-width forms are included because spreadsheets of East Asian locales read them alike.
"""

from __future__ import annotations

# What a spreadsheet takes for the beginning of something to run.
SIGNS = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 -- the full-width forms are meant
# Most texts begin with none of these; asking for that first is what makes it quick.
FIRST = SIGNS | {"'"}


def neutralised(text: str) -> str:
    """Return text that is shown, not run. Text that already looks neutralised gets one apostrophe more, so that nothing is lost."""
    return f"'{text}" if text[:1] in FIRST and _runs(text) else text


def restored(text: str) -> str:
    """Return what `neutralised` was given."""
    return text[1:] if text[:1] == "'" and _runs(text) else text


def _runs(text: str) -> bool:
    return text.lstrip("'")[:1] in SIGNS
