"""Open an upload: as a source of rows, or as a sample to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from itertools import islice

from admin_app.context import is_writing
from admin_app.context import reading as reading_only
from admin_app.errors import TransferError
from admin_app.extensions import Values, db
from admin_app.formatting import number
from admin_app.jobs.uploads import open_file
from admin_app.models.upload import Upload
from admin_app.panel.access.access import Access
from admin_app.panel.import_.headers import knows_title
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.source import Reading, Source, SourceRow

# Nobody checks more columns than this one by one.
MOST_COLUMNS = 500
# Rows that are read to guess what a column holds.
LOOKED_AT = 100


@dataclass(frozen=True)
class Sample:
    """The beginning of a file: its titles and first rows, and the problem that ended them, "" for none."""

    reading: Reading
    titles: Sequence[str]
    sheets: Sequence[str]
    notes: Sequence[str]
    rows: Sequence[SourceRow]
    problem: str

    @cached_property
    def values(self) -> list[list[str]]:
        """The cells of each column, without empty ones."""
        return [[cell for row in self.rows if (cell := _cell(row, place))] for place in range(len(self.titles))]


def reading_of(upload: Upload) -> Reading:
    """Return how an upload is read."""
    return Reading(**upload.reading)


def kept(reading: Reading) -> Values:
    """Return a reading as an upload stores it."""
    return asdict(reading)


@contextmanager
def opened(access: Access, upload: Upload, reading: Reading | None = None) -> Iterator[Source]:
    """Open an upload with its reading, or with another one; raise `TransferError` if that fails."""
    how = reading_of(upload) if reading is None else reading
    with open_file(upload) as file:
        yield open_source(file, partial(knows_title, access), how, name=upload.file_name)


def sample_of(access: Access, upload: Upload, reading: Reading | None = None) -> Sample:
    """Read the beginning of an upload; raise `TransferError` if it can't be read like this."""
    with holding_no_lock(), opened(access, upload, reading) as source:
        titles = list(source.titles)
        if not titles:
            message = "The file is empty."
            raise TransferError(message)
        if len(titles) > MOST_COLUMNS:
            message = f"The file has {number(len(titles))} columns. An import takes {MOST_COLUMNS} at most."
            raise TransferError(message)
        rows, problem = _first_rows(source)
        return Sample(source.reading, titles, list(source.sheets), list(source.notes), rows, problem)


@contextmanager
def holding_no_lock() -> Iterator[None]:
    """Release the write lock while a file is read, which may take long. Nothing uncommitted may be pending."""
    if not is_writing():
        yield
        return
    db.session.commit()
    with reading_only():
        try:
            yield
        finally:
            db.session.rollback()


def _first_rows(source: Source) -> tuple[list[SourceRow], str]:
    rows: list[SourceRow] = []
    try:
        rows.extend(islice(source.rows(), LOOKED_AT))
    except TransferError as error:
        return rows, str(error)
    return rows, "" if rows else "The file has no rows below its header row."


def _cell(row: SourceRow, place: int) -> str:
    found = row.cells[place] if place < len(row.cells) else None
    return (found or "").strip()
