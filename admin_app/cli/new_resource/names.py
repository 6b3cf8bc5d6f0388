"""Python names made from the names of tables and columns."""

from __future__ import annotations

import builtins
import keyword
import unicodedata
from collections.abc import Callable, Collection, Iterable
from itertools import chain, count


def as_name(text: str) -> str:
    """Return the name nearest to a text: "Unit Price" -> "Unit_Price", "2fast" -> "x2fast", "class" -> "class_"."""
    # Python normalises “ﬁ” to “fi” in a name, but not in a text.
    letters = unicodedata.normalize("NFKC", text)
    name = "".join(one if f"x{one}".isidentifier() else "_" for one in letters)
    # In a class, Python mangles names that begin with two underscores.
    if not name.isidentifier() or name.startswith("__"):
        return f"x{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def class_name(table: str) -> str:
    """Return the name of a table's class: "order_lines" -> "OrderLine"."""
    *words, last = as_name(table).split("_")
    return as_name("".join(f"{word[:1].upper()}{word[1:]}" for word in (*words, singular(last))))


def module_name(table: str) -> str:
    """Return the name of its file: "order_lines" -> "order_line"."""
    *words, last = as_name(table.lower()).split("_")
    name = as_name("_".join((*words, singular(last))))
    # A module is a name in its package and must not hide a builtin such as `type`.
    return f"{name}_" if hasattr(builtins, name) else name


def free_name(wanted: Iterable[str], taken: Collection[str], *, alike: Callable[[str], str] = str) -> str:
    """Return the first of these names that is free; if none is, the last one with a number.

    Two names are the same if `alike` turns them into the same text.
    """
    names, known = [as_name(one) for one in wanted], {alike(one) for one in taken}
    numbered = (f"{names[-1]}_{number}" for number in count(2))
    return next(one for one in chain(names, numbered) if alike(one) not in known)


def without_id(name: str) -> str:
    """Return the name of what a foreign key refers to: "user" for "user_id", "playlist" for "PlaylistId"."""
    bare = name[:-2].lower() if name.endswith("Id") and len(name) > len("Id") else name.removesuffix("_id")
    return bare.rstrip("_") or name


def singular(word: str) -> str:
    """Return the singular: "tags" -> "tag", "countries" -> "country"."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def plural(word: str) -> str:
    """Return the plural: "tag" -> "tags", "category" -> "categories"."""
    if word.endswith("y") and word[-2:-1] not in {*"aeiou"}:
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"
