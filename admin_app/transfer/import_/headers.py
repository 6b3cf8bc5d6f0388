"""Which column each title of a file names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from admin_app.errors import TransferError
from admin_app.transfer.columns import ImportColumn, plain

# What a file that was given back has above the reasons; it says nothing of a record.
ERROR = "error"
_LONGEST_TITLE = 80


def column_called(title: str, columns: Iterable[ImportColumn]) -> ImportColumn | None:
    """Return the column that a title names by its key or its label."""
    return next((one for one in columns if one.is_called(title)), None)


def is_title(title: str, columns: Iterable[ImportColumn], ignored: Collection[str]) -> bool:
    """Whether a title is one that this dashboard writes."""
    return plain(title) in _folded(ignored) or column_called(title, columns) is not None


def columns_named(titles: Sequence[str], columns: Sequence[ImportColumn], ignored: Collection[str]) -> dict[int, str]:
    """Return the keys of the columns that titles name, by their places; `ignored` ones are passed over.

    Raises `TransferError` for a title that names none, or one that another title names too.
    """
    found: dict[int, str] = {}
    skipped = _folded(ignored)
    for place, title in enumerate(titles):
        column = column_called(title, columns)
        if column is None and title and plain(title) not in skipped:
            raise TransferError(_unknown(title, columns))
        if column is not None and column.is_links and column.key in found.values():
            # An export writes the ids, and then the names.
            continue
        if column is not None and column.key in found.values():
            message = f"The header “{title}” is there twice."
            raise TransferError(message)
        if column is not None:
            found[place] = column.key
    if not found:
        message = f"The first row must name the columns: {', '.join(one.key for one in columns)}."
        raise TransferError(message)
    return found


def _unknown(title: str, columns: Sequence[ImportColumn]) -> str:
    offered = ", ".join(one.key for one in columns)
    shown = " ".join(title.split())[:_LONGEST_TITLE]
    return f"The header “{shown}” is not a column of this list. Choose from: {offered}."


def _folded(ignored: Collection[str]) -> Collection[str]:
    return {plain(word) for word in (*ignored, ERROR)}


def titles_mapped(titles: Sequence[str], wanted: Mapping[str, str], columns: Sequence[ImportColumn]) -> list[str]:
    """Return titles with those replaced that somebody said the meaning of: by a column's key, or by nothing.

    Raises `TransferError` for a title that the file does not have, and for a column that there is not.
    """
    keys = [one.key for one in columns]
    for title, key in wanted.items():
        if title not in titles:
            message = f"The file has no header “{title[:_LONGEST_TITLE]}”. It has: {', '.join(titles)}."
            raise TransferError(message)
        if key and key not in keys:
            message = f"“{key[:_LONGEST_TITLE]}” is not a column of this list. Choose from: {', '.join(keys)}."
            raise TransferError(message)
    return [wanted.get(title, title) for title in titles]
