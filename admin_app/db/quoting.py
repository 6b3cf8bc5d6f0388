"""Quote names of tables and columns in SQL that we write ourselves: an application around the dashboard may use any characters."""

from __future__ import annotations

import hashlib
import re

from sqlalchemy import TextClause, text

# A name as a database repeats it in a stored CREATE statement.
NAME = r'(?:"(?:[^"]|"")+"|\w+)'
_NAME = re.compile(NAME)
# The longest name in bytes: PostgreSQL cuts longer ones off, and two of them could become the same.
_LONGEST = 63


def quoted(name: str) -> str:
    """Quote a name for both databases."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def quoted_text(value: str) -> str:
    """Quote a text for both databases."""
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def unquoted(name: str) -> str:
    """Read a quoted name."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def fitted(name: str, ending: str) -> str:
    """Return a name with its ending that PostgreSQL does not cut off: a long one is shortened, with digits that distinguish it."""
    whole = f"{name}_{ending}"
    if len(whole.encode()) <= _LONGEST:
        return whole
    mark = f"_{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}_{ending}"
    return name.encode()[: _LONGEST - len(mark)].decode(errors="ignore") + mark


def names_in(sql: str) -> list[str]:
    """Return the names in a part of a statement."""
    return [unquoted(one) for one in _NAME.findall(sql)]


def plain(sql: str) -> TextClause:
    """Return a statement without parameters, in which colons have no meaning."""
    return text(without_parameters(sql))


def without_parameters(sql: str) -> str:
    """Write a part of a statement so that SQLAlchemy reads no colon in it as a parameter."""
    return sql.replace(":", r"\:")
