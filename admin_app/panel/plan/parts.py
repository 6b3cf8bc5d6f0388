"""The lines of a large plan, written a part a transaction: one statement would keep everybody else from writing on SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_app.context import reading, writing
from admin_app.db.connection import of_one_moment
from admin_app.db.transaction import transaction
from admin_app.domain.plan import lines
from admin_app.domain.plan.lines import Scope, copy_lines, stage_lines


def write_in_parts(engine: Engine, plan_id: int, scope: Scope, values: Mapping[str, object] | None) -> Iterator[int]:
    """Plan to give every record these values (None: to delete it), and yield how many lines each transaction wrote (committed)."""
    with of_one_moment(engine).connect() as connection, Session(connection) as session:
        # It is closed for good afterwards, and the staged lines go with it.
        connection.detach()
        with reading(), transaction(session):
            number = stage_lines(session, plan_id, scope, values)
        yield from [number] if engine.dialect.name == "postgresql" else _copied(session)


def _copied(session: Session) -> Iterator[int]:
    first, number = 0, lines.PART
    while number == lines.PART:
        with writing(), transaction(session):
            number = copy_lines(session, first)
        first += lines.PART
        yield number
