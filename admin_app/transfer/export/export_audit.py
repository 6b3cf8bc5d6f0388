"""Exports in the history: recorded before the first row is sent, with the number of rows once the last was sent.

If an export cannot be recorded, nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Engine, delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.context import Actor, writing
from admin_app.domain.audit.recorder import begin_change_set, record_event
from admin_app.models.change_set import ChangeSet, Kind


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
    # Before the reader takes a connection: one export never holds two.
    set_id = _begin(engine, audit)
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
        if isinstance(rows, Generator):
            # Somebody who takes no more of them leaves the reader with its connection.
            rows.close()
        # What has left the house is recorded, whole or not.
        if not is_dropped:
            _record(engine, audit, number, is_whole=is_whole, set_id=set_id)
        else:
            _take_back(engine, set_id)


def _begin(engine: Engine, audit: ExportAudit) -> int:
    """Note that rows are about to leave (committed); return the change set, in whose place another one says how many did.

    It stays where the process dies. Whoever follows the history gets both.
    """
    with writing(), Session(engine) as session:
        _note(session, audit, "Started an export", number=0)
        set_id = begin_change_set(session)
        session.commit()
    return set_id


def _take_back(engine: Engine, set_id: int) -> None:
    with writing(), Session(engine) as session:
        _remove(session, set_id)
        session.commit()


def _remove(session: Session, set_id: int) -> None:
    session.execute(delete(ChangeSet).where(ChangeSet.id == set_id))


def _record(engine: Engine, audit: ExportAudit, number: int, *, is_whole: bool, set_id: int) -> None:
    words = audit.words(number)
    what = f"Exported {words}" if is_whole else f"Started an export that stopped after {words}"
    with writing(), Session(engine) as session:
        _remove(session, set_id)
        _note(session, audit, what, number=number)
        session.commit()


def _note(session: Session, audit: ExportAudit, what: str, *, number: int) -> None:
    asked = f" ({audit.asked})" if audit.asked else ""
    record_event(
        session,
        actor=audit.actor,
        kind=Kind.EXPORT,
        summary=what + asked,
        count=number,
        resource=audit.resource,
        request_id=audit.request_id,
    )
