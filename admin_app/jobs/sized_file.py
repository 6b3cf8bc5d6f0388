"""A file that is fetched piece by piece, and can be gone back in: one reads the same whatever holds its content."""

from __future__ import annotations

import io
import os

from typing_extensions import override


class SizedFile(io.RawIOBase):
    """A file of a known size; what reads it says how a piece is fetched, by `readinto`."""

    def __init__(self, size: int) -> None:
        """Begin at its first byte."""
        self._size, self._place = size, 0

    @override
    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    @override
    def seekable(self) -> bool:
        """Say that it can be gone back in."""
        return True

    @override
    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = max(begin + offset, 0)
        return self._place
