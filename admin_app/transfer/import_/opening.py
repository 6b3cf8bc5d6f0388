"""Open a file."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

from admin_app.transfer.import_.csv_reader import decoded, is_seen, read_table
from admin_app.transfer.import_.source import Reading, Source, SourceRow


class CsvSource:
    sheets = ()
    notes = ()

    def __init__(self, raw: IO[bytes], is_title: Callable[[str], bool]) -> None:
        self.reading = Reading("csv")
        self.raw, self.is_title = raw, is_title
        self.table = read_table(decoded(raw), is_title)
        self.titles = [t if is_seen(t) else "" for t in self.table.titles]

    def rows(self) -> Iterator[SourceRow]:
        n = len(self.titles)
        self.raw.seek(0)
        for number, cells in read_table(decoded(self.raw), self.is_title).rows:
            p = ""
            if len(cells) < n or any(map(is_seen, cells[n:])):
                p = f"it has {len(cells)} cells; the header has {n}."
            yield SourceRow(number, cells, p)


def open_source(file: IO[bytes], is_title: Callable[[str], bool], reading: Reading = Reading(), *, name: str = "") -> Source:
    return CsvSource(file, is_title)
