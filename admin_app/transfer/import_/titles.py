"""Which row of a table has the titles, and whether a row stands below them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from admin_app.formatting import counted
from admin_app.transfer.import_.source import SourceRow
from admin_app.transfer.import_.wording import quoted

IsTitle = Callable[[str], bool]

# Above the titles stand a name and a date perhaps, and hardly more.
ROWS_LOOKED_AT = 20

# What nobody sees though it is a letter by its category: Hangul's fillers, the Braille pattern without dots.
_UNSEEN_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
_UNSEEN_CATEGORIES = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_has_form = re.compile("[!-~]").search


def is_seen(text: str | None) -> bool:
    """Whether a text has anything that a person sees."""
    return text is not None and (_has_form(text) is not None or any(not _is_unseen(letter) for letter in set(text)))


def is_any_seen(cells: Sequence[str]) -> bool:
    """Whether a person sees anything in a row. Most cells have a letter of ASCII, and asking for that first is quick."""
    return any(map(_has_form, cells)) or any(map(is_seen, cells))


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN_CATEGORIES or letter in _UNSEEN_LETTERS


@dataclass(frozen=True)
class TitleRow:
    """The row of the titles; its number is 0 where the table has nothing in it."""

    number: int
    titles: Sequence[str]
    # Rows above it that have something in them.
    above: int = 0

    def notes(self) -> list[str]:
        """Say what was passed over."""
        if not self.above:
            return []
        return [
            f"{counted(self.above, 'row', 'rows')} above the header row {'was' if self.above == 1 else 'were'} left out."
        ]

    def checked(self, row: SourceRow) -> SourceRow:
        """Say of a row that does not stand below the titles what is wrong with it; cells without anything in them may be too many."""
        width, cells = len(self.titles), row.cells
        if len(cells) < width or any(map(is_seen, cells[width:])):
            words = f"it has {counted(len(cells), 'cell', 'cells')}; the header has {width}."
            return _wrong(row, words)
        if "" in self.titles:
            stray = next(
                (cell for title, cell in zip(self.titles, cells, strict=False) if not title and is_seen(cell)), None
            )
            if stray is not None:
                return _wrong(row, f"the first row has no name above {quoted(stray)}.")
        return row if len(cells) == width else row._replace(cells=cells[:width])


def _wrong(row: SourceRow, words: str) -> SourceRow:
    return row._replace(problem=f"{quoted(','.join(cell or '' for cell in row.cells))}: {words}")


def title_row(rows: Sequence[tuple[int, Sequence[str]]], is_title: IsTitle) -> TitleRow:
    """Find, among a table's first rows that have something in them, the first of which most cells are titles.

    Where none are known, it is the first that is wider than half of the widest: above it may stand what the table is
    called. The rows come with their numbers.
    """
    if not rows:
        return TitleRow(0, [])
    place = next((place for place, (_, cells) in enumerate(rows) if _is_mostly_titles(cells, is_title)), None)
    return titles_at(rows, _first_wide(rows) if place is None else place)


def titles_at(rows: Sequence[tuple[int, Sequence[str]]], place: int) -> TitleRow:
    """Take the titles from the row at this place, counted from 0."""
    number, cells = rows[place]
    return TitleRow(number, _titles(cells), above=place)


def _first_wide(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    widths = [sum(map(is_seen, cells)) for _, cells in rows]
    return next(place for place, width in enumerate(widths) if width * 2 > max(widths))


def _is_mostly_titles(cells: Sequence[str], is_title: IsTitle) -> bool:
    seen = [cell for cell in cells if is_seen(cell)]
    return sum(map(is_title, seen)) * 2 > len(seen)


def _titles(cells: Sequence[str]) -> list[str]:
    titles = [cell if is_seen(cell) else "" for cell in cells]
    while titles and not titles[-1]:
        # What Excel writes for columns that were emptied.
        titles.pop()
    return titles
