"""CSV lines written by the database, byte by byte as `csv.py` writes them: making Python's values of its own costs more than the reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Enum, Integer, String, case, cast, func, literal, or_
from sqlalchemy.types import Text

from admin_app.extensions import ColumnType
from admin_app.models.base import UtcDateTime
from admin_app.transfer.formats.base import FileOptions
from admin_app.transfer.spreadsheet import SIGNS

Cell = Callable[[Any, FileOptions, str], ColumnElement[str]]

# How SQLite keeps a moment, by the letters of GLOB.
_MOMENT = "0000-00-00 00:00:00.000000".replace("0", "[0-9]")


def csv_line(columns: Sequence[Any], options: FileOptions, store: str) -> ColumnElement[str] | None:
    """Return what writes a row of these columns as a line on this store; None where one of them is Python's to write."""
    cells = [_cell_of(column.type) for column in columns]
    if None in cells:
        return None
    written = [
        func.coalesce(cell(column, options, store), "") for cell, column in zip(cells, columns, strict=True) if cell
    ]
    # A line of one empty cell would be no line.
    first = func.coalesce(func.nullif(written[0], ""), '""') if len(written) == 1 else written[0]
    return reduce(lambda line, cell: line.concat(options.delimiter).concat(cell), written[1:], first).concat("\r\n")


def _cell_of(kind: ColumnType) -> Cell | None:
    # Numbers with a point, sets of values and whatever else there is have a form of Python's.
    return next((write for base, write in _CELLS if isinstance(kind, base) and not isinstance(kind, Enum)), None)


def _text(column: Any, options: FileOptions, store: str) -> ColumnElement[str]:
    text, place = cast(column, Text), func.instr if store == "sqlite" else func.strpos
    is_run = func.substr(func.ltrim(text, "'"), 1, 1).in_(sorted(SIGNS))
    mark = case((is_run, "'"), else_="") if options.neutralises else literal("", Text())
    has_signs = or_(*(place(text, sign) > 0 for sign in f'{options.delimiter}"\r\n'))
    in_quotes = literal('"', Text()).concat(mark).concat(func.replace(text, '"', '""')).concat('"')
    return case((has_signs, in_quotes), else_=mark.concat(text))


def _whole_number(column: Any, options: FileOptions, store: str) -> ColumnElement[str]:
    if store == "sqlite":
        # Another program may have stored anything there.
        return case((func.typeof(column) == "integer", cast(column, Text)), else_=_text(column, options, store))
    return cast(column, Text)


def _answer(column: Any, _options: FileOptions, _store: str) -> ColumnElement[str]:
    return case((column.is_(False), "no"), (column.is_not(None), "yes"))


def _moment(column: Any, options: FileOptions, store: str) -> ColumnElement[str]:
    if store == "sqlite":
        return _stored_moment(cast(column, Text), options)
    in_utc, seconds = func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS'
    is_whole = func.date_trunc("second", in_utc) == in_utc
    return case((is_whole, func.to_char(in_utc, f'{seconds}"Z"')), else_=func.to_char(in_utc, f'{seconds}.US"Z"'))


def _stored_moment(text: Any, options: FileOptions) -> ColumnElement[str]:
    """Write what SQLite keeps as "2026-11-22 09:30:00.000000"; what another program stored in a form of its own as it is."""
    day, time = func.substr(text, 1, 10, type_=Text()), func.replace(func.substr(text, 12), ".000000", "")
    in_utc = day.concat("T").concat(time).concat("Z")
    return case((text.op("GLOB")(_MOMENT), in_utc), else_=_text(text, options, "sqlite"))


def _day(column: Any, options: FileOptions, store: str) -> ColumnElement[str]:
    # SQLite keeps it as it is written.
    return _text(column, options, store) if store == "sqlite" else func.to_char(column, "YYYY-MM-DD")


_CELLS: tuple[tuple[type[ColumnType], Cell], ...] = (
    (String, _text),
    (Integer, _whole_number),
    (Boolean, _answer),
    (UtcDateTime, _moment),
    (Date, _day),
)
