"""Read the values of a JSON list, or of JSON Lines, as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from admin_app.errors import TransferError
from admin_app.formatting import number
from admin_app.transfer.import_.cells import plain_number
from admin_app.transfer.import_.csv_records import BYTE_ORDER_MARK
from admin_app.transfer.import_.encodings import not_in_its_encoding
from admin_app.transfer.import_.limits import LONGEST_LINE, MOST_VALUES

_CHUNK = 64 * 1024
_LONG = 1024 * 1024
_BLANKS = " \t\r\n"
# An error this close to the end of the chunk may come from a word like "false" that is cut off there.
_LONGEST_WORD = 10


class Digits(str):
    """A number as text."""

    __slots__ = ()


# Numbers keep their digits; objects keep the order of their keys, and repeated keys.
_DECODER = json.JSONDecoder(
    parse_int=Digits,
    parse_float=lambda text: Digits(plain_number(text)),
    parse_constant=str,
    object_pairs_hook=tuple,
    strict=False,
)


class JsonText:
    """A JSON text, read in chunks. At most one value is in memory."""

    def __init__(self, text: TextIO) -> None:
        """Read the first character, to tell a list from JSON Lines."""
        self._text = text
        self._held, self._place, self._lines = "", 0, 1
        self._is_at_end = False
        self._read_on()
        self._held = self._held.removeprefix(BYTE_ORDER_MARK)
        self.is_list = self._sign() == "["

    def values(self) -> Iterator[tuple[str, object]]:
        """Yield each value as raw text and decoded: numbers as text, objects as pairs."""
        if self.is_list:
            self._place += 1
        is_first = True
        while sign := self._sign():
            if self.is_list and sign == "]":
                self._place += 1
                self._require(holds=not self._sign())
                return
            if self.is_list and not is_first:
                self._require(holds=sign == ",")
                self._place += 1
                self._require(holds=self._sign() != "")
            yield self._value()
            is_first = False
        self._require(holds=not self.is_list)

    def _value(self) -> tuple[str, object]:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._place)
            except RecursionError as error:
                message = (
                    f"Line {number(self._line())} has lists nested too deeply. The file must be a list of objects."
                )
                raise TransferError(message) from error
            except json.JSONDecodeError as error:
                if self._is_at_end or not self._is_cut(error):
                    raise self._wrong(error.pos) from error
                self._read_on()
            else:
                raw, self._place = self._held[self._place : end], end
                return raw, value

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated string") or error.pos >= len(self._held) - _LONGEST_WORD

    def _sign(self) -> str:
        """Return the next character that isn't blank; "" at the end."""
        while True:
            rest = self._held[self._place : self._place + 1]
            if rest and rest not in _BLANKS:
                return rest
            if rest:
                self._place += 1
            elif self._is_at_end:
                return ""
            else:
                self._read_on()

    def _read_on(self) -> None:
        """Read as much again as is in memory, so that decoding a long value is tried only a few times."""
        self._lines += self._held.count("\n", 0, self._place)
        held = self._held[self._place :]
        if len(held) >= LONGEST_LINE:
            message = f"The value that begins on line {number(self._lines)} is longer than {number(LONGEST_LINE)} characters. Is this a list of objects?"
            raise TransferError(message)
        if len(held) > _LONG and held.count(",") + held.count("[") + held.count("{") > MOST_VALUES:
            message = (
                f"The value that begins on line {number(self._lines)} has too many parts. Is this a list of objects?"
            )
            raise TransferError(message)
        read = self._read(max(_CHUNK, len(held)), self._lines - 1 + held.count("\n"))
        self._held, self._place, self._is_at_end = held + read, 0, not read

    def _read(self, size: int, lines: int) -> str:
        """Read line by line, because an encoding error is reported by its line number."""
        parts: list[str] = []
        try:
            while size > 0 and (part := self._text.readline(size)):
                parts.append(part)
                size -= len(part)
        except UnicodeDecodeError as error:
            lines += "".join(parts).count("\n")
            raise not_in_its_encoding(error, self._text.encoding, lines=lines, saved="UTF-8") from error
        return "".join(parts)

    def _require(self, *, holds: bool) -> None:
        if not holds:
            raise self._wrong(self._place)

    def _wrong(self, place: int) -> TransferError:
        message = f"This is not JSON from line {number(self._line(place))} on. It must be a list of objects, or one object a line."
        return TransferError(message)

    def _line(self, place: int = 0) -> int:
        return self._lines + self._held.count("\n", 0, max(place, self._place))
