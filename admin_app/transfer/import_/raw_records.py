"""Read the records of a CSV file byte for byte, so that they can be given back unchanged."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from admin_app.transfer.import_.csv_records import BYTE_ORDER_MARK, is_separator_line
from admin_app.transfer.import_.encodings import is_like_ascii, text_of
from admin_app.transfer.import_.limits import LONGEST_FIELD
from admin_app.transfer.import_.source import Reading

_CHUNK = 64 * 1024
_END = re.compile(r"(?:\r\n|\r|\n)\Z")


@dataclass(frozen=True)
class RawRecord:
    """A record with its raw bytes, without the line end. Number 0 is what stands before the first record."""

    number: int
    raw: bytes
    end: bytes
    cells: Sequence[str]
    text: str
    reading: Reading

    def without_first(self, *, is_meant: bool) -> bytes:
        """Return the raw bytes, without the first cell if `is_meant`."""
        if not is_meant:
            return self.raw
        delimiter = re.escape(self.reading.delimiter)
        first = re.match(rf'(?:"(?:[^"]|"")*"|[^"{delimiter}\r\n]*){delimiter}?', self.text)
        return self.raw[len(first[0].encode(self.reading.encoding)) :] if first else self.raw


def raw_records(file: IO[bytes], reading: Reading) -> Iterator[RawRecord]:
    """Yield the byte order mark and the separator line, then every record, empty ones too."""
    csv.field_size_limit(LONGEST_FIELD)
    taken: list[tuple[bytes, str]] = []
    lines = _raw_lines(file, reading.encoding)
    first = next(lines, (b"", ""))
    mark = BYTE_ORDER_MARK.encode(reading.encoding) if first[1].startswith(BYTE_ORDER_MARK) else b""
    first = first[0][len(mark) :], first[1].removeprefix(BYTE_ORDER_MARK)
    is_named = is_separator_line(first[1])
    yield RawRecord(0, mark + (first[0] if is_named else b""), b"", [], "", reading)

    def remembered() -> Iterator[str]:
        if not is_named and first[1]:
            taken.append(first)
            yield first[1]
        for line in lines:
            taken.append(line)
            yield line[1]

    for number, cells in enumerate(csv.reader(remembered(), delimiter=reading.delimiter, strict=True), 1):
        raw, text = b"".join(raw for raw, _ in taken), "".join(text for _, text in taken)
        taken.clear()
        end = found[0].encode(reading.encoding) if (found := _END.search(text)) else b""
        yield RawRecord(number, raw[: len(raw) - len(end)], end, cells, text, reading)


def _raw_lines(file: IO[bytes], encoding: str) -> Iterator[tuple[bytes, str]]:
    """Yield each line as raw bytes and as text."""
    if is_like_ascii(encoding):
        yield from ((line, line.decode(encoding)) for line in _lines(file))
        return
    # Here a line's text, encoded again, gives the same bytes.
    with closing(text_of(file, encoding)) as text:
        for line in text:
            yield line.encode(encoding), line


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Split a file at line ends of any kind; in these encodings no byte of a longer character looks like one."""
    file.seek(0)
    held = b""
    while piece := file.read(max(_CHUNK, len(held))):
        *whole, held = (held + piece).splitlines(keepends=True)
        yield from whole
        if held.endswith(b"\n"):
            yield held
            held = b""
    yield from held.splitlines(keepends=True)
