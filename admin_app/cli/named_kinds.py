"""The kind that the name of a column of texts speaks for: of "web_url" url."""

from __future__ import annotations

from admin_app.kinds.file import FileKind

# By the last word of a name.
KINDS_BY_WORD = {
    **{word: word for word in ("email", "url", "phone", "colour", "country", "currency", "ip", "network")},
    **dict.fromkeys(("website", "homepage"), "url"),
    **dict.fromkeys(("telephone", "mobile"), "phone"),
    "color": "colour",
}
# What columns of such names hold already are no references to files that are kept here.
FILES_BY_WORD = {
    **dict.fromkeys(("image", "photo", "picture", "avatar"), "image"),
    **dict.fromkeys(("file", "attachment"), FileKind.name),
}
# What is an amount where the table has currencies.
AMOUNTS = frozenset({"price", "amount", "total", "cost", "fee", "balance"})


def last_word(name: str) -> str:
    """Return the last word of a name: of "web_url" url."""
    return name.lower().rpartition("_")[2]
