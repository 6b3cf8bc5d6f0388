"""Write and judge the lines of a large plan in several transactions: on SQLite one statement would block all other writers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_app.context import reading, writing
from admin_app.db.connection import with_snapshot
from admin_app.db.transaction import transaction
from admin_app.domain.plan import lines
from admin_app.domain.plan.changes import Operation
from admin_app.domain.plan.checks import Judgement, judge, judge_staged, stage_judgement
from admin_app.domain.plan.computed import certain, computed_by
from admin_app.domain.plan.lines import Line, Scope, copy_lines, read_changes, read_some, stage_computed, stage_lines

# Lines that one transaction judges: about 100 ms of SQLite's write lock, since each line moves in an index.
JUDGED = 10_000


def write_in_parts(engine: Engine, plan_id: int, scope: Scope, values: Mapping[str, object] | None) -> Iterator[int]:
    """Plan new values (None: a deletion) for every record; yield how many lines each transaction wrote (committed)."""
    with with_snapshot(engine).connect() as connection, Session(connection) as session:
        # A detached connection is closed at the end, which drops the temporary table of staged lines.
        connection.detach()
        with reading(), transaction(session):
            number = stage_lines(session, plan_id, scope, values)
        yield from [number] if engine.dialect.name == "postgresql" else _in_parts(session, copy_lines, lines.PART)


def change_in_parts(
    engine: Engine, plan_id: int, scope: Scope, operation: Operation, write: Callable[[Sequence[Line]], object]
) -> Iterator[int]:
    """Plan an operation for every record; yield how many lines each transaction wrote (committed).

    `write` gets the lines of records that have to be read.
    """
    computed = computed_by(operation, engine.dialect.name)
    if computed is None:
        read_changes(engine, plan_id, scope, operation, write)
        return
    with with_snapshot(engine).connect() as connection, Session(connection, autoflush=False) as session:
        connection.detach()
        with reading(), transaction(session):
            number = stage_computed(session, plan_id, scope, computed)
            read_some(session, plan_id, scope, operation, which=~certain(computed), write=write, first=number + 1)
        yield from [number] if engine.dialect.name == "postgresql" else _in_parts(session, copy_lines, lines.PART)


def judge_in_parts(engine: Engine, plan_id: int, judgements: Sequence[Judgement]) -> Iterator[int]:
    """Judge a plan's lines; yield how many each transaction judged (committed).

    The lines for a judgement are found at one moment, so that no part depends on what another part wrote.
    """
    with with_snapshot(engine).connect() as connection, Session(connection) as session:
        connection.detach()
        for one in judgements:
            if engine.dialect.name == "postgresql":
                with writing(), transaction(session):
                    judge(session, plan_id, one)
                continue
            with reading(), transaction(session):
                stage_judgement(session, plan_id, one)
            yield from _in_parts(session, partial(judge_staged, plan_id=plan_id, judgement=one, most=JUDGED), JUDGED)


def _in_parts(session: Session, write: Callable[[Session, int], int], most: int) -> Iterator[int]:
    """Write one part after the other, each from the position after the last."""
    first, number = 0, most
    while number == most:
        with writing(), transaction(session):
            number = write(session, first)
        first += most
        yield number
