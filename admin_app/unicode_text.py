"""Unicode text as people perceive it: which texts are equal, how they are sorted, and which characters are invisible."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Invisible characters that Unicode classes as letters, marks, symbols or unassigned: fillers, selectors, blanks.
_BLANK_RANGES = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x2800, 0x2800),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF),
)  # fmt: skip
# Visible characters that Unicode classes as formats: of Arabic, Syriac and Kaithi numbers, and between hieroglyphs.
_SEEN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U00013455]")
_SELECTOR = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_JOINER = re.compile("[\u200c\u200d]")
_TAG = re.compile("[\U000e0020-\U000e007f]")
_TAGGED = re.compile("[\U0001f3f4\U000e0020-\U000e007e]")
_OPENING, _CLOSING = re.compile("[\u202a\u202b\u202d\u202e\u2066-\u2068]"), re.compile("[\u202c\u2069]")
# The combining class of the virama, which removes a letter's vowel in Indic scripts: a joiner after it changes its look.
_VIRAMA = 9
# Letters that do not decompose, with the letter that each is sorted beside.
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
# Unicode 3.2 of 2002, which has almost every letter of names. Indexes contain the keys, so a text's key must never change,
# as it would with letters that later editions add.
_LASTING = unicodedata.ucd_3_2_0
_FIRST_MARK, _LAST_MARK = "\u0300", "\u036f"
# The first code point after the last capital of that edition.
_LAST_CAPITAL = 0x10500
# Capitals that were added later to existing letters.
_LATER = {0x1E9E: "ss"}
# The most letters of the first part of a sort key; the whole text follows in the key.
LONGEST_KEY = 200
# Separates the two parts of a key: it sorts before every character of a name.
_END = "\x01"


# In a text longer than this, a browser that has to find each paragraph's direction takes seconds per keystroke.
LONG = 100_000


def direction_of_long(value: str) -> str:
    """Return the direction of a long text, by its first letter with a direction; "" for a short text, whose direction the browser finds."""
    if len(value) <= LONG:
        return ""
    classes = (unicodedata.bidirectional(letter) for letter in value)
    return "rtl" if next((one for one in classes if one in {"L", "R", "AL"}), "L") != "L" else "ltr"


def composed(value: str) -> str:
    """Return the text in Unicode's form NFC, in which every text is stored."""
    return unicodedata.normalize("NFC", value)


def forms(value: str) -> tuple[str, ...]:
    """Return the forms in which a text may be stored: composed, or decomposed by another program or an earlier version."""
    return tuple(dict.fromkeys(unicodedata.normalize(form, value) for form in ("NFC", "NFD")))


def caseless(value: str) -> str:
    """Return the form in which two texts are compared for equality: full case folding of NFC, in NFC again.

    "ΠΑΠΠΆΣ" and "Παππάς" are the same, "STRASSE" and "Straße" too. The dotted capital I is an i, as on PostgreSQL.
    """
    return composed(composed(value).replace("\u0130", "i").casefold())


def mailbox(value: str) -> str:
    """Return the mailbox that an email most likely reaches: without capitals, dots, and the part after a plus."""
    folded = caseless(value)
    local, _, domain = folded.rpartition("@")
    bare = local.partition("+")[0].replace(".", "")
    return f"{bare}@{domain}" if bare else folded


# ---- invisible characters


@cache
def is_unseen(letter: str) -> bool:
    """Whether a character by itself is invisible. NUL does not count: it is no text, and refused elsewhere."""
    if letter == "\0" or _SEEN.match(letter):
        return False
    is_named = unicodedata.category(letter) in {"Cc", "Cf", "Zs", "Zl", "Zp"}
    return is_named or any(first <= ord(letter) <= last for first, last in _BLANK_RANGES)


def has_something_to_see(value: str) -> bool:
    """Whether a text has a visible character; blanks and zero width spaces are invisible."""
    return not all(map(is_unseen, value))


def unseen_in(value: str) -> str | None:
    """Name the first invisible character; None if there is none besides plain spaces and line ends."""
    found = next((one for one in value if one not in " \t\r\n" and is_unseen(one)), None)
    if found is None:
        return None
    return f"{unicodedata.name(found, 'control character').lower()} (U+{ord(found):04X})"


def line(value: str) -> str:
    """Return a single line as it is stored: composed, and without invisible characters at its ends."""
    return trimmed(composed(value))


def trimmed(text: str) -> str:
    """Remove blanks and invisible characters from the ends of a text.

    Invisible characters that modify the last visible letter stay: the look of an emoji, a joiner in an Indic script.
    """
    start = next((place for place, letter in enumerate(text) if not is_unseen(letter)), None)
    if start is None:
        return ""
    last = next(place for place in reversed(range(len(text))) if not is_unseen(text[place]))
    return text[start : _end_of_last(text, last + 1, start)]


def _end_of_last(text: str, end: int, start: int) -> int:
    """Return the end of the characters that modify the last letter, and of those that end directions which the text began."""
    while end < len(text) and _belongs(text[end - 1], text[end]):
        end += 1
    is_open = len(_OPENING.findall(text, start, end)) - len(_CLOSING.findall(text, start, end))
    while is_open > 0 and _CLOSING.match(text, end):
        end, is_open = end + 1, is_open - 1
    return end


def _belongs(before: str, letter: str) -> bool:
    """Whether an invisible character modifies the one before it."""
    if _SELECTOR.match(letter):
        return not is_unseen(before)
    if _JOINER.match(letter):
        return unicodedata.combining(before) == _VIRAMA
    return _TAG.match(letter) is not None and _TAGGED.match(before) is not None


# ---- order


def sort_key(value: str) -> str:
    """Return the sort key of a text, to be compared by code points: the text without capitals and marks, then the text itself.

    So "adam" comes before "Émile" and "Zoe", and "Emile" right before "Émile"; two texts never have the same key. The
    migrations create an equivalent function in PostgreSQL.
    """
    plain = value.lower() if value.isascii() else _LASTING.normalize("NFKD", value).translate(plain_letters())
    plain = plain[:LONGEST_KEY]
    return plain if plain == value else f"{plain}{_END}{value}"


def namesake(value: str) -> str:
    """Return a name without capitals and marks: the first part of its sort key, equal for names that differ only in these."""
    return sort_key(value).partition(_END)[0]


@cache
def plain_letters() -> dict[int, str]:
    """Return a table from the letters of a decomposed text to the letters that they are sorted by."""
    plain = {letter: _plain(letter) for letter in map(chr, range(_LAST_CAPITAL + 1))}
    changed = [letter for letter, text in plain.items() if text != letter and (not text or _is_lasting(letter))]
    return {ord(letter): plain[letter] for letter in changed} | _LATER


def _plain(letter: str) -> str:
    is_mark = _FIRST_MARK <= letter <= _LAST_MARK
    return "" if is_mark else "".join(_BESIDE.get(one, one) for one in letter.casefold())


def _is_lasting(letter: str) -> bool:
    """Whether a letter existed in that edition of Unicode and does not decompose."""
    return _LASTING.category(letter) != "Cn" and _LASTING.normalize("NFKD", letter) == letter
