"""CSV: UTF-8, CRLF (RFC 4180), times in ISO 8601 with their zone, formulas neutralised. No value and no characters look alike."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from admin_app.kinds.base import AnyKind, Convert, as_it_is
from admin_app.kinds.spreadsheet import neutralised
from admin_app.transfer.formats.base import BATCH, PLAIN, Conversions, FileOptions, Format, Problem
from admin_app.transfer.formats.csv_lines import csv_line

CONTENT_TYPE = "text/csv; charset=utf-8"
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
BYTE_ORDER_MARK = "\ufeff"


def csv_chunks(
    header: Sequence[str],
    rows: Iterable[Sequence[object] | str],
    options: FileOptions = PLAIN,
    _on_problem: Problem | None = None,
) -> Iterator[bytes]:
    """Write the file piece by piece; memory does not grow with its length. Rows that are text are lines already."""
    conversions = _NEUTRALISED if options.neutralises else _AS_IT_IS
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=options.delimiter)
    writer.writerow([conversions.of(title) for title in header])
    mark, head = BYTE_ORDER_MARK if options.is_for_excel else "", _drained(buffer).decode()
    buffer.write(mark + _quoted_at_first(head, options.delimiter))
    yield _drained(buffer)
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        if isinstance(batch[0], str):
            buffer.write("".join(map(str, batch)))
        else:
            writer.writerows(zip(*conversions.columns(batch), strict=True))
        yield _drained(buffer)


def _quoted_at_first(head: str, delimiter: str) -> str:
    """Put the first title between quotes where Excel would take the file for one of SYLK, which begins with these letters."""
    if not head.startswith("ID"):
        return head
    first, others = re.match(f"([^{delimiter}\r]*)(.*)", head, re.DOTALL).groups()  # type: ignore[union-attr] # it fits all
    return f'"{first}"{others}'


def _drained(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "surrogatepass")


def _neutralising(kind: AnyKind) -> Convert:
    """Return what writes a kind's values. A spreadsheet runs text only: a number stays a number."""
    if kind.is_inert:
        return kind.to_csv
    return neutralised if kind.to_csv is as_it_is else lambda value: neutralised(str(kind.to_csv(value)))


_NEUTRALISED = Conversions("", _neutralising)
_AS_IT_IS = Conversions("", lambda kind: kind.to_csv)

CSV = Format("csv", "CSV", CONTENT_TYPE, csv_chunks, line=csv_line)
