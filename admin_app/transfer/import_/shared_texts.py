"""The texts that the cells of a workbook share, in little memory."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping

from admin_app.transfer.import_.limits import require_cell
from admin_app.transfer.import_.xml import Xml

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class Texts:
    """The shared texts in one byte array; a list of them would take several times the memory."""

    def __init__(self) -> None:
        """Create an empty array."""
        self._bytes, self._ends = bytearray(), array("Q", [0])

    def add(self, text: str) -> None:
        """Add a text as it stands in the XML."""
        self._bytes += unescaped(text).encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __getitem__(self, place: int) -> str:
        """Return the text at this position, counted from 0."""
        if not 0 <= place < len(self._ends) - 1:
            raise LookupError(place)
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode("utf-8", "surrogatepass")


class SharedTexts:
    """Reads the shared texts, without the phonetic hints."""

    def __init__(self) -> None:
        self.texts, self.xml = Texts(), Xml(self)
        self._parts: list[str] = []
        self._is_spoken = False

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        """Begin a text, or a part of one."""
        if name == "si":
            self._parts.clear()
        elif name == "rPh":
            self._is_spoken = True
        elif name == "t" and not self._is_spoken:
            self.xml.listen(self._parts.append)

    def end(self, name: str) -> None:
        """End a text, or a part of one."""
        if name == "t":
            self.xml.listen(None)
        elif name == "rPh":
            self._is_spoken = False
        elif name == "si":
            text = "".join(self._parts)
            require_cell(text, 1)
            self.texts.add(text)


def unescaped(text: str) -> str:
    """Return a text with its escapes like _x0007_, for what XML can't hold, replaced."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
