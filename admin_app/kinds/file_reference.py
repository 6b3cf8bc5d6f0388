"""How a column refers to a file: digest, size and name, `9f86…/48213/photo.jpg`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from admin_app.unicode_text import has_something_to_see

LONGEST_NAME = 100
# SHA-256 in hexadecimal digits, a size, a name, and the slashes.
LONGEST = 64 + 1 + 19 + 1 + LONGEST_NAME
NAMELESS = "file"
_WRITTEN = re.compile(rf"([0-9a-f]{{64}})/([0-9]{{1,19}})/([^/\\\0]{{1,{LONGEST_NAME}}})")
# Characters that some operating system does not allow in a name.
_NO_LETTERS = re.compile(r'[<>:"/\\|?*]')


@dataclass(frozen=True)
class FileReference:
    """A reference to a stored file. Whoever knows the digest has had the content."""

    sha256: str
    size: int
    name: str

    @classmethod
    def read(cls, text: str) -> FileReference:
        """Read what `str` wrote; raise `ValueError` for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None or clean_name(found[3]) != found[3]:
            raise ValueError(text)
        return cls(found[1], int(found[2]), found[3])

    def __str__(self) -> str:
        """Write the form that the column stores."""
        return f"{self.sha256}/{self.size}/{self.name}"


def read_reference(value: object) -> FileReference | None:
    """Read a reference from a column or the history; None for anything else, which another program may have stored."""
    try:
        return FileReference.read(str(value))
    except ValueError:
        return None


def clean_name(name: str) -> str:
    """Return a file's name without folders, invisible and forbidden characters; a long name keeps its end."""
    last = PurePosixPath(name.replace("\\", "/")).name
    seen = _NO_LETTERS.sub("-", "".join(letter for letter in last if letter.isprintable())).strip(" .")
    return seen[-LONGEST_NAME:].strip(" .") if has_something_to_see(seen) else NAMELESS
