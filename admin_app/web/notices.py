"""What the next page says about what was just done, and which row it marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from flask import flash, get_flashed_messages, session

MOST_NOTICES = 3


def announce(words: str, *, links: Sequence[tuple[str, str]] = (), mark: str = "", undo: int | None = None) -> None:
    """Say this on the next page, with links as (label, url).

    `mark` names the record whose row is marked there, `undo` the change set that a button takes back.
    """
    # Flask keeps whatever JSON can hold, though its annotation speaks of text only.
    notice = cast(str, {"text": words, "links": [list(link) for link in links], "marked": mark, "undo": undo})
    flash(notice, "success")
    # Notices of pages that nobody opened, a script's perhaps, would fill the cookie until browsers drop it.
    session["_flashes"] = session["_flashes"][-MOST_NOTICES:]


def call_attention(words: str, *, links: Sequence[tuple[str, str]] = ()) -> None:
    """Say on the next page what wants attention though nothing went wrong."""
    flash(cast(str, {"text": words, "links": [list(link) for link in links], "marked": ""}), "warning")


def warn(words: str) -> None:
    """Say on the next page that something did not happen."""
    flash(cast(str, {"text": words, "links": [], "marked": ""}), "problem")
    session["_flashes"] = session["_flashes"][-MOST_NOTICES:]


@contextmanager
def kept_notices() -> Iterator[None]:
    """Let the next page say what it was to say, though the cookie is emptied inside."""
    notices = session.get("_flashes")
    yield
    if notices:
        session["_flashes"] = notices


def marks() -> set[str]:
    """Return the records to be marked on this page."""
    notices = cast(list[dict[str, Any]], get_flashed_messages())
    return {notice["marked"] for notice in notices}
