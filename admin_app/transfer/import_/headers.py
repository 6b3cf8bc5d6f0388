"""Match the titles of a file to columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from admin_app.errors import TransferError
from admin_app.transfer.columns import ImportColumn, plain

# The title of the column of reasons in a file of wrong rows; it is ignored when that file is imported.
ERROR = "error"
_LONGEST_TITLE = 80


def column_called(title: str, columns: Sequence[ImportColumn], ignored: Collection[str] = ()) -> ImportColumn | None:
    """Return the column that a title names as an export does, else the only one that it names in other capitals or by its label."""
    if found := next((one for one in columns if one.is_written(title)), None):
        # One column's name may be another one's label: a JSON file means the first column, a CSV file the second.
        is_doubtful = plain(found.label) != plain(title) and any(one.label == title for one in columns)
        return None if is_doubtful else found
    like = [one for one in columns if title not in ignored and one.is_called(title)]
    return like[0] if len(like) == 1 else None


def is_title(title: str, columns: Iterable[ImportColumn], ignored: Collection[str]) -> bool:
    """Whether the dashboard writes this title itself."""
    return plain(title) in _folded(ignored) or any(one.is_written(title) or one.is_called(title) for one in columns)


def columns_named(titles: Sequence[str], columns: Sequence[ImportColumn], ignored: Collection[str]) -> dict[int, str]:
    """Return the keys of the columns that titles name, by position, without the `ignored` ones.

    Raises `TransferError` if a title names no column, or one that another title names too.
    """
    found: dict[int, str] = {}
    skipped = _folded(ignored)
    for place, title in enumerate(titles):
        column = column_called(title, columns, ignored)
        if column is None and title and plain(title) not in skipped:
            raise TransferError(_unknown(title, columns))
        if column is not None and column.is_links and column.key in found.values():
            # An export writes two columns for links: the IDs, then the names.
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
    """Replace titles by the column keys that somebody gave for them; "" leaves a column out.

    Raises `TransferError` for an unknown title or column.
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
