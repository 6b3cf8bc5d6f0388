"""Find the encoding of a text file: its byte order mark's, UTF-8 if it is valid, else the most probable one."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator
from typing import IO

from charset_normalizer import from_bytes
from charset_normalizer.utils import iana_name

from admin_app.errors import EncodingError
from admin_app.formatting import in_sentence

UTF_8 = "utf-8"
# What Excel writes as "CSV" in Western Europe and America.
WINDOWS = "windows-1252"

# What a person may choose. If a text reads the same in several of them, the first is taken.
ENCODINGS = {
    UTF_8: "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16, big-endian",
    WINDOWS: "Windows-1252 (Western Europe)",
    "mac-roman": "Mac Roman",
    "windows-1250": "Windows-1250 (Central Europe)",
    "windows-1251": "Windows-1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "windows-1253": "Windows-1253 (Greek)",
    "windows-1254": "Windows-1254 (Turkish)",
    "windows-1255": "Windows-1255 (Hebrew)",
    "windows-1256": "Windows-1256 (Arabic)",
    "cp932": "Shift-JIS (Japanese)",
    "euc-jp": "EUC-JP (Japanese)",
    "gb18030": "GB18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "euc-kr": "EUC-KR (Korean)",
    "iso-8859-1": "Latin-1",
    "iso-8859-15": "Latin-9",
    "cp850": "DOS (Western Europe)",
}
# The encodings other than Unicode, by their names in charset-normalizer.
_NARROW = {key: iana_name(key) for key in ENCODINGS if not key.startswith("utf")}

_MARKS = {codecs.BOM_UTF8: UTF_8, codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# A larger file is judged by samples from all over it, because the person waits.
_WHOLE = 64 * 1024 * 1024
_BEGINNING = 1024 * 1024
_PLACES, _PLACE = 64, 64 * 1024
# Enough text beyond ASCII to tell one language from another.
_ENOUGH = 16 * 1024
_FEW = 4
_MOST_QUOTED = 60
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# A text doesn't have more zero bytes than this.
_MOST_NULS = 0.1
_LEAST_NULS = 0.02


def encoding_of(file: IO[bytes]) -> str:
    """Detect the encoding of a file."""
    file.seek(0)
    beginning = file.read(_BEGINNING)
    marked = mark_of(beginning)
    if marked:
        return marked
    wide = _wide(beginning)
    if wide:
        return wide
    return UTF_8 if all(_is_utf_8(piece) for piece in _pieces(file)) else _guessed(file)


def certain_encoding(file: IO[bytes]) -> str:
    """Return UTF-8 or the byte order mark's encoding; raise `EncodingError` if only a guess is possible."""
    file.seek(0)
    beginning = file.read(_BEGINNING)
    if not mark_of(beginning) and _wide(beginning):
        fact = "The file is UTF-16 without a byte order mark"
        raise EncodingError(fact, ("utf-16-le", "utf-16-be"))
    return mark_of(beginning) or UTF_8


def mark_of(beginning: bytes) -> str:
    """Return the encoding of a byte order mark, "" without one."""
    return next((encoding for mark, encoding in _MARKS.items() if beginning.startswith(mark)), "")


def label_of(encoding: str) -> str:
    """Return an encoding's name for people."""
    return ENCODINGS.get(encoding, encoding)


def is_like_ascii(encoding: str) -> bool:
    """Whether text in this encoding can be split into lines as bytes."""
    return "\r\n,;\t".encode(encoding) == b"\r\n,;\t"


def text_of(file: IO[bytes], encoding: str) -> io.TextIOWrapper:
    """Return the text of a file from its beginning; the file stays open when the text is closed."""
    file.seek(0)
    return io.TextIOWrapper(io.BufferedReader(_Borrowed(file), 64 * 1024), encoding, newline="")


def not_in_its_encoding(error: UnicodeDecodeError, encoding: str, *, lines: int, saved: str) -> EncodingError:
    """Return an error that shows how a line would read in the encoding that spreadsheets use."""
    otherwise = f"Save it as {saved} and import it again."
    if encoding.lower() != UTF_8:
        before = error.object[: error.start]
        # The decoder got a chunk of the file, and no complete line before it.
        line = lines + 1 + max(before.count(b"\n"), before.count(b"\r"))
        return EncodingError(f"The file is not {label_of(encoding)}: line {line:,} has something else", (), otherwise)
    before = (error.object[: error.start].splitlines() or [b""])[-1]
    shown = before + error.object[error.start :].splitlines()[0]
    try:
        text = shown.decode(WINDOWS)
    except UnicodeDecodeError:
        return EncodingError("The file is not UTF-8", (), otherwise)
    fact = f"The file is not UTF-8. If “{text[:_MOST_QUOTED]}” is right, it is Windows-1252"
    return EncodingError(fact, (WINDOWS,), f"If not, {in_sentence(otherwise)}")


class _Borrowed(io.RawIOBase):
    """A wrapper that doesn't close the file."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, room: bytearray | memoryview) -> int:  # type: ignore[override] # what a BufferedReader hands over
        piece = self._file.read(len(room))
        room[: len(piece)] = piece
        return len(piece)


def _wide(beginning: bytes) -> str:
    """Return UTF-16 if every other byte is zero, as for ASCII characters."""
    pairs = len(beginning) // 2
    low, high = beginning[0::2].count(0), beginning[1::2].count(0)
    is_narrow = low + high < _MOST_NULS * len(beginning) and _is_utf_8(beginning)
    if is_narrow or max(low, high) < max(1, _LEAST_NULS * pairs) or max(low, high) < 10 * min(low, high):
        return ""
    return "utf-16-le" if high > low else "utf-16-be"


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the whole file, or samples of lines from a large one."""
    size = file.seek(0, io.SEEK_END)
    if size <= _WHOLE:
        yield from _whole(file)
        return
    for place in range(_PLACES):
        file.seek(size * place // _PLACES)
        if place:
            file.readline(_PLACE)
        yield file.read(_PLACE) + file.readline(_PLACE)


def _whole(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_BEGINNING):
        yield piece + file.readline(_PLACE)


def _is_utf_8(piece: bytes) -> bool:
    """Whether a chunk can be UTF-8; a long one may end within a character."""
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(piece, final=len(piece) < _PLACE)
    except UnicodeDecodeError:
        return False
    return True


def _guessed(file: IO[bytes]) -> str:
    """Return the encoding in which the lines beyond ASCII look most like words."""
    sample = b"".join(_telling(file))
    chaos = _chaos_of(sample)
    return min(_NARROW, key=lambda key: chaos.get(_NARROW[key], 1) + _oddity(sample.decode(key, "replace")))


def _chaos_of(sample: bytes) -> dict[str, float]:
    """Return how little the sample looks like a language, by encoding; with too few letters, 0 for each."""
    if len(_NOT_ASCII.findall(sample)) < _FEW:
        return dict.fromkeys(_NARROW.values(), 0)
    found = from_bytes(sample, cp_isolation=list(_NARROW.values()), preemptive_behaviour=False, enable_fallback=False)
    return {name: one.chaos for one in reversed(list(found)) for name in {one.encoding, *one.could_be_from_charset}}


def _telling(file: IO[bytes]) -> Iterator[bytes]:
    """Yield lines beyond ASCII until there are enough."""
    found = 0
    for piece in _pieces(file):
        for line in piece.splitlines(keepends=True):
            if place := _NOT_ASCII.search(line):
                part = line[max(place.start() - 100, 0) : place.start() + 1000]
                yield part
                found += len(part)
                if found > _ENOUGH:
                    return


def _oddity(text: str) -> float:
    """Return the share of non-ASCII characters in places where no language has them: symbols in words, capitals after small letters."""
    others = [place for place, letter in enumerate(text) if not letter.isascii()]
    return sum(_is_odd(text, place) for place in others) / max(len(others), 1)


def _is_odd(text: str, place: int) -> bool:
    letter, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    category = unicodedata.category(letter)
    if category in {"Cc", "Cn", "Co", "Cs"} or letter == "\ufffd":
        return True
    if category in {"Sc", "Sm", "So", "Sk", "No", "Lm"}:
        return before.isalpha() or after.isalpha()
    return (category == "Pi" and before.isalpha()) or (category == "Lu" and before.islower())
