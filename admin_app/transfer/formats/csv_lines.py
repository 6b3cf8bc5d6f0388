"""CSV lines written by the database, byte by byte as `csv.py` writes them: making Python's values of its own costs more than the reading."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, func

from admin_app.kinds import kind_of
from admin_app.kinds.base import CsvStyle
from admin_app.transfer.formats.base import FileOptions


def csv_line(columns: Sequence[object], options: FileOptions, store: str) -> ColumnElement[str] | None:
    """Return what writes a row of these columns as a line on this store; None where one of them is Python's to write."""
    style = CsvStyle(options.delimiter, options.neutralises, store)
    written = [func.coalesce(cell, "") for column in columns if (cell := _cell(column, style)) is not None]
    if len(written) < len(columns):
        return None
    # A line of one empty cell would be no line.
    first = func.coalesce(func.nullif(written[0], ""), '""') if len(written) == 1 else written[0]
    return reduce(lambda line, cell: line.concat(options.delimiter).concat(cell), written[1:], first).concat("\r\n")


def _cell(column: Any, style: CsvStyle) -> ColumnElement[str] | None:
    return kind_of(column).csv_sql(column, style)
