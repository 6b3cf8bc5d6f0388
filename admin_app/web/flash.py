"""What the next page says about the last act, and which row it marks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import cast

from flask import Flask, flash, get_flashed_messages, session

MOST_NOTICES = 3


@dataclass(frozen=True)
class Notice:
    """A message with links as (label, url), the records whose rows are marked, separated by blanks, and the change set that its button undoes."""

    text: str
    links: Sequence[tuple[str, str]] = ()
    marked: str = ""
    undo: int | None = None
    undo_words: str = "Undo"
    # Rows that a list still shows although it no longer has them, as `panel.list.staying` writes them.
    staying: str = ""


def init_app(app: Flask) -> None:
    """Give the messages to the templates."""
    app.jinja_env.globals["notices"] = notices


def announce(
    words: str,
    *,
    links: Sequence[tuple[str, str]] = (),
    mark: str = "",
    undo: int | None = None,
    undo_words: str = "Undo",
    staying: str = "",
) -> None:
    """Say this on the next page, with links as (label, url).

    `mark` names the records whose rows are marked there, separated by blanks; `undo` is the change set that a button
    undoes, and `undo_words` its label; `staying` are rows that the list still shows.
    """
    _say("success", Notice(words, links, mark, undo, undo_words, staying))


def call_attention(words: str, *, links: Sequence[tuple[str, str]] = ()) -> None:
    """Show a warning on the next page, although nothing failed."""
    _say("warning", Notice(words, links))


def warn(words: str) -> None:
    """Report a failure on the next page."""
    _say("problem", Notice(words))


def _say(category: str, notice: Notice) -> None:
    # One JSON string: the cookie's serializer would walk a nested value leaf by leaf at every save.
    flash(json.dumps(asdict(notice), ensure_ascii=False), category)
    # Messages for pages that nobody opened would fill the cookie until browsers drop it.
    session["_flashes"] = session["_flashes"][-MOST_NOTICES:]


def notices() -> list[tuple[str, Notice]]:
    """Return this page's messages with their category: success, warning or problem."""
    flashed = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
    return [(category, _read(said)) for category, said in flashed]


def _read(said: str) -> Notice:
    try:
        return Notice(**json.loads(said))
    except (TypeError, ValueError):
        # Not from this module: a plain sentence flashed by a resource's own code.
        return Notice(str(said))


@contextmanager
def kept_notices() -> Iterator[None]:
    """Inside, the cookie may be emptied; the next page's messages survive."""
    kept = session.get("_flashes")
    yield
    if kept:
        session["_flashes"] = kept


def marks() -> set[str]:
    """Return the records to mark on this page."""
    return {mark for _, notice in notices() for mark in notice.marked.split()}
