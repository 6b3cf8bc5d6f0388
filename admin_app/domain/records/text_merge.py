"""Two changes of one text put together, where they are in different lines of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from admin_app.formatting import plain_lines

# Longer texts take long to be compared, and a change is soon lost sight of in them.
MOST_LINES = 1000

# The lines that an edit takes the place of, from and up to, and those that it puts there.
Edit = tuple[int, int, tuple[str, ...]]


def both_changes(was: str, theirs: str, yours: str) -> str | None:
    """Return the text with both changes made to it, None where they are in the same lines or in lines beside each other."""
    before, *after = (plain_lines(text).splitlines(keepends=True) for text in (was, theirs, yours))
    if max(len(before), *map(len, after)) > MOST_LINES:
        return None
    # What both did alike is one edit.
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
