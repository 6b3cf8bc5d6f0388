"""The type of a file, judged only by its content: its name and what a browser says about it prove nothing."""

from __future__ import annotations

from typing import IO

import puremagic

# Signatures are at the beginning or the end; nothing else is checked.
PART = 64 * 1024
UNKNOWN, PLAIN = "application/octet-stream", "text/plain"


def content_type_of(file: IO[bytes]) -> str:
    """Return the type of a file's content, and rewind the file."""
    beginning = file.read(PART)
    file.seek(0)
    try:
        found = puremagic.from_string(beginning, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    return found or (PLAIN if _is_text(beginning) else UNKNOWN)


def _is_text(beginning: bytes) -> bool:
    """Whether it is UTF-8; the last character may be cut."""
    if not beginning or b"\0" in beginning:
        return False
    try:
        beginning[: PART - 4].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(beginning[: PART - 4]) - 3 and len(beginning) == PART
    return True
