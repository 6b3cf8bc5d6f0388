"""Keep a spreadsheet from running text: a cell that begins like a formula gets an apostrophe, and loses it on the way back.

Source: OWASP, "CSV Injection". Full-width forms are included because spreadsheets of East Asian locales read them alike.
"""

from __future__ import annotations

import re

# Most texts begin with none of these; asking a set costs a quarter of asking the expression.
FIRST = frozenset("'=+-@\t\r\n＝＋－＠")  # noqa: RUF001 -- the full-width forms are meant
# How the text begins that is not written as it is, for Python and for PostgreSQL.
RUNS = r"'*[=+\-@\t\r\n＝＋－＠]"  # noqa: RUF001 -- the full-width forms are meant
_RUNS, _NEUTRALISED = re.compile(RUNS), re.compile(f"'{RUNS}")


def neutralised(text: str) -> str:
    """Return text that is shown, not run. Text that already looks neutralised gets one apostrophe more, so that nothing is lost."""
    return f"'{text}" if text[:1] in FIRST and _RUNS.match(text) else text


def restored(text: str) -> str:
    """Return what `neutralised` was given."""
    return text[1:] if _NEUTRALISED.match(text) else text
