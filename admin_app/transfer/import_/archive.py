"""Read a ZIP archive safely: each part's size is checked before it is unpacked, because a small one can unpack to any size."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.parsers import expat

from admin_app.errors import TransferError
from admin_app.formatting import number
from admin_app.transfer.import_.limits import HARMLESS_PART, LARGEST_PART, MOST_PARTS, MOST_UNPACKED_OF_ONE

_ENCRYPTED = 0x1


class Archive:
    """A ZIP archive. Part names are matched in any case, and with backslashes too."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read the list of parts."""
        file.seek(0)
        with is_whole():
            self._zip = zipfile.ZipFile(file)
        self._parts = {_plain(one.filename): one for one in self._zip.infolist()}
        if len(self._zip.infolist()) > MOST_PARTS:
            message = f"The file has more than {number(MOST_PARTS)} parts. Is this a workbook?"
            raise TransferError(message)

    def __contains__(self, name: str) -> bool:
        """Whether there is a part with this name."""
        return _plain(name) in self._parts

    def has(self, folder: str) -> bool:
        """Whether a folder has any parts."""
        return any(one.startswith(f"{folder}/") for one in self._parts)

    @contextmanager
    def part(self, name: str, largest: int = LARGEST_PART) -> Iterator[IO[bytes]]:
        """Open a part. It never unpacks to more than its declared size."""
        with is_whole():
            info = self._parts[_plain(name)]
            _require_harmless(info, largest)
            with self._zip.open(info) as part:
                yield part


@contextmanager
def is_whole() -> Iterator[None]:
    """Report a damaged archive as a `TransferError`."""
    try:
        yield
    except (
        zipfile.BadZipFile, zlib.error, expat.ExpatError, struct.error, EOFError, LookupError, ValueError, OSError,
        NotImplementedError, OverflowError,
    ) as error:  # fmt: skip
        message = "The workbook is damaged and cannot be read. Open it in a spreadsheet program, save it again, and import that file."
        raise TransferError(message) from error


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _require_harmless(info: zipfile.ZipInfo, largest: int) -> None:
    if info.flag_bits & _ENCRYPTED:
        message = "The workbook is protected by a password. Save it without one, and import that file."
        raise TransferError(message)
    is_bomb = info.file_size > HARMLESS_PART and info.file_size > info.compress_size * MOST_UNPACKED_OF_ONE
    if is_bomb or info.file_size > largest:
        message = f"A part of the workbook would unpack to {number(info.file_size >> 20)} MB, which is too much. Split it, or save it as CSV."
        raise TransferError(message)
