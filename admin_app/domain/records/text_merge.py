"""Merge two changes of one text if they concern different lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from admin_app.formatting import plain_lines

# Longer texts take long to compare, and people soon lose sight of a change in them.
MOST_LINES = 1000

# The range of lines that an edit replaces, and the new lines.
Edit = tuple[int, int, tuple[str, ...]]


def both_changes(was: str, theirs: str, yours: str) -> str | None:
    """Return the text with both changes; None if they concern the same or adjacent lines."""
    before, *after = (plain_lines(text).splitlines(keepends=True) for text in (was, theirs, yours))
    if max(len(before), *map(len, after)) > MOST_LINES:
        return None
    # An edit that both made counts once.
    edits = sorted({edit for lines in after for edit in _edits(before, lines)})
    if any(first[1] >= second[0] for first, second in pairwise(edits)):
        return None
    for start, end, lines in reversed(edits):
        before[start:end] = lines
    return "".join(before)


def _edits(before: Sequence[str], after: Sequence[str]) -> Iterator[Edit]:
    for kind, start, end, first, last in SequenceMatcher(None, before, after).get_opcodes():
        if kind != "equal":
            yield start, end, tuple(after[first:last])
