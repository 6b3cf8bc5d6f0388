"""JSON that is a single number: SQLite's JSON columns store it as a number of their own, which may lose digits."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing

from admin_app.db.json_exact import JsonNumber, plain_digits

# SQLite's whole numbers are smaller.
_TOO_LARGE = 2**63


def kept_alone(digits: str) -> str | None:
    """Return the digits that SQLite would return for a number; None if it would store infinity. Only SQLite knows how it rounds."""
    with closing(sqlite3.connect(":memory:")) as store:
        kept: float = store.execute("SELECT CAST(? AS NUMERIC)", (digits,)).fetchone()[0]
    if not math.isfinite(kept):
        return None
    is_whole = abs(kept) < _TOO_LARGE and kept == int(kept)
    return plain_digits(JsonNumber(str(int(kept) if is_whole else kept)))
