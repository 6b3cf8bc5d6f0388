"""`manage.py edit`, `manage.py delete` and `manage.py plan`: change many records by a plan that is carried out after agreement."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import click
from flask.cli import with_appcontext

from admin_app import formatting
from admin_app.cli.plan_options import access_named, changes_sent, fates_sent, named_options, selected
from admin_app.cli.streams import STANDARD, to_standard_output, write_to
from admin_app.context import writing
from admin_app.db.transaction import transaction
from admin_app.domain.plan import plan as plans
from admin_app.errors import NotFoundError, PlanError
from admin_app.extensions import db
from admin_app.formatting import in_sentence
from admin_app.jobs.runner import Progress
from admin_app.models.change_set import LONGEST_REASON
from admin_app.models.plan import OPEN, Plan, PlanState, Verdict, open_lines
from admin_app.panel.access.access import Access
from admin_app.panel.plan import words
from admin_app.panel.plan.jobs import PlanWork
from admin_app.panel.plan.making import begin_plan
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.plan.operations.deleting import dependences_of_selection, requested_deletion
from admin_app.panel.plan.operations.editing import read_edit
from admin_app.panel.plan.report import change_in_words, report_of
from admin_app.panel.registry import resource_at
from admin_app.panel.resource import Resource
from admin_app.selection.selection import Selection

# How many lines are printed; `plan report` writes all.
SHOWN = 10


@dataclass(frozen=True)
class Agreement:
    """How far a command goes: it prints the plan, asks, or carries it out."""

    is_plan: bool
    is_yes: bool
    reason: str

    def __post_init__(self) -> None:
        """Refuse contradictory options and a reason that is too long."""
        if self.is_plan and self.is_yes:
            message = "--plan changes nothing and --yes does: choose one of them"
            raise click.UsageError(message)
        if len(self.reason) > LONGEST_REASON:
            message = f"the reason must be {LONGEST_REASON} characters or fewer; it has {len(self.reason)}"
            raise click.BadParameter(message, param_hint="--reason")


def _asking(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of every bulk command."""
    options = (
        click.option("--yes", "is_yes", is_flag=True, help="Carry it out without asking."),
        click.option("--plan", "is_plan", is_flag=True, help="Print what would happen, and change nothing."),
        click.option("--reason", default="", help="Why, for the history."),
        click.option("--search", default="", metavar="TEXT", help="The search of a list."),
        click.option("--filter", "filters", multiple=True, metavar="KEY=VALUE", help="A filter of a list's address."),
    )
    for option in options:
        command = option(command)
    return command


@click.command()
@click.argument("resource")
@_asking
@click.option(
    "--set", "values", multiple=True, metavar="FIELD=VALUE", help="Give a field this value; a record by its ID."
)
@click.option("--clear", "cleared", multiple=True, metavar="FIELD", help="Leave a field without a value.")
@with_appcontext
def edit(  # noqa: PLR0917 -- click hands them over by name
    resource: str,
    filters: tuple[str, ...],
    search: str,
    reason: str,
    values: tuple[str, ...],
    cleared: tuple[str, ...],
    *,
    is_plan: bool,
    is_yes: bool,
) -> None:
    """Change fields of many records of RESOURCE: of all of them, or of those that match --filter and --search."""
    agreement, access = Agreement(is_plan, is_yes, reason), access_named(resource)
    selection = selected(access, filters, search)
    with named_options():
        operation = read_edit(access, changes_sent(access, values, cleared))
    _act(access, selection, operation, agreement)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("resource")
@_asking
@click.argument("fates", nargs=-1, type=click.UNPROCESSED, metavar="[--RELATION keep|give:ID|delete]...")
@with_appcontext
def delete(
    resource: str,
    filters: tuple[str, ...],
    search: str,
    reason: str,
    fates: tuple[str, ...],
    *,
    is_plan: bool,
    is_yes: bool,
) -> None:
    """Delete many records of RESOURCE: all of them, or those that match --filter and --search.

    Records that depend on them are kept, given to another record, or deleted too: --posts keep, --posts give:7,
    --posts delete. Where the model decides it, nothing is asked.
    """
    agreement, access = Agreement(is_plan, is_yes, reason), access_named(resource)
    selection = selected(access, filters, search)
    found = dependences_of_selection(access, selection)
    with named_options():
        operation = requested_deletion(access, selection, found, fates_sent(access, found, fates))
    _act(access, selection, operation, agreement)


@click.group()
def plan() -> None:
    """Look at plans: everybody's, as long as they are kept."""


@plan.command()
@click.argument("number", metavar="ID", type=int)
@with_appcontext
def show(number: int) -> None:
    """Print what a plan would do, or did."""
    show_plan(_plan(number))


@plan.command()
@click.argument("number", metavar="ID", type=int)
@with_appcontext
def report(number: int) -> None:
    """Write every line of a plan to standard output, as CSV."""
    write_to(STANDARD, report_of(db.engine, _plan(number).id))


def _act(access: Access, selection: Selection, operation: BulkOperation, agreement: Agreement) -> None:
    """Make a plan, print it, and carry it out if the options or the person agree."""
    with writing(), transaction(db.session):
        scope = words.scope_in_words(selection, access.resource, None)
        made = begin_plan(access, selection, operation, scope=scope, listed=None, staff_id=None)
        plan_id = made.id
    work = PlanWork(plan_id, None, Progress())
    work.make_lines()
    show_plan(_plan(plan_id))
    if agreement.is_plan:
        return
    if agreed(_plan(plan_id), access, agreement):
        work.carry_out()
        show_plan(_plan(plan_id))
    _require_nothing_left(_plan(plan_id), access.resource)


def agreed(made: Plan, access: Access, agreement: Agreement) -> bool:
    """Agree to a plan (committed) by the options or by asking; return whether there is anything to do.

    Raises `PlanError` if nobody agrees.
    """
    if not open_lines(made.counts):
        return False
    _require_agreement(made, access, agreement)
    with writing(), transaction(db.session):
        plans.agree(db.session, _plan(made.id), reason=agreement.reason)
    return True


def _require_agreement(made: Plan, access: Access, agreement: Agreement) -> None:
    """Ask for the number on a terminal; raise `PlanError` if nobody agrees."""
    if access.needs_reason and not agreement.reason:
        message = "Nothing was changed: enter the reason for this change with --reason."
        raise PlanError(message)
    if agreement.is_yes:
        return
    number = open_lines(made.counts)
    if not sys.stdin.isatty():
        message = "Nothing was changed: add --yes to carry it out."
        raise PlanError(message)
    if click.prompt(f"Type {number} to {in_sentence(words.button_of(made, access.resource))}", err=True) != str(number):
        message = "Nothing was changed."
        raise PlanError(message)


def _require_nothing_left(done: Plan, resource: Resource) -> None:
    """Raise `PlanError` if some records could not be changed."""
    left = sum(number for verdict, number in done.counts.items() if verdict not in {Verdict.DONE, Verdict.SAME})
    if left:
        message = f"{words.counted(left, resource)} could not be {done.arguments['done']}: see manage.py plan report {done.id}."
        raise PlanError(message)


def show_plan(made: Plan) -> None:
    """Print a plan: what it does, its counts with the reasons, and its first lines."""
    resource = resource_at(made.resource)
    if resource is None:
        message = f"The dashboard no longer has {made.resource} records."
        raise NotFoundError(message)
    with to_standard_output():
        click.echo(f"Plan {made.id}: {words.title_of(made, resource)}")
        click.echo(made.scope)
        for label, text in words.what_of(made):
            click.echo(f"{label}: {text}")
        if told := words.for_good_of(made, resource):
            click.echo(told)
        for verdict in Verdict:
            if number := made.counts.get(verdict):
                click.echo(f"{formatting.number(number)} {words.verdict_in_words(made, verdict)}")
                _print_reasons(made, verdict)
        if made.state != PlanState.DONE:
            _print_lines(made)


def _print_reasons(made: Plan, verdict: Verdict) -> None:
    for of, reason, number in made.reasons:
        if of == verdict:
            click.echo(f"  {formatting.number(number)}: {reason}")


def _print_lines(made: Plan) -> None:
    """Print the first lines that would be carried out."""
    lines = plans.lines(db.session, made, verdicts=OPEN, limit=SHOWN)
    for one in lines:
        which = f"Row {one.number}" if one.record_id is None else f"ID {one.record_id}"
        click.echo(f"  {': '.join(filter(None, (which, change_in_words(one.before, one.after))))}")
    if (more := open_lines(made.counts) - len(lines)) > 0:
        click.echo(f"  and {formatting.number(more)} more")


def _plan(number: int) -> Plan:
    """Return a plan; raise `NotFoundError` if there is none."""
    found = db.session.get(Plan, number, populate_existing=True)
    if found is None:
        message = f"There is no plan {number}, or it is kept no longer."
        raise NotFoundError(message)
    return found
