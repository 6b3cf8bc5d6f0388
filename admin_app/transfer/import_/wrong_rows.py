"""Give back the wrong rows of a file in its own format, each with a sentence, to be corrected and imported again.

The sentence comes first in its row, so it stands under its title even if the row has too few or too many cells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import IO, TypeVar

from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.import_.cells import Cell, Unreadable
from admin_app.transfer.import_.encodings import text_of
from admin_app.transfer.import_.json_source import JsonSource
from admin_app.transfer.import_.raw_records import raw_records
from admin_app.transfer.import_.sheet_source import SheetSource
from admin_app.transfer.import_.source import CSV, JSON, JSON_LINES, XLSX, Reading

# The title of the column of sentences; an import ignores it.
ERROR = "error"

# The number of a row, and its problem.
Wrong = tuple[int, str]

Row = TypeVar("Row")

# Characters that few encodings have.
_PLAINER = str.maketrans({"“": "'", "”": "'", "\u2019": "'", "…": "..."})
_FIRST_KEY = re.compile(r'\{\s*"' + ERROR + r'"\s*:\s*(?:"(?:[^"\\]|\\.)*"|null)\s*(?:,\s*|(?=\}))')


def write_wrong(file: IO[bytes], reading: Reading, wrong: Iterable[Wrong]) -> Iterator[bytes]:
    """Yield a file of the rows with these numbers, in order; `reading` is that of the original file.

    Sentences from an earlier attempt are replaced.
    """
    problems = ((number, " ".join(words for _, words in group)) for number, group in groupby(wrong, lambda one: one[0]))
    return _WRITERS[reading.format](file, reading, problems)


def _csv(file: IO[bytes], reading: Reading, wrong: Iterator[Wrong]) -> Iterator[bytes]:
    delimiter, end = reading.delimiter, b""
    records = raw_records(file, reading)
    was_given_back = False
    for record in records:
        if record.number == 0:
            yield record.raw
        elif record.number == reading.titles:
            was_given_back = record.cells[:1] == [ERROR]
            end = record.end or "\r\n".encode(reading.encoding)
            yield (
                _encoded(f"{ERROR}{delimiter}", reading.encoding) + record.without_first(is_meant=was_given_back) + end
            )
            break
    for record, problem in _those(records, lambda one: one.number, wrong):
        quoted = problem.replace('"', '""')
        begin = _encoded(f'"{quoted}"{delimiter}', reading.encoding)
        yield begin + record.without_first(is_meant=was_given_back) + (record.end or end)


def _xlsx(file: IO[bytes], reading: Reading, wrong: Iterator[Wrong]) -> Iterator[bytes]:
    source = SheetSource(file, reading, lambda _: False)
    begin = 1 if source.titles[:1] == [ERROR] else 0
    width = max([len(source.titles), *(len(cells) for _, cells in source.typed_rows())])
    titles = [*source.titles, *[""] * (width - len(source.titles))][begin:]
    rows = (
        [problem, *map(_typed, cells[begin:]), *[None] * (width - max(len(cells), begin))]
        for (_, cells), problem in _those(source.typed_rows(), lambda one: one[0], wrong)
    )
    yield from FORMATS[XLSX].write([ERROR, *titles], rows, FileOptions(), lambda *_: None)


def _typed(cell: Cell) -> object:
    return cell.shown if isinstance(cell, Unreadable) else cell


def _json(file: IO[bytes], reading: Reading, wrong: Iterator[Wrong]) -> Iterator[bytes]:
    begin, between, end = ("[\n", ",\n", "\n]\n") if reading.format == JSON else ("", "\n", "\n")
    with text_of(file, reading.encoding) as text:
        mark = "\ufeff" if text.read(1) == "\ufeff" else ""
    yield _encoded(mark + begin, reading.encoding)
    joint = ""
    for (_, raw, value), problem in _those(JsonSource(file, reading).objects(), lambda one: one[0], wrong):
        yield _encoded(joint, reading.encoding) + _encoded(_told(raw, value, problem), reading.encoding)
        joint = between
    yield _encoded(end, reading.encoding)


def _told(raw: str, value: object, problem: str) -> str:
    """Add the problem to a JSON object as its first key, and leave the rest of its text unchanged."""
    said = json.dumps(problem, ensure_ascii=False)
    if not isinstance(value, tuple):
        return f'{{"{ERROR}": {said}, "row": {raw}}}'
    if ERROR in dict(value):
        if not _FIRST_KEY.match(raw):
            others = {key: one for key, one in json.loads(raw).items() if key != ERROR}
            return json.dumps({ERROR: problem, **others}, ensure_ascii=False)
        raw = _FIRST_KEY.sub("{", raw, count=1)
    rest = raw[1:].lstrip(" ")
    return f'{{"{ERROR}": {said}{"" if rest.lstrip() == "}" else ", "}{rest}'


def _those(rows: Iterable[Row], number_of: Callable[[Row], int], wrong: Iterator[Wrong]) -> Iterator[tuple[Row, str]]:
    """Yield the wrong rows with their problems; both iterators are in the order of the row numbers."""
    number, problem = next(wrong, (0, ""))
    for row in rows:
        while number and number < number_of(row):
            number, problem = next(wrong, (0, ""))
        if not number:
            return
        if number == number_of(row):
            yield row, problem


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAINER).encode(encoding, "replace")


_WRITERS: dict[str, Callable[[IO[bytes], Reading, Iterator[Wrong]], Iterator[bytes]]] = {
    CSV: _csv,
    XLSX: _xlsx,
    JSON: _json,
    JSON_LINES: _json,
}
