"""Read JSON and JSON Lines: objects whose keys are the titles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import IO, Any

from admin_app.errors import TransferError
from admin_app.transfer.import_.cells import text_of_cell, whole_text
from admin_app.transfer.import_.encodings import text_of
from admin_app.transfer.import_.json_text import Digits, JsonText
from admin_app.transfer.import_.limits import require_cell, require_columns
from admin_app.transfer.import_.source import JSON, JSON_LINES, Reading, SourceRow
from admin_app.transfer.import_.wording import quoted

# Objects whose keys become titles, and characters that are read for them at most.
OBJECTS_LOOKED_AT = 1_000
_LOOKED_AT = 16 * 1024 * 1024
# An ASCII text up to this length needs no checks.
_SHORT = 1024 * 1024


class JsonSource:
    """The titles and rows of a JSON file; each reader begins at the start of the file."""

    sheets: Sequence[str] = ()
    notes: Sequence[str] = ()

    def __init__(self, file: IO[bytes], reading: Reading) -> None:
        """Find the keys; the encoding is known."""
        self._file = file
        with closing(text_of(file, reading.encoding)) as text:
            json = JsonText(text)
            self.titles = _keys(json)
        self.reading = replace(reading, format=JSON if json.is_list else JSON_LINES, delimiter="", sheet="", titles=0)

    def rows(self) -> Iterator[SourceRow]:
        """Yield the objects that have any values."""
        titles = {title: place for place, title in enumerate(self.titles)}
        for number, _, value in self.objects():
            row = _row(number, value, titles)
            if row.problem or any(cell is not None for cell in row.cells):
                yield row

    def objects(self) -> Iterator[tuple[int, str, object]]:
        """Yield every object with its number, as raw text and as a value."""
        with closing(text_of(self._file, self.reading.encoding)) as text:
            for number, (raw, value) in enumerate(JsonText(text).values(), 1):
                yield number, raw, value


def _keys(json: JsonText) -> list[str]:
    """Return the keys of the first objects, without repetitions."""
    keys: dict[str, None] = {}
    length = 0
    for count, (raw, value) in enumerate(json.values(), 1):
        if count == 1 and not isinstance(value, tuple):
            message = 'The file must be a list of objects, like [{"name": "Ada"}], or one object a line.'
            raise TransferError(message)
        if isinstance(value, tuple):
            keys.update(dict.fromkeys(key for key, _ in value))
        require_columns(len(keys), count)
        length += len(raw)
        if count == OBJECTS_LOOKED_AT or length > _LOOKED_AT:
            break
    return list(keys)


def _row(number: int, value: Any, titles: Mapping[str, int]) -> SourceRow:
    cells: list[str | None] = [None] * len(titles)
    if not isinstance(value, tuple):
        return SourceRow(number, cells, f"{quoted(_shown(value))}: it is not an object.")
    unreadable, problem, numbers = {}, "", []
    for key, one in value:
        place = titles.get(key)
        if place is None:
            problem = problem or _unknown(key, one)
            continue
        if cells[place] is not None:
            problem = f"It has {quoted(key)} twice."
        if type(one) is str and len(one) < _SHORT and one.isascii():
            cells[place] = one
            continue
        if type(one) is Digits:
            numbers.append(place)
        cells[place], why = _cell(str(one) if type(one) is Digits else one, number)
        if why:
            unreadable[place] = why
    return SourceRow(number, cells, problem, unreadable, numbers)


def _unknown(key: str, value: object) -> str:
    if value is None:
        return ""
    return f"It has {quoted(key)}, which none of the first objects has. Add it to the first one, with the value null."


def _cell(value: Any, number: int) -> tuple[str, str]:
    """Return a value as text, and why it can't be used."""
    if isinstance(value, str):
        require_cell(value, number)
        cell = whole_text(value)
        return (cell, "") if isinstance(cell, str) else (cell.shown, cell.why)
    if isinstance(value, tuple | list):
        what = "an object" if isinstance(value, tuple) else "a list"
        return _shown(value), f"it is {what}; a cell is text, a number, true, false or null."
    return text_of_cell(value), ""


def _shown(value: object) -> str:
    """Return a short form of a value."""
    if isinstance(value, tuple | list):
        return "{…}" if isinstance(value, tuple) else "[…]"
    if isinstance(value, str):
        return str(value)
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)
