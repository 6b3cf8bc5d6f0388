"""Options of the bulk commands: which records, and what happens to them, in the form that the pages would send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click
from werkzeug.datastructures import MultiDict

from admin_app.cli.filters import filter_of
from admin_app.cli.resource_names import resource_named
from admin_app.domain.records.deletion import Dependence, Fate
from admin_app.errors import InvalidRecord, PlanError, SelectionError
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.deletion.dependents import FATE, HEIR
from admin_app.panel.list.selections import plain_selection
from admin_app.panel.plan.operations.editing import editable_fields
from admin_app.panel.plan.operations.fields import CHANGE, CLEAR, HOW, SET, VALUE
from admin_app.panel.plan.operations.links import REPLACE
from admin_app.panel.registry import resources
from admin_app.selection.selection import Selection

# The parameter of the search in a list's address.
_SEARCH = "q"
# The option that stands for a control of a form.
_OPTIONS = {VALUE: "--set ", HOW: "--set ", FATE: "--", HEIR: "--"}


def access_named(name: str) -> Access:
    """Return the command's access to the resource of this name."""
    return access_to(resource_named(name, (one for one in resources() if one.is_open_to_bulk)))


def selected(access: Access, filters: Sequence[str], search: str) -> Selection:
    """Return the selected records; raise `SelectionError` if a filter is not valid."""
    asked = [filter_of(text) for text in filters] + ([(_SEARCH, search)] if search else [])
    selection = plain_selection(access, asked)
    if selection.problems:
        message = f"One filter isn't valid, so nothing was planned. {' '.join(selection.problems)}"
        raise SelectionError(message)
    return selection


def changes_sent(access: Access, values: Sequence[str], cleared: Sequence[str]) -> MultiDict[str, str]:
    """Return what the form of changes would send."""
    offered, sent = editable_fields(access, MultiDict()), MultiDict[str, str]()
    pairs = [(*_split(text), SET) for text in values] + [(name, "", CLEAR) for name in cleared]
    for name, value, how in pairs:
        if name not in offered:
            message = f"“{name}” cannot be changed; choose from {', '.join(offered)}"
            raise click.BadParameter(message, param_hint="--clear" if how == CLEAR else "--set")
        if how == SET and not offered[name].takes_value:
            sent.update({CHANGE: name, HOW + name: REPLACE, f"{REPLACE}.{name}": value})
        else:
            sent.update({CHANGE: name, HOW + name: how, VALUE + name: value})
    return sent


def fates_sent(access: Access, found: Sequence[Dependence], words: Sequence[str]) -> Mapping[str, str]:
    """Return what the form of a deletion would send.

    A scheduled command always names the same options: one for a relation without records this time is ignored.
    """
    sent: dict[str, str] = {}
    names = {f"--{one.name}": one.name for one in found}
    for option, value in _pairs(words):
        if option not in names and access.resource.is_to_many(option.removeprefix("--")):
            continue
        if option not in names:
            message = f"{option}: nothing of that kind depends on these records"
            raise click.UsageError(message)
        fate, _, heir = value.partition(":")
        sent |= {FATE + names[option]: fate, HEIR + names[option]: heir}
    return sent


@contextmanager
def named_options() -> Iterator[None]:
    """Report a problem with the option's name, as a form does at its control."""
    try:
        yield
    except InvalidRecord as error:
        for control, problem in error.problems.items():
            prefix, dot, name = control.partition(".")
            option = f"{_OPTIONS.get(prefix + dot, '--set ')}{name}" if dot else "--set"
            click.echo(f"{option}: {problem}", err=True)
        message = "Nothing was changed."
        raise PlanError(message) from error


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        message = f"a value looks like name=Ann, not “{text}”"
        raise click.BadParameter(message, param_hint="--set")
    return name, value


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Read options with their values: `--posts keep`, or `--posts=keep`."""
    rest = iter(words)
    for word in rest:
        option, equals, value = word.partition("=")
        value = value if equals else next(rest, "")
        if not option.startswith("--") or value.partition(":")[0] not in set(Fate):
            message = f"{word}: what happens to a relation looks like --posts keep, --posts give:7 or --posts delete"
            raise click.UsageError(message)
        yield option, value
