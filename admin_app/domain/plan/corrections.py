"""The problems of a file's rows, grouped by reason and by value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from admin_app.extensions import AnySession
from admin_app.models.plan import PlanLine, Verdict

# Lines that are searched for the most frequent wrong values.
MOST_LOOKED_AT = 10_000


def wrong_reasons(session: AnySession, plan_id: int, most: int) -> Sequence[tuple[str, int]]:
    """Return the reasons why lines are wrong, and how many lines have each, the most frequent first."""
    number = func.count()
    found = select(PlanLine.problem, number).where(*_wrong(plan_id)).group_by(PlanLine.problem)
    return [(why, count) for why, count in session.execute(found.order_by(number.desc()).limit(most))]


def wrong_lines(session: AnySession, plan_id: int, reason: str, *, after: int, limit: int) -> Sequence[PlanLine]:
    """Return wrong lines in order after a line number, only those with this reason if one is given."""
    mine = [*_wrong(plan_id), PlanLine.number > after]
    mine += [PlanLine.problem == reason] if reason else []
    return session.scalars(select(PlanLine).where(*mine).order_by(PlanLine.number).limit(limit)).all()


def wrong_values(session: AnySession, plan_id: int, reason: str, most: int) -> Sequence[tuple[str, str, str, int]]:
    """Return the cells that are wrong for this reason: the column's key, the problem, the cell, and how many rows have it.

    Cells that occur once are left out: they are corrected in their own rows.
    """
    some = select(PlanLine.cells).where(*_wrong(plan_id), PlanLine.problem == reason).limit(MOST_LOOKED_AT)
    counts: Counter[tuple[str, str, str]] = Counter()
    for cells in session.scalars(some):
        for key, (said, cell) in (cells or {}).items():
            if key and cell:
                counts[key, said, cell] += 1
    return [(*value, number) for value, number in counts.most_common(most) if number > 1]


def _wrong(plan_id: int) -> Sequence[ColumnElement[bool]]:
    return PlanLine.plan_id == plan_id, PlanLine.verdict == Verdict.WRONG
