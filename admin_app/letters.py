"""When two texts are the same to a person, in capitals or small letters, and which of two comes first."""

from __future__ import annotations

import unicodedata
from functools import cache

# The letters that decompose into nothing, and what they stand beside.
_BESIDE = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
    "\u0131": "i",
    "ħ": "h",
    "ŧ": "t",
}
# The Unicode of 2002, which has next to every letter that names are written in. An index is kept by the keys, so that no
# text's key may ever change, as it would with the letters that later editions add.
_LASTING = unicodedata.ucd_3_2_0
_FIRST_MARK, _LAST_MARK = "\u0300", "\u036f"
# Behind the last one that had a small letter then.
_LAST_CAPITAL = 0x10500
# A capital that came later, to a letter that was there.
_LATER = {0x1E9E: "ss"}
# By more letters no two names are told apart first; the whole text follows in the key.
LONGEST_KEY = 200
# Stands between the two: before every character that a name may have.
_END = "\x01"


def composed(value: str) -> str:
    """Return the text in Unicode's form NFC, the one in which every text is kept."""
    return unicodedata.normalize("NFC", value)


def caseless(value: str) -> str:
    """Return the form in which two texts are compared for equality: full case folding of NFC, in NFC again.

    "ΠΑΠΠΆΣ" and "Παππάς" are the same, "STRASSE" and "Straße" too. The dotted capital I is an i, as on PostgreSQL.
    """
    return composed(composed(value).replace("\u0130", "i").casefold())


def sort_key(value: str) -> str:
    """Return what texts are sorted by, compared by code points: without capitals and marks, then the text itself.

    So "adam" comes before "Émile" and "Zoe", and "Emile" right before "Émile"; two texts never have the same key. The
    migrations make a function of PostgreSQL that means the same.
    """
    plain = value.lower() if value.isascii() else _LASTING.normalize("NFKD", value).translate(plain_letters())
    plain = plain[:LONGEST_KEY]
    return plain if plain == value else f"{plain}{_END}{value}"


@cache
def plain_letters() -> dict[int, str]:
    """Map the letters that a decomposed text still has to those that it is sorted by."""
    plain = {letter: _plain(letter) for letter in map(chr, range(_LAST_CAPITAL + 1))}
    changed = [letter for letter, text in plain.items() if text != letter and (not text or _is_lasting(letter))]
    return {ord(letter): plain[letter] for letter in changed} | _LATER


def _plain(letter: str) -> str:
    is_mark = _FIRST_MARK <= letter <= _LAST_MARK
    return "" if is_mark else "".join(_BESIDE.get(one, one) for one in letter.casefold())


def _is_lasting(letter: str) -> bool:
    """Whether it was there, and is not decomposed before it is looked up."""
    return _LASTING.category(letter) != "Cn" and _LASTING.normalize("NFKD", letter) == letter
