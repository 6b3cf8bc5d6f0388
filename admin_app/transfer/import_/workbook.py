"""Read an XLSX workbook up to its rows: its sheets, its date system, its styles and shared texts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from admin_app.errors import TransferError
from admin_app.transfer.import_.archive import Archive
from admin_app.transfer.import_.limits import LARGEST_SMALL_PART, MOST_TEXTS
from admin_app.transfer.import_.number_formats import Styles
from admin_app.transfer.import_.shared_texts import SharedTexts, Texts, unescaped
from admin_app.transfer.import_.xml import Xml


@dataclass
class Sheet:
    """A sheet: its name, the part with its rows, and whether it is visible."""

    name: str
    part: str
    is_visible: bool


class Workbook:
    """An XLSX file."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read everything but the rows and the shared texts."""
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
        styles = Styles()
        if styles_part in self.archive:
            self._read(styles_part, styles)
        self.styles = [styles.style(key) for key in styles.cells]
        self._texts: Texts | None = None

    def texts(self) -> Texts:
        """Return the shared texts."""
        if self._texts is None:
            reader = SharedTexts()
            if self._texts_part in self.archive:
                with self.archive.part(self._texts_part, MOST_TEXTS) as part:
                    reader.xml.read(part)
            self._texts = reader.texts
        return self._texts

    def notes(self) -> Iterator[str]:
        """Yield the parts of the workbook that an import ignores, in sentences."""
        if "xl/vbaProject.bin" in self.archive:
            yield "The workbook has macros. They were not run."
        if self.archive.has("xl/externallinks"):
            yield "The workbook has links to other files. They were not followed: its cells have the values that were saved."

    def _read(self, name: str, reader: _Main | Styles) -> None:
        with self.archive.part(name, LARGEST_SMALL_PART) as part:
            Xml(reader).read(part)


class _Main:
    """Reads the list of sheets and the date system."""

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
    """Reads the relationship targets of one type, by key."""

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
