"""What a file is, told by its content alone: its name and what a browser says of it prove nothing."""

from __future__ import annotations

from typing import IO

import puremagic

# Signatures stand at the beginning or the end; of the rest nothing is asked.
PART = 64 * 1024
UNKNOWN, PLAIN = "application/octet-stream", "text/plain"


def content_type_of(file: IO[bytes]) -> str:
    """Return the type that a file's content has, and leave it at its beginning."""
    beginning = file.read(PART)
    file.seek(0)
    try:
        found = puremagic.from_string(beginning, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    return found or (PLAIN if _is_text(beginning) else UNKNOWN)


def _is_text(beginning: bytes) -> bool:
    """Whether it can be read as UTF-8; its last letter may be cut."""
    if not beginning or b"\0" in beginning:
        return False
    try:
        beginning[: PART - 4].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(beginning[: PART - 4]) - 3 and len(beginning) == PART
    return True
