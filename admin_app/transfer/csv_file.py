"""CSV: UTF-8, CRLF (RFC 4180), times in ISO 8601 with their zone, formulas neutralised."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from admin_app.transfer.spreadsheet import neutralised

CONTENT_TYPE = "text/csv; charset=utf-8"

# Sent at once: large enough that the network and not the loop sets the pace, small enough to arrive soon.
CHUNK_CHARACTERS = 64 * 1024


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Write the file piece by piece; memory does not grow with its length."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([neutralised(title) for title in header])
    yield _drained(buffer)
    for row in rows:
        writer.writerow([csv_value(value) for value in row])
        if buffer.tell() >= CHUNK_CHARACTERS:
            yield _drained(buffer)
    if buffer.tell():
        yield _drained(buffer)


def csv_value(value: Any) -> Any:  # noqa: PLR0911 -- a table of types, one line each
    """Write one value. Only text can be run by a spreadsheet: a number stays a number."""
    match value:
        case None:
            return ""
        case Enum():
            return str(value.value)
        case str():
            return neutralised(value)
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return value


def _drained(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "surrogatepass")
