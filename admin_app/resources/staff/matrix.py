"""What a role's form shows: resources by actions, the rows each resource lets a role keep to, and the fields of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from admin_app import formatting
from admin_app.domain.permissions import privileges
from admin_app.domain.permissions.rights import ANY, Action, FieldRight, Grant, Rights
from admin_app.panel.access.access import access_to
from admin_app.panel.access.authority import authority
from admin_app.panel.registry import resources
from admin_app.panel.resource import Resource

FIELD_WORDS = {FieldRight.READ_ONLY: "Can see", FieldRight.HIDDEN: "Hidden"}


@dataclass(frozen=True)
class Tick:
    """A box: its value, what it says, whether it is ticked, and whether the person at the screen may tick it."""

    value: str
    label: str
    is_ticked: bool
    is_open: bool


@dataclass(frozen=True)
class MatrixRow:
    """A resource's boxes, one under each head; None where the resource knows no such action."""

    label: str
    ticks: tuple[Tick | None, ...]


@dataclass(frozen=True)
class Choice:
    """One question with its answers."""

    label: str
    options: tuple[Tick, ...]

    @property
    def is_set(self) -> bool:
        """Whether something else than the first answer is chosen."""
        return any(one.is_ticked for one in self.options)


def actions() -> list[Action]:
    """Return the actions that some resource's pages ask for, in their order."""
    asked = {action for resource in resources() for action in resource.offered_actions}
    return [action for action in Action if action in asked]


def heads() -> list[str]:
    """Name the columns."""
    return [*(action.value.capitalize() for action in actions()), "Everything"]


def lines(ticked: Collection[str]) -> list[MatrixRow]:
    """Return the boxes: first those that are for every resource."""
    own = [_line(one.endpoint, one.plural, one.offered_actions, ticked) for one in resources()]
    return [_line(ANY, "Every resource", actions(), ticked), *own]


def left_out() -> str:
    """Say what a tick for every resource does not reach."""
    names = formatting.in_words([one.plural for one in resources() if one.is_guarded])
    return f"“Every resource” includes resources added later, but not {names}."


def _line(name: str, label: str, known: Collection[Action], ticked: Collection[str]) -> MatrixRow:
    found = [_tick(f"{name}:{action}", ticked) if action in known else None for action in actions()]
    return MatrixRow(label, (*found, _tick(f"{name}:{ANY}", ticked)))


def _tick(value: str, ticked: Collection[str]) -> Tick:
    # Rows and fields are asked about when the whole role is saved: one that keeps to some rows may be given with them.
    mine = Rights(tuple(Grant(one.permissions) for one in authority().rights.grants))
    is_open = mine.covers(Grant(frozenset({value})), guarded=privileges.guarded())
    action = value.partition(":")[2]
    return Tick(value, "Everything" if action == ANY else action.capitalize(), value in ticked, is_open)


def row_choices(chosen: Collection[str]) -> list[tuple[str, list[Choice]]]:
    """Return one choice for each resource that declares row rules."""
    ruled = [one for one in resources() if one.row_rules]
    return [("", [_row_choice(one, chosen) for one in ruled])] if ruled else []


def _row_choice(resource: Resource, chosen: Collection[str]) -> Choice:
    held = [_rules(resource, action) for action in Action if access_to(resource).may(action)]
    every = Tick("", "All records", is_ticked=False, is_open=None in held)
    rules = (
        Tick(
            f"{resource.endpoint}:{name}",
            rule.label,
            is_ticked=f"{resource.endpoint}:{name}" in chosen,
            is_open=any(names is None or name in names for names in held),
        )
        for name, rule in resource.row_rules.items()
    )
    return Choice(resource.plural, (every, *rules))


def _rules(resource: Resource, action: Action) -> frozenset[str] | None:
    return authority().rights.row_rules(action, resource.endpoint, guarded=resource.is_guarded)


def field_choices(chosen: Collection[str]) -> list[tuple[str, list[Choice]]]:
    """Return one choice for each field, by resource."""
    return [(one.plural, [_field_choice(one, name, chosen) for name in one.ruled_fields()]) for one in resources()]


def _field_choice(resource: Resource, name: str, chosen: Collection[str]) -> Choice:
    rights = authority().rights
    held = [rights.field(action, resource.endpoint, name, guarded=resource.is_guarded) for action in Action]
    least = min(one.strictness for one in held)
    path = f"{resource.endpoint}.{name}"
    free = Tick("", "Can edit", is_ticked=False, is_open=least == 0)
    others = (
        Tick(f"{path}:{right}", words, is_ticked=f"{path}:{right}" in chosen, is_open=least <= right.strictness)
        for right, words in FIELD_WORDS.items()
    )
    return Choice(str(resource.label(name)), (free, *others))
