"""Names of tables and columns in SQL that we write ourselves: an application around us may have given them any letters."""

from __future__ import annotations

import hashlib
import re

from sqlalchemy import TextClause, text

# A name as a store repeats it in the statement that made something.
NAME = r'(?:"(?:[^"]|"")+"|\w+)'
_NAME = re.compile(NAME)
# PostgreSQL cuts longer names off, in bytes: two of them would be one.
_LONGEST = 63


def quoted(name: str) -> str:
    """Write a name as both stores read it."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def quoted_text(value: str) -> str:
    """Write a text as both stores read it."""
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def unquoted(name: str) -> str:
    """Read such a name."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def fitted(name: str, ending: str) -> str:
    """Return a name with its ending as PostgreSQL keeps it: of a long one the beginning, with digits that tell it from others."""
    whole = f"{name}_{ending}"
    if len(whole.encode()) <= _LONGEST:
        return whole
    mark = f"_{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}_{ending}"
    return name.encode()[: _LONGEST - len(mark)].decode(errors="ignore") + mark


def names_in(sql: str) -> list[str]:
    """Read the names in a part of a statement."""
    return [unquoted(one) for one in _NAME.findall(sql)]


def plain(sql: str) -> TextClause:
    """Return a statement without parameters, whatever colons it has."""
    return text(without_parameters(sql))


def without_parameters(sql: str) -> str:
    """Write a part of a statement so that SQLAlchemy reads no colon in it as a parameter."""
    return sql.replace(":", r"\:")
