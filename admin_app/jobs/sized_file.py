"""A seekable file that is fetched in pieces: it reads the same wherever its content is stored."""

from __future__ import annotations

import io
import os

from typing_extensions import override


class SizedFile(io.RawIOBase):
    """A file of known size; subclasses fetch a piece in `readinto`."""

    def __init__(self, size: int) -> None:
        """Begin at the first byte."""
        self._size, self._place = size, 0

    @override
    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    @override
    def seekable(self) -> bool:
        """Say that it is seekable."""
        return True

    @override
    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position."""
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = max(begin + offset, 0)
        return self._place
