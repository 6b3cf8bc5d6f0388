"""Effects outside the database, such as mails: one for each line that was carried out. Undo doesn't take them back.

A line's effect follows the commit of its change, and is noted after it happened. If the worker is killed in between, one
effect can happen twice: one mail too many is better than one that nobody knows to be missing.
"""

from __future__ import annotations

from sqlalchemy import Select, func, select

from admin_app.extensions import AnySession
from admin_app.models.plan import Plan, PlanLine, Verdict


def next_line(session: AnySession, plan: Plan) -> PlanLine | None:
    """Return the next line whose effect has not happened yet."""
    return session.scalars(_waiting(plan).order_by(PlanLine.number).limit(1)).first()


def number_waiting(session: AnySession, plan: Plan) -> int:
    """Count the lines that were carried out and whose effects have not happened yet."""
    return session.scalar(select(func.count()).select_from(_waiting(plan).subquery())) or 0


def note(session: AnySession, plan: Plan, line: PlanLine, problem: str = "") -> None:
    """Note that a line's effect happened, or why it failed (not yet committed)."""
    plan.effect_number = line.number
    line.problem = problem
    session.flush()


def _waiting(plan: Plan) -> Select[PlanLine]:
    done = PlanLine.verdict == Verdict.DONE
    return select(PlanLine).where(PlanLine.plan_id == plan.id, done, PlanLine.number > plan.effect_number)
