"""What an XLSX workbook says before its rows: its sheets, which numbers are shown as days, the texts that cells share."""

from __future__ import annotations

import posixpath
import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from admin_app.errors import TransferError
from admin_app.transfer.import_.archive import Archive
from admin_app.transfer.import_.cells import Shown
from admin_app.transfer.import_.limits import LARGEST_SMALL_PART, MOST_TEXTS, require_cell
from admin_app.transfer.import_.xml import Xml

# How a style shows a number: as a moment, or with zeros before it up to so many digits.
Style = Shown | int | None

# Excel's limit; a longer one would be looked through again and again.
_LONGEST_FORMAT = 255
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
# What in a number's format is no sign for the number: texts, padding, colours and conditions.
_NO_SIGNS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_GENERAL = re.compile("general|standard", re.IGNORECASE)
# The formats that have numbers instead of codes.
_BUILT_IN: dict[int, Style] = {
    **dict.fromkeys([*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)], Shown.DAY),
    **dict.fromkeys([*range(18, 22), *range(32, 36), 45, 47], Shown.TIME),
    46: Shown.ELAPSED,
}


@dataclass
class Sheet:
    """A sheet: its name, the part that has its rows, and whether a person sees it."""

    name: str
    part: str
    is_visible: bool


class Texts:
    """The texts that cells share, one behind the other: a list of them would take several times the room."""

    def __init__(self) -> None:
        """Begin with none."""
        self._bytes, self._ends = bytearray(), array("Q", [0])

    def add(self, text: str) -> None:
        """Add one, as it stands in the XML."""
        self._bytes += unescaped(text).encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __getitem__(self, place: int) -> str:
        """Return the text of this place, counted from 0."""
        if not 0 <= place < len(self._ends) - 1:
            raise LookupError(place)
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode("utf-8", "surrogatepass")


class Workbook:
    """An XLSX file, of which everything but the rows was read."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read it; the texts only once they are needed."""
        self.archive = Archive(file)
        main = next(_targets(self.archive, "", "officeDocument"), ("", "xl/workbook.xml"))[1]
        found = _Main()
        self._read(main, found)
        self.is_macintosh = found.is_macintosh
        worksheets = dict(_targets(self.archive, main, "worksheet"))
        self.sheets = [Sheet(name, worksheets[key], seen) for name, key, seen in found.sheets if key in worksheets]
        if not self.sheets:
            message = "The workbook has no sheets."
            raise TransferError(message)
        self._texts_part = next(_targets(self.archive, main, "sharedStrings"), ("", ""))[1]
        styles_part = next(_targets(self.archive, main, "styles"), ("", ""))[1]
        styles = _Styles()
        if styles_part in self.archive:
            self._read(styles_part, styles)
        self.styles = [styles.style(key) for key in styles.cells]
        self._texts: Texts | None = None

    def texts(self) -> Texts:
        """Return the texts that cells share."""
        if self._texts is None:
            reader = _SharedTexts()
            if self._texts_part in self.archive:
                with self.archive.part(self._texts_part, MOST_TEXTS) as part:
                    reader.xml.read(part)
            self._texts = reader.texts
        return self._texts

    def notes(self) -> Iterator[str]:
        """Say what the workbook has beside its cells, and that nothing came of it."""
        if "xl/vbaProject.bin" in self.archive:
            yield "The workbook has macros. They were not run."
        if self.archive.has("xl/externallinks"):
            yield "The workbook has links to other files. They were not followed: its cells have the values that were saved."

    def _read(self, name: str, reader: _Main | _Styles) -> None:
        with self.archive.part(name, LARGEST_SMALL_PART) as part:
            Xml(reader).read(part)


def unescaped(text: str) -> str:
    """Return what XML cannot hold, and is written as _x0007_."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class _Main:
    """Reads the sheets of a workbook, and from which day it counts."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.is_macintosh = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            key = next((value for attribute, value in attributes.items() if attribute.endswith(":id")), "")
            is_visible = attributes.get("state", "visible") == "visible"
            self.sheets.append((unescaped(attributes["name"]), key, is_visible))
        elif name == "workbookPr" and "date1904" in attributes:
            self.is_macintosh = attributes["date1904"] in {"1", "true"}

    def end(self, _name: str) -> None:
        """Nothing ends that matters."""


class _Relations:
    """Reads the targets of one kind, by their keys."""

    def __init__(self, kind: str) -> None:
        self.kind, self.targets = kind, dict[str, str]()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        is_inside = attributes.get("TargetMode") != "External"
        if name == "Relationship" and is_inside and attributes["Type"].endswith(f"/{self.kind}"):
            self.targets[attributes["Id"]] = attributes["Target"]

    def end(self, _name: str) -> None:
        """Nothing ends that matters."""


def _targets(archive: Archive, of: str, kind: str) -> Iterator[tuple[str, str]]:
    folder, name = posixpath.split(of)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    relations = _Relations(kind)
    if part in archive:
        with archive.part(part, LARGEST_SMALL_PART) as file:
            Xml(relations).read(file)
    for key, target in relations.targets.items():
        yield key, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


@dataclass
class _Styles:
    """Reads how cells show their numbers."""

    formats: dict[int, str] = field(default_factory=dict)
    cells: list[int] = field(default_factory=list)
    is_of_cells: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self.formats[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "cellXfs":
            self.is_of_cells = True
        elif name == "xf" and self.is_of_cells:
            self.cells.append(int(attributes.get("numFmtId", 0)))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.is_of_cells = False

    def style(self, key: int) -> Style:
        return style_of(self.formats[key][:_LONGEST_FORMAT]) if key in self.formats else _BUILT_IN.get(key)


def style_of(code: str) -> Style:
    """Return what a format of a number shows: only the part for positive numbers counts."""
    signs = _GENERAL.sub("", _NO_SIGNS.sub("", code).partition(";")[0]).lower()
    if signs and not signs.strip("0"):
        return len(signs)
    if _ELAPSED.search(signs):
        return Shown.ELAPSED
    letters = set(signs)
    if letters & set("dy") or ("m" in letters and not letters & set("hs")):
        return Shown.DAY
    return Shown.TIME if letters & set("hs") else None


class _SharedTexts:
    """Reads the texts that cells share; how they are to be spoken is left out."""

    def __init__(self) -> None:
        self.texts, self.xml = Texts(), Xml(self)
        self._parts: list[str] = []
        self._is_spoken = False

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        if name == "si":
            self._parts.clear()
        elif name == "rPh":
            self._is_spoken = True
        elif name == "t" and not self._is_spoken:
            self.xml.listen(self._parts.append)

    def end(self, name: str) -> None:
        if name == "t":
            self.xml.listen(None)
        elif name == "rPh":
            self._is_spoken = False
        elif name == "si":
            text = "".join(self._parts)
            require_cell(text, 1)
            self.texts.add(text)
