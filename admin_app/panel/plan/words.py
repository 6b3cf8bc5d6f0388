"""The words of a plan: its title, its buttons, its verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from admin_app import formatting
from admin_app.db.json_values import recorded_models
from admin_app.domain.naming import names_of
from admin_app.domain.plan import effects
from admin_app.extensions import db
from admin_app.models.change_set import Did
from admin_app.models.plan import ENDED, Plan, PlanState, Verdict, open_lines
from admin_app.panel.plan.operation import SAME, is_deletion
from admin_app.panel.plan.operations import deleting
from admin_app.panel.resource import Resource
from admin_app.selection.selection import Selection

# The control for the reason, and the problem if it is required and empty.
REASON, NO_REASON = "reason", "Enter the reason for this change."
# The words for each verdict; `done` and `same` come from the operation.
_SAID = {
    Verdict.CHANGE: "to be {changed}",
    Verdict.NEW: "to be added",
    Verdict.SAME: "{same}",
    Verdict.WRONG: "can't be {done}",
    Verdict.REFUSED: "not allowed",
    Verdict.LEFT: "left out",
    Verdict.DONE: "{done}",
    Verdict.OUTDATED: "changed since",
    Verdict.GONE: "deleted since",
    Verdict.FAILED: "failed",
}


def verdict_in_words(plan: Plan, verdict: Verdict) -> str:
    """Say what will happen, or happened, to the lines of a verdict."""
    done = plan.arguments["done"]
    return _SAID[verdict].format(
        done=done, changed=plan.arguments.get("changed", done), same=plan.arguments.get("same", SAME)
    )


def title_of(plan: Plan, resource: Resource) -> str:
    """Return the plan's title, which depends on its state."""
    verb, of = plan.arguments["verb"], counted(open_lines(plan.counts), resource)
    match PlanState(plan.state):
        case PlanState.PLANNING:
            return f"{verb} {resource.nouns}: making the plan"
        case PlanState.PLANNED:
            return f"{verb} {of}?" if open_lines(plan.counts) else f"{verb} {resource.nouns}: nothing to do"
        case PlanState.AGREED:
            return f"{verb} {resource.nouns}: under way"
        case _:
            done = counted(plan.counts.get(Verdict.DONE, 0), resource)
            return f"{done} {plan.arguments['done']}"


def button_of(plan: Plan, resource: Resource) -> str:
    """Return the label of the button to agree, with the number of records; "" if there is nothing to do."""
    number = open_lines(plan.counts)
    return f"{plan.arguments['verb']} {counted(number, resource)}" if number else ""


def go_on_of(plan: Plan, resource: Resource) -> str:
    """Return the label of the button to resume a stopped plan; "" if nothing is left."""
    has_effects_left = bool(plan.arguments["effect"]) and effects.number_waiting(db.session, plan) > 0
    return button_of(plan, resource) or ("Continue" if has_effects_left else "")


def what_of(plan: Plan) -> Sequence[tuple[str, str]]:
    """Return what the plan does, as label and value.

    A finished deletion that left some records shows what was really done to the dependents instead, by table.
    """
    if not (is_deletion(plan) and plan.state in ENDED) or plan.counts.keys() <= {Verdict.DONE}:
        told: Sequence[tuple[str, str]] = plan.arguments["what"]
        return told
    done = Counter({(what, table): number for what, table, number in plan.tally})
    # The title counts the deleted records; here only their dependents count.
    done[Did.DELETE, plan.model] -= plan.counts.get(Verdict.DONE, 0)
    return [
        (formatting.counted(number, *names_of(recorded_models()[table])), Did(what).past)
        for (what, table), number in done.items()
        if number > 0 and table in recorded_models()
    ]


def for_good_of(plan: Plan, resource: Resource) -> str:
    """Say which records a deletion deletes, or deleted, for good; "" where an undo brings all back.

    Other plans change only what the history keeps.
    """
    is_told = is_deletion(plan) and _does_something(plan)
    return " ".join(deleting.told_for_good(resource.model, plan.arguments["fields"])) if is_told else ""


def effect_of(plan: Plan) -> str:
    """Say what the plan does, or did, outside the database, where no undo takes it back; "" for nothing."""
    said: str = plan.arguments["effect"]
    return said if _does_something(plan) else ""


def _does_something(plan: Plan) -> bool:
    return plan.state not in ENDED or plan.counts.get(Verdict.DONE, 0) > 0


def news_of(plan: Plan, resource: Resource) -> str:
    """Say how the number of lines differs from what the list showed; "" if it doesn't."""
    total = sum(plan.counts.values())
    if plan.listed is None or plan.listed == total or plan.state == PlanState.PLANNING:
        return ""
    return (
        f"The list had {counted(plan.listed, resource)} when you chose them. This plan has {formatting.number(total)}."
    )


def now_of(plan: Plan, resource: Resource) -> str:
    """Say how many records to give away have a related record now: "571 have no user, 21 have another one"; "" for other operations."""
    relation = next((one for one in resource.givers() if plan.fields == resource.relations[one].own_names), "")
    if not relation or plan.empty is None or plan.state != PlanState.PLANNED:
        return ""
    filled, label = plan.counts.get(Verdict.CHANGE, 0) - plan.empty, formatting.in_sentence(resource.label(relation))
    none = f"{formatting.number(plan.empty)} {'has' if plan.empty == 1 else 'have'} no {label} now"
    some = f"{formatting.number(filled)} {'has' if filled == 1 else 'have'} another {label} now"
    return ", ".join([*([none] if plan.empty else []), *([some] if filled else [])])


def scope_in_words(selection: Selection, resource: Resource, number: int | None) -> str:
    """Describe a selection: "20 selected posts: search “bike”, User is Ann"."""
    narrowed = [f"search “{selection.search}”"] if selection.search else []
    narrowed += [member.sentence() for member in selection.filters if not member.problem]
    # As in the list, no row is selected then.
    narrowed += ["a filter that isn't valid"] if selection.problems else []
    selected = "selected " if selection.ticks else ""
    what = (
        formatting.sentence_case(f"{selected}{resource.nouns}") if number is None else _of(number, selected, resource)
    )
    return f"{what}: {', '.join(narrowed)}" if narrowed else what


def _of(number: int, selected: str, resource: Resource) -> str:
    return formatting.counted(number, f"{selected}{resource.noun}", f"{selected}{resource.nouns}")


def counted(number: int, resource: Resource) -> str:
    """Return a number of records in words."""
    return formatting.counted(number, resource.noun, resource.nouns)
