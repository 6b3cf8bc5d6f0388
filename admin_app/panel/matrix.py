"""What a role's form shows: resources by acts, the rows each resource lets a role keep to, and the fields of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from admin_app import text
from admin_app.domain import powers
from admin_app.domain.rights import ANY, Act, FieldRight, Grant, Rights
from admin_app.panel.registry import resources
from admin_app.panel.resource import ResourceView
from admin_app.panel.standing import standing

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
    """A resource's boxes, one under each head; None where the resource knows no such act."""

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


def acts() -> list[Act]:
    """Return the acts that some resource's pages ask for, in their order."""
    asked = {act for resource in resources() for act in resource.asked_acts()}
    return [act for act in Act if act in asked]


def heads() -> list[str]:
    """Name the columns."""
    return [*(act.value.capitalize() for act in acts()), "Everything"]


def lines(ticked: Collection[str]) -> list[MatrixRow]:
    """Return the boxes: first those that are for every resource."""
    own = [_line(one.endpoint, one.plural, one.asked_acts(), ticked) for one in resources()]
    return [_line(ANY, "Every resource", acts(), ticked), *own]


def left_out() -> str:
    """Say what a tick for every resource does not reach."""
    names = text.in_words([one.plural for one in resources() if one.is_guarded])
    return f"“Every resource” includes resources added later, but not {names}."


def _line(name: str, label: str, known: Collection[Act], ticked: Collection[str]) -> MatrixRow:
    found = [_tick(f"{name}:{act}", ticked) if act in known else None for act in acts()]
    return MatrixRow(label, (*found, _tick(f"{name}:{ANY}", ticked)))


def _tick(value: str, ticked: Collection[str]) -> Tick:
    # Rows and fields are asked about when the whole role is saved: one that keeps to some rows may be given with them.
    mine = Rights(tuple(Grant(one.permissions) for one in standing().rights.grants))
    is_open = mine.covers(Grant(frozenset({value})), guarded=powers.guarded())
    act = value.partition(":")[2]
    return Tick(value, "Everything" if act == ANY else act.capitalize(), value in ticked, is_open)


def row_choices(chosen: Collection[str]) -> list[tuple[str, list[Choice]]]:
    """Return one choice for each resource that declares row rules."""
    ruled = [one for one in resources() if one.row_rules]
    return [("", [_row_choice(one, chosen) for one in ruled])] if ruled else []


def _row_choice(resource: ResourceView, chosen: Collection[str]) -> Choice:
    held = [_rules(resource, act) for act in Act if resource.may(act)]
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


def _rules(resource: ResourceView, act: Act) -> frozenset[str] | None:
    return standing().rights.row_rules(act, resource.endpoint, guarded=resource.is_guarded)


def field_choices(chosen: Collection[str]) -> list[tuple[str, list[Choice]]]:
    """Return one choice for each field, by resource."""
    return [(one.plural, [_field_choice(one, name, chosen) for name in one.ruled_fields()]) for one in resources()]


def _field_choice(resource: ResourceView, name: str, chosen: Collection[str]) -> Choice:
    rights = standing().rights
    held = [rights.field(act, resource.endpoint, name, guarded=resource.is_guarded) for act in Act]
    least = min(one.strictness for one in held)
    path = f"{resource.endpoint}.{name}"
    free = Tick("", "Can edit", is_ticked=False, is_open=least == 0)
    others = (
        Tick(f"{path}:{right}", words, is_ticked=f"{path}:{right}" in chosen, is_open=least <= right.strictness)
        for right, words in FIELD_WORDS.items()
    )
    return Choice(str(resource.get_column_name(name)), (free, *others))
