"""The kind that a text column's name suggests: "web_url" suggests url."""

from __future__ import annotations

from admin_app.kinds.file import FileKind

# By the last word of a name.
KINDS_BY_WORD = {
    **{word: word for word in ("email", "url", "phone", "colour", "country", "currency", "ip", "network")},
    **dict.fromkeys(("website", "homepage"), "url"),
    **dict.fromkeys(("telephone", "mobile"), "phone"),
    "color": "colour",
}
# Existing columns with such names do not hold references to stored files.
FILES_BY_WORD = {
    **dict.fromkeys(("image", "photo", "picture", "avatar"), "image"),
    **dict.fromkeys(("file", "attachment"), FileKind.name),
}
# Names that suggest an amount if the table has currencies.
AMOUNTS = frozenset({"price", "amount", "total", "cost", "fee", "balance"})


def last_word(name: str) -> str:
    """Return the last word of a name: "web_url" -> "url"."""
    return name.lower().rpartition("_")[2]
