"""Find the header row of a table, and check that the other rows fit it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from admin_app.formatting import counted
from admin_app.transfer.import_.source import SourceRow
from admin_app.transfer.import_.wording import quoted

IsTitle = Callable[[str], bool]

# Above the header row stand a name and a date perhaps, and hardly more.
ROWS_LOOKED_AT = 20

# Letters by category that show nothing: Hangul's fillers, the Braille pattern without dots.
_UNSEEN_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
_UNSEEN_CATEGORIES = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_has_form = re.compile("[!-~]").search


def is_visible_text(text: str | None) -> bool:
    """Whether a text has anything visible."""
    return text is not None and (_has_form(text) is not None or any(not _is_invisible(letter) for letter in set(text)))


def has_visible(cells: Sequence[str]) -> bool:
    """Whether a row has anything visible. Most cells contain printable ASCII, which is quick to check first."""
    return any(map(_has_form, cells)) or any(map(is_visible_text, cells))


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN_CATEGORIES or letter in _UNSEEN_LETTERS


@dataclass(frozen=True)
class TitleRow:
    """The header row; its number is 0 if the table is empty."""

    number: int
    titles: Sequence[str]
    # Rows above it that aren't empty.
    above: int = 0

    def notes(self) -> list[str]:
        """Say what was left out."""
        if not self.above:
            return []
        return [
            f"{counted(self.above, 'row', 'rows')} above the header row {'was' if self.above == 1 else 'were'} left out."
        ]

    def checked(self, row: SourceRow) -> SourceRow:
        """Return a row that fits the titles, or one with the problem. Surplus cells are allowed if they are empty."""
        width, cells = len(self.titles), row.cells
        if len(cells) < width or any(map(is_visible_text, cells[width:])):
            words = f"it has {counted(len(cells), 'cell', 'cells')}; the header has {width}."
            return _wrong(row, words)
        if "" in self.titles:
            stray = next(
                (cell for title, cell in zip(self.titles, cells, strict=False) if not title and is_visible_text(cell)),
                None,
            )
            if stray is not None:
                return _wrong(row, f"there is no header above {quoted(stray)}.")
        return row if len(cells) == width else row._replace(cells=cells[:width])


def _wrong(row: SourceRow, words: str) -> SourceRow:
    return row._replace(problem=f"{quoted(','.join(cell or '' for cell in row.cells))}: {words}")


def title_row(rows: Sequence[tuple[int, Sequence[str]]], is_title: IsTitle) -> TitleRow:
    """Return the first row in which most cells are known titles, among a table's first rows that aren't empty.

    If no row has them, it is the first row that has more than half as many cells as the widest; above it may stand the name
    of the table. The rows come with their numbers.
    """
    if not rows:
        return TitleRow(0, [])
    place = next((place for place, (_, cells) in enumerate(rows) if _is_mostly_titles(cells, is_title)), None)
    return titles_at(rows, _first_wide(rows) if place is None else place)


def titles_at(rows: Sequence[tuple[int, Sequence[str]]], place: int) -> TitleRow:
    """Return the row at this position, counted from 0, as the header row."""
    number, cells = rows[place]
    return TitleRow(number, _titles(cells), above=place)


def _first_wide(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    widths = [sum(map(is_visible_text, cells)) for _, cells in rows]
    return next(place for place, width in enumerate(widths) if width * 2 > max(widths))


def _is_mostly_titles(cells: Sequence[str], is_title: IsTitle) -> bool:
    seen = [cell for cell in cells if is_visible_text(cell)]
    return sum(map(is_title, seen)) * 2 > len(seen)


def _titles(cells: Sequence[str]) -> list[str]:
    titles = [cell if is_visible_text(cell) else "" for cell in cells]
    while titles and not titles[-1]:
        # Excel writes empty titles for columns that were cleared.
        titles.pop()
    return titles
