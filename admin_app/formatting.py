"""Words for numbers, times and things, as a person reads them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from humanize import naturalsize
from markupsafe import Markup

# Replaces the name of an unknown actor.
SOMEONE = "Someone"
# Irregular plurals of table names.
_IRREGULAR = {
    "child": "children",
    "half": "halves",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "man": "men",
    "person": "people",
    "shelf": "shelves",
    "wolf": "wolves",
    "woman": "women",
}
# The HTML tags that are recognised in a text. "Press <Enter>" has none: a reader should see the key.
_ELEMENTS = (
    "a|abbr|article|aside|b|big|blockquote|body|br|caption|center|cite|code|col|colgroup|dd|del|details|dfn|div|dl|dt|em|figcaption"
    "|figure|font|footer|h[1-6]|head|header|hr|html|i|iframe|img|ins|kbd|li|main|mark|nav|ol|p|pre|q|s|samp|script|section|small"
    "|span|strike|strong|style|sub|summary|sup|table|tbody|td|tfoot|th|thead|time|title|tr|tt|u|ul|var|video"
)
_TAG = re.compile(rf"</?(?:{_ELEMENTS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
# Invisible parts of HTML; without an end tag one extends to the end of the text, as in a browser.
_UNSEEN = re.compile(r"<(style|script)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
# A tag that separates words even without a space: every tag except inline ones. Every cell of a list is searched for it, and
# ignoring case would take three times as long.
_APART = re.compile(
    r"<(?=[/a-zA-Z])(?!/?(?:[abiqsuABIQSU]|abbr|big|cite|code|del|dfn|em|font|ins|kbd|mark|samp|small|span|strike|strong|su[bp]"
    r"|time|tt|var|EM|FONT|SPAN|STRONG|SU[BP])\b)"
)
_CUT_TAG = re.compile(r"<[a-zA-Z/!][^<>]*\Z")
_IMAGE = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"""\balt=(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


def excerpt(text: str, length: int) -> str:
    """Return the first words of a text on one line; of HTML, only the visible text."""
    some, is_whole = _beginning(text, length * 20)
    words = " ".join(without_markup(some if is_whole else _CUT_TAG.sub("", some)).split())
    if is_whole and len(words) <= length:
        return words
    # Cut at a space near the end, or at the limit if there is none: not every script has spaces.
    kept = words[: length - 1]
    return f"{kept[: kept.rfind(' ', length * 2 // 3)] if ' ' in kept[length * 2 // 3 :] else kept}…"


def _beginning(text: str, length: int) -> tuple[str, bool]:
    """Return the beginning of a text, and whether that is all of it. It is much longer than the excerpt, because markup takes room, but bounded."""
    some = text[:length]
    if _UNSEEN.search(some) is None:
        return some, len(some) == len(text)
    # A style sheet at the top is often longer than this beginning.
    seen = without_unseen(text[: length * 50])
    if not seen.strip():
        return some, len(some) == len(text)
    return seen[:length], len(seen) <= length and len(text) <= length * 50


def without_markup(text: str) -> str:
    """Return the visible text of HTML; other text unchanged."""
    if not has_markup(text):
        return text
    return stripped(text) or _in_place_of_images(text) or text


def stripped(text: str) -> str:
    """Return a text without its tags, on one line, with a space between its blocks."""
    apart = _APART.sub(" <", without_unseen(text))
    return Markup(apart).striptags()  # noqa: S704 -- only to strip it: what comes back is plain text


def without_unseen(text: str) -> str:
    """Return HTML without its style sheets, scripts and comments."""
    return _UNSEEN.sub(" ", text)


def _in_place_of_images(text: str) -> str:
    """Return words that stand for the images of a text; "" if it has none."""
    images = _IMAGE.findall(text)
    said = [found[1] or found[2] for one in images if (found := _ALTERNATIVE.search(one)) is not None]
    return " ".join(filter(None, said)) or ("(image)" if images else "")


def has_markup(text: str) -> bool:
    """Whether a text has HTML in it."""
    return _TAG.search(text) is not None


def words_in(text: str) -> str:
    """Return the number of visible words: "214 words"."""
    plain = stripped(text) if has_markup(text) else text
    return counted(len(plain.split()), "word", "words")


# Words that are always capitalised.
# Words that sound as if they began with a vowel: "an hour", but "a user", "a unit", "a one-off".
_WITH_AN = re.compile(
    r"(?!eu|ewe|on[ce]e?\b|uni|us[aeu]|ut[ei]|ur[aeio])[aeiou]|h(?:our|onest|onou?r|eir)", re.IGNORECASE
)
# The boundary between two words of a name in CamelCase.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ABBREVIATED = {"id": "ID", "ip": "IP", "url": "URL", "uuid": "UUID"}


def label(name: str) -> str:
    """Turn a column's name into a label in sentence case: "created_at" and "CreatedAt" -> "Created at", "user_id" -> "User ID"."""
    words = humps_apart(name).replace(".", " ").replace("_", " ").lower().split()
    first, *others = (_ABBREVIATED.get(word, word) for word in words) if words else ("",)
    return " ".join((sentence_case(first), *others))


def humps_apart(name: str) -> str:
    """Separate words that begin with a capital: "InvoiceLine" -> "Invoice Line"."""
    return _HUMP.sub(" ", name)


def with_article(noun: str) -> str:
    """Put the article before a noun: "a post", "an order", "a user"."""
    return f"an {noun}" if _WITH_AN.match(noun) else f"a {noun}"


def plural_of(noun: str) -> str:
    """Return the plural: "posts", "categories", "boxes", "shelves"."""
    before, last = noun[: noun.rfind(" ") + 1], noun[noun.rfind(" ") + 1 :]
    if last in _IRREGULAR:
        return before + _IRREGULAR[last]
    if noun.endswith("y") and noun[-2:-1] not in set("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"


def in_sentence(words: str) -> str:
    """Begin with a small letter, as within a sentence: "Created at" -> "created at"; abbreviations keep their capitals: "URL"."""
    return words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:]}"


def sentence_case(words: str) -> str:
    """Begin with a capital and leave the rest as it is: "API key", "blog post" -> "Blog post"."""
    return f"{words[:1].upper()}{words[1:]}"


def number(value: int) -> str:
    """Write a whole number with thousands separators: 19,452."""
    return f"{value:,}"


def size(number_of_bytes: int) -> str:
    """Write how large a file is: "35 bytes", "1.7 kB"."""
    return naturalsize(number_of_bytes).replace("Byte", "byte")


def counted(count: int, singular: str, plural: str) -> str:
    """Write a number of things: "1 post", "1,204 posts"."""
    return f"{number(count)} {singular if count == 1 else plural}"


# Units, the largest first. Twelve of these months exceed the year, so that nothing is "12 months ago".
UNITS = (
    ("year", timedelta(days=365)),
    ("month", timedelta(days=30, hours=12)),
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


def relative_time(moment: datetime) -> str:
    """Say how long ago: "2 hours ago". Ages are cut, as people say them: after 1 hour and 59 minutes it is 1 hour ago."""
    past = datetime.now(UTC) - moment
    for unit, length in UNITS:
        if count := abs(past) // length:
            return f"{counted(count, unit, f'{unit}s')} {'ago' if past > timedelta() else 'from now'}"
    return "just now"


def list_time(moment: datetime, zone: tzinfo) -> str:
    """Say when, in short: how long ago within a week, before that the day in the zone: "2025-10-30"."""
    is_near = abs(datetime.now(UTC) - moment) < timedelta(days=7)
    return relative_time(moment) if is_near else local(moment, zone).date().isoformat()


A_WEEK = 6


def since(moment: datetime) -> str:
    """Say since when, as precisely as a person needs it: "14:05 UTC" today, "Tuesday" this week, "3 November 2026"."""
    now, then = datetime.now(UTC), moment.astimezone(UTC)
    if then.date() == now.date():
        return f"{then:%H:%M} UTC"
    return f"{then:%A}" if (now.date() - then.date()).days <= A_WEEK else f"{then.day} {then:%B %Y}"


def waiting_time(seconds: int) -> str:
    """Write a waiting time: "40 seconds", "3 minutes"."""
    return (
        counted(seconds, "second", "seconds") if seconds < 2 * 60 else counted(-(-seconds // 60), "minute", "minutes")
    )


def exact_time(moment: datetime, zone: tzinfo = UTC) -> str:
    """Write the time to the second in a zone, then in UTC: "2026-11-22 10:05:10 CET, 09:05:10 UTC"."""
    utc, there = moment.astimezone(UTC), local(moment, zone)
    if zone is UTC or there.utcoffset() == utc.utcoffset():
        return f"{_to_the_second(utc)} UTC"
    short = f"{utc:%H:%M:%S}" if utc.date() == there.date() else _to_the_second(utc)
    return f"{_to_the_second(there)} {there:%Z}, {short} UTC"


def machine_time(moment: datetime, zone: tzinfo) -> str:
    """Write the time for HTML's `datetime` attribute: "2026-11-22T10:05:10+01:00"."""
    there = local(moment, zone)
    # Before there were time zones, offsets included seconds; HTML allows none.
    is_whole = not (there.utcoffset() or timedelta()) % timedelta(minutes=1)
    return (there if is_whole else moment.astimezone(UTC)).isoformat(timespec="seconds")


def _to_the_second(moment: datetime) -> str:
    # A list writes this in each row, and `strftime` takes five times as long.
    return moment.isoformat(" ", "seconds")[:19]


def local(moment: datetime, zone: tzinfo) -> datetime:
    """Return the moment in a zone, or in UTC if the zone's time would lie beyond the calendar's ends."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def plain_lines(text: str) -> str:
    """Return a text with one spelling of line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def actor_name(actor: str) -> str:
    """Return an actor as the history stores them, "Ann Lee (ann@example.com)", or words for an unknown one."""
    return actor or SOMEONE


def short_name(actor: str) -> str:
    """Return an actor's name without the email after it."""
    return actor.rpartition(" (")[0] or actor_name(actor)


def in_words(names: list[str]) -> str:
    """Join names for a sentence: "name, email and role"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1] if names else ""]))


def inside_quotes(text: str) -> str:
    """Return a text that can stand between quotation marks: its own marks become single ones."""
    return text.replace("“", "\u2018").replace("”", "\u2019")


def folded(value: str) -> str:
    """Return a text in lower case, letter by letter, as PostgreSQL's `lower` does.

    Python's own looks at a letter's neighbours (final sigma) and makes two of one (dotted I): "ΑΣ" would not be in "ΑΣΑ".
    """
    return value.replace("\u0130", "i").replace("\u03a3", "\u03c3").lower()
