"""What every format of a file is: names and rows in, bytes out, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any

from sqlalchemy import ColumnElement

from admin_app.kinds import kind_of_value
from admin_app.kinds.base import AnyKind, Convert, Kind, as_it_is

# Rows made into bytes at once: enough that the loop costs little beside its rows.
BATCH = 500

Problem = Callable[[int, str], object]


@dataclass(frozen=True)
class FileOptions:
    """What a person may choose about a file; each format heeds what concerns it."""

    delimiter: str = ","
    # A byte order mark, without which Excel reads UTF-8 as something else.
    is_for_excel: bool = False
    # Off only for a file that no spreadsheet will open.
    neutralises: bool = True
    # Text that does not fit into a cell is cut with a note, or the whole file is refused.
    cuts_long_text: bool = True


PLAIN = FileOptions()


# A format's writer: the columns' names, the rows (or the lines that the database made of them), what was chosen, and who
# hears of a row, by its number in the file, that could not be written as it is. Yields the file.
Write = Callable[[Sequence[str], Iterable[Sequence[object]], FileOptions, Problem], Iterator[bytes]]


# Lets the database write a row of these columns as the format's writer would: returns the expression of a line for
# the database of this name, or None if the columns do not allow it.
Line = Callable[[Sequence[object], FileOptions, str], ColumnElement[str] | None]


@dataclass(frozen=True)
class Format:
    """A format of a file. `has_keys` names the columns for programs (`created_at`), otherwise for people ("Created at")."""

    key: str
    label: str
    content_type: str
    write: Write
    has_keys: bool = False
    # The cost of a row, relative to the fastest format: of an expensive format, fewer rows are sent at once.
    cost: int = 1
    line: Line | None = None


class Conversions(dict[type, Convert | None]):
    """What becomes of a value by its kind, found once a type; None leaves a value as it is."""

    def __init__(self, nothing: Any, conversion_of: Callable[[AnyKind], Convert]) -> None:
        """Keep the value for NULL, and the function that returns the conversion of a kind."""
        super().__init__({NoneType: lambda _: nothing})
        self.conversion_of = conversion_of

    def __missing__(self, of: type) -> Convert | None:
        """Find the conversion for a new type; a value of no column is written as text."""
        convert = self.conversion_of(kind_of_value(of) or Kind)
        self[of] = None if convert is as_it_is else convert
        return self[of]

    def of(self, value: object) -> Any:
        """Convert one value."""
        convert = self[type(value)]
        return value if convert is None else convert(value)

    def columns(self, rows: Sequence[Sequence[object]]) -> Iterator[list[Any]]:
        """Convert rows column by column: a list comprehension costs a third of a call for each cell."""
        for column in zip(*rows, strict=True):
            yield [value if (convert := self[type(value)]) is None else convert(value) for value in column]
