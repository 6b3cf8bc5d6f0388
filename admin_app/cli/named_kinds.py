"""The kind that a text column's name suggests: "web_url" suggests url."""

from __future__ import annotations

from admin_app.extensions import TableColumn
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


# Kinds of codes, of so many letters at most: a longer column holds names.
_CODES = {"country": 2, "currency": 3}


def kind_suggested(name: str, column: TableColumn) -> str:
    """Return the kind that the name of a text column suggests; "" for none."""
    kind, length = KINDS_BY_WORD.get(last_word(name), ""), getattr(column.type, "length", None)
    return "" if kind in _CODES and (length or 0) > _CODES[kind] else kind


def last_word(name: str) -> str:
    """Return the last word of a name: "web_url" -> "url"."""
    return name.lower().rpartition("_")[2]
