"""XML of a stranger's, read as it comes: no document type, so no entities; nothing is looked up, and no piece may be too long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Protocol
from xml.parsers import expat

from admin_app.errors import TransferError
from admin_app.formatting import number
from admin_app.transfer.import_.limits import LONGEST_LINE

CHUNK = 64 * 1024


class XmlReader(Protocol):
    """Who hears of elements. The names come without prefixes."""

    def start(self, name: str, attributes: Mapping[str, str], /) -> object:
        """Hear of an element that begins."""

    def end(self, name: str, /) -> object:
        """Hear of one that ends."""


class Xml:
    """Feeds a reader; text is heard only while somebody listens, which saves most of the calls."""

    def __init__(self, reader: XmlReader) -> None:
        """Refuse what could name other files or grow."""
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        names, start, end = _Names(), reader.start, reader.end
        self._parser.StartElementHandler = lambda name, attributes: start(names[name], attributes)
        self._parser.EndElementHandler = lambda name: end(names[name])

    def listen(self, hear: Callable[[str], object] | None) -> None:
        """Let somebody hear the text from here on, or nobody."""
        self._parser.CharacterDataHandler = hear

    def pieces(self, part: IO[bytes]) -> Iterator[None]:
        """Read a part; come back after each piece."""
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
    """Names without their prefixes, each taken apart once."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


def _refuse(*_: object) -> None:
    message = "The workbook has a document type, which no spreadsheet program writes. Open it in one, save it again, and import that file."
    raise TransferError(message)
