"""Exports in the history: who took out how many rows, recorded when the last one was sent."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.context import Actor, writing
from admin_app.domain.audit.recorder import record_event
from admin_app.models.change_set import Kind


@dataclass(frozen=True)
class ExportAudit:
    """An export: `words` describes a number of rows, `asked` is the list's search and filters."""

    actor: Actor
    request_id: str
    resource: str
    words: Callable[[int], str]
    asked: str = ""


T = TypeVar("T")


def audited_rows(
    engine: Engine, rows: Iterator[T], audit: ExportAudit, *, is_made_again: Callable[[], bool] = lambda: False
) -> Generator[T, None, None]:
    """Yield the rows, and record how many there were when the last was taken, or when nobody took any more.

    Where the database breaks off and the file is made again by another one, nothing of the first has left.
    """
    number, is_whole, is_dropped = 0, False, False
    try:
        for row in rows:
            number += 1
            yield row
        is_whole = True
    except DBAPIError:
        is_dropped = is_made_again()
        raise
    finally:
        # What has left the house is recorded, whole or not.
        if not is_dropped:
            _record(engine, audit, number, is_whole=is_whole)


def _record(engine: Engine, audit: ExportAudit, number: int, *, is_whole: bool) -> None:
    words = audit.words(number)
    what = f"Exported {words}" if is_whole else f"Started an export that stopped after {words}"
    asked = f" ({audit.asked})" if audit.asked else ""
    with writing(), Session(engine) as session:
        record_event(
            session,
            actor=audit.actor,
            kind=Kind.EXPORT,
            summary=what + asked,
            count=number,
            resource=audit.resource,
            request_id=audit.request_id,
        )
        session.commit()
