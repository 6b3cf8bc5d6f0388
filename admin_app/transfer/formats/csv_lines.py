"""CSV lines written by PostgreSQL, byte by byte as `csv.py` writes them: making Python's values of its own costs twice the reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Enum, Integer, String, and_, case, cast, func, literal, or_
from sqlalchemy.types import Text, TypeEngine

from admin_app.models.base import UtcDateTime
from admin_app.transfer.formats.base import FileOptions
from admin_app.transfer.spreadsheet import FIRST, RUNS

Cell = Callable[[Any, FileOptions], ColumnElement[str]]


def csv_line(columns: Sequence[Any], options: FileOptions) -> ColumnElement[str] | None:
    """Return what writes a row of these columns as a line; None where one of them is Python's to write."""
    cells = [_cell_of(column.type) for column in columns]
    if None in cells:
        return None
    written = [func.coalesce(cell(column, options), "") for cell, column in zip(cells, columns, strict=True) if cell]
    # A line of one empty cell would be no line.
    first = func.coalesce(func.nullif(written[0], ""), '""') if len(written) == 1 else written[0]
    return reduce(lambda line, cell: line.concat(options.delimiter).concat(cell), written[1:], first).concat("\r\n")


def _cell_of(kind: TypeEngine[Any]) -> Cell | None:
    # Numbers with a point, sets of values and whatever else there is have a form of Python's.
    return next((write for base, write in _CELLS if isinstance(kind, base) and not isinstance(kind, Enum)), None)


def _text(column: Any, options: FileOptions) -> ColumnElement[str]:
    text = _neutralised(column) if options.neutralises else column
    in_quotes = func.concat('"', func.replace(text, '"', '""'), '"')
    return case((or_(*(func.strpos(text, sign) > 0 for sign in f'{options.delimiter}"\r\n')), in_quotes), else_=text)


def _neutralised(column: Any) -> ColumnElement[str]:
    # As in `spreadsheet.py`: most texts begin with none of these, and asking that costs less than the expression.
    runs = and_(func.left(column, 1).in_(sorted(FIRST)), column.op("~")(f"^{RUNS}"))
    return case((runs, literal("'", Text()).concat(column)), else_=column)


def _moment(column: Any, _options: FileOptions) -> ColumnElement[str]:
    in_utc, seconds = func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS'
    is_whole = func.date_trunc("second", in_utc) == in_utc
    return case((is_whole, func.to_char(in_utc, f'{seconds}"Z"')), else_=func.to_char(in_utc, f'{seconds}.US"Z"'))


_CELLS: tuple[tuple[type[TypeEngine[Any]], Cell], ...] = (
    (String, _text),
    (Integer, lambda column, _: cast(column, Text)),
    (Boolean, lambda column, _: case((column.is_(True), "yes"), (column.is_(False), "no"))),
    (UtcDateTime, _moment),
    (Date, lambda column, _: func.to_char(column, "YYYY-MM-DD")),
)
