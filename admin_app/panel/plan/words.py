"""A plan in words: what it does, what it would do, what it did."""

from __future__ import annotations

from admin_app import formatting
from admin_app.models.plan import Plan, PlanState, Verdict
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.resource import Resource
from admin_app.selection.selection import Selection

# Of lines of each verdict; `done` and `same` are the operation's.
_SAID = {
    Verdict.CHANGE: "to be {done}",
    Verdict.SAME: "{same}",
    Verdict.WRONG: "can't be {done}",
    Verdict.REFUSED: "not allowed",
    Verdict.DONE: "{done}",
    Verdict.OUTDATED: "changed by someone else since",
    Verdict.GONE: "deleted since",
    Verdict.FAILED: "failed",
}


def said_of(verdict: Verdict, operation: BulkOperation) -> str:
    """Say what becomes, or became, of the lines of a verdict."""
    return _SAID[verdict].format(done=operation.done, same=operation.same)


def title_of(plan: Plan, operation: BulkOperation, resource: Resource) -> str:
    """Say what the plan is about, by the state it is in."""
    of = counted(plan.counts.get(Verdict.CHANGE, 0), resource)
    match PlanState(plan.state):
        case PlanState.PLANNING:
            return f"{operation.verb} {resource.nouns}: making the plan"
        case PlanState.PLANNED:
            return f"{operation.verb} {of}?"
        case PlanState.AGREED:
            return f"{operation.verb} {resource.nouns}: under way"
        case _:
            done = counted(plan.counts.get(Verdict.DONE, 0), resource)
            return f"{done} {operation.done}"


def button_of(plan: Plan, operation: BulkOperation, resource: Resource) -> str:
    """Say how many records the button is about, "" where there is none to do anything with."""
    number = plan.counts.get(Verdict.CHANGE, 0)
    return f"{operation.verb} {counted(number, resource)}" if number else ""


def news_of(plan: Plan, resource: Resource) -> str:
    """Say by how many the plan differs from what the list said, "" for no difference."""
    total = sum(plan.counts.values())
    if plan.listed is None or plan.listed == total or plan.state == PlanState.PLANNING:
        return ""
    return (
        f"The list had {counted(plan.listed, resource)} when you chose them. This plan has {formatting.number(total)}."
    )


def scope_of(selection: Selection, resource: Resource, number: int | None) -> str:
    """Say which records a selection means: "20 posts: search “bike”, User is Ann"."""
    narrowed = [f"search “{selection.search}”"] if selection.search else []
    narrowed += [member.sentence() for member in selection.filters]
    what = resource.plural if number is None else counted(number, resource)
    return f"{what}: {', '.join(narrowed)}" if narrowed else what


def counted(number: int, resource: Resource) -> str:
    """Write a number of records."""
    return formatting.counted(number, resource.noun, resource.nouns)
