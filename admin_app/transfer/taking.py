"""Who takes rows out of the house, and how many: noted in the history when the last one has left."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_app.current import Actor, writing
from admin_app.domain.recording import note
from admin_app.models.change_set import Kind


@dataclass(frozen=True)
class Taking:
    """Who takes rows out: `words` name so many of them, `asked` is what the list was narrowed by."""

    actor: Actor
    request_id: str
    resource: str
    words: Callable[[int], str]
    asked: str = ""


def noted_rows(engine: Engine, rows: Iterator[Any], taking: Taking) -> Generator[Any, None, None]:
    """Yield the rows, and record how many there were when the last was taken, or when nobody took any more."""
    number, is_whole = 0, False
    try:
        for number, row in enumerate(rows, start=1):  # noqa: B007 -- counted for the record below
            yield row
        is_whole = True
    finally:
        # What has left the house is recorded, whole or not.
        words = taking.words(number)
        what = f"Exported {words}" if is_whole else f"Started an export that stopped after {words}"
        asked = f" ({taking.asked})" if taking.asked else ""
        with writing(), Session(engine) as session:
            note(
                session,
                actor=taking.actor,
                kind=Kind.EXPORT,
                summary=what + asked,
                count=number,
                resource=taking.resource,
                request_id=taking.request_id,
            )
            session.commit()
