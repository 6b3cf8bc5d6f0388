"""Parse untrusted XML as a stream: no document type and so no entities, no external references, no overlong pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Protocol
from xml.parsers import expat

from admin_app.errors import TransferError
from admin_app.formatting import number
from admin_app.transfer.import_.limits import LONGEST_LINE

CHUNK = 64 * 1024


class XmlReader(Protocol):
    """Receives the elements. Names come without prefixes."""

    def start(self, name: str, attributes: Mapping[str, str], /) -> object:
        """Receive the start of an element."""

    def end(self, name: str, /) -> object:
        """Receive the end of an element."""


class Xml:
    """Feeds a reader. It receives text only while it listens, which saves most of the calls."""

    def __init__(self, reader: XmlReader) -> None:
        """Create a parser that refuses document types: they could name other files, or grow without limit."""
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        names, start, end = _Names(), reader.start, reader.end
        self._parser.StartElementHandler = lambda name, attributes: start(names[name], attributes)
        self._parser.EndElementHandler = lambda name: end(names[name])

    def listen(self, hear: Callable[[str], object] | None) -> None:
        """Pass the text from here on to a function; None to stop."""
        self._parser.CharacterDataHandler = hear

    def pieces(self, part: IO[bytes]) -> Iterator[None]:
        """Parse a part; yield after each chunk."""
        fed = 0
        while piece := part.read(CHUNK):
            self._parser.Parse(piece)
            fed += len(piece)
            if fed - self._parser.CurrentByteIndex > LONGEST_LINE:
                message = f"The workbook has a piece of more than {number(LONGEST_LINE)} characters. Shorten it, or save the sheet as CSV."
                raise TransferError(message)
            yield
        self._parser.Parse(b"", True)  # noqa: FBT003 -- the end, as expat wants to hear it
        yield

    def read(self, part: IO[bytes]) -> None:
        """Read a part to its end."""
        for _ in self.pieces(part):
            pass


class _Names(dict[str, str]):
    """Names without their prefixes; each is split once."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


def _refuse(*_: object) -> None:
    message = "The workbook has a document type, which no spreadsheet program writes. Open it in one, save it again, and import that file."
    raise TransferError(message)
