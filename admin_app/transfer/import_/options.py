"""What a person chooses about an import: which column goes where, which records are meant, and how cells are understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Mode(StrEnum):
    """What may become of a row."""

    ADD = "add"
    UPDATE = "update"
    BOTH = "both"


class Empty(StrEnum):
    """What an empty cell does to a record that is there."""

    LEAVE = "leave"
    CLEAR = "clear"


class DateOrder(StrEnum):
    """What 03.04.2026 means; a date that begins with the year means one thing only."""

    NONE = ""
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True)
class ImportOptions:
    """The choices of one import."""

    # By the place of the file's column, the key of the column that it goes to; a place that is not here is left out.
    columns: Mapping[int, str]
    mode: Mode = Mode.BOTH
    # The key of the unique column by which a row finds its record, "" where every row is a new one.
    match: str = "id"
    empty: Empty = Empty.CLEAR
    # By the key of a relation's column, the key of the unique column of the other side by which the file names its record.
    by: Mapping[str, str] = field(default_factory=dict)
    dates: DateOrder = DateOrder.NONE
    # "," where the file writes 1,5.
    decimal: str = "."
    # Keep the apostrophe before =, +, - and @ that spreadsheets hide.
    is_verbatim: bool = False
