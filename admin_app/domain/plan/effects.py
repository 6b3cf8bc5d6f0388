"""Effects on the world outside, once for each line that was carried out: what no undo takes back.

A line's effect comes after the line's change is committed, and is noted after it came. Whoever is killed in between lets one
effect come twice at most: a mail too many is a smaller evil than one that nobody knows to be missing.
"""

from __future__ import annotations

from sqlalchemy import Select, func, select

from admin_app.extensions import AnySession
from admin_app.models.plan import Plan, PlanLine, Verdict


def next_line(session: AnySession, plan: Plan) -> PlanLine | None:
    """Return the next line whose effect is to come."""
    return session.scalars(_waiting(plan).order_by(PlanLine.number).limit(1)).first()


def number_waiting(session: AnySession, plan: Plan) -> int:
    """Count the lines that were carried out and whose effects are not."""
    return session.scalar(select(func.count()).select_from(_waiting(plan).subquery())) or 0


def note(session: AnySession, plan: Plan, line: PlanLine, problem: str = "") -> None:
    """Note that a line's effect came, or why it did not (not yet committed)."""
    plan.effect_number = line.number
    line.problem = problem
    session.flush()


def _waiting(plan: Plan) -> Select[PlanLine]:
    done = PlanLine.verdict == Verdict.DONE
    return select(PlanLine).where(PlanLine.plan_id == plan.id, done, PlanLine.number > plan.effect_number)
