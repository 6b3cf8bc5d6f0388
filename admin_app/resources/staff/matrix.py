"""The form of a role: for each resource its level, its single permissions, its row rule and its fields."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from admin_app import formatting
from admin_app.domain.permissions import privileges
from admin_app.domain.permissions.rights import ANY, Action, FieldRight, Grant, Rights
from admin_app.panel.access.access import access_to
from admin_app.panel.access.authority import authority
from admin_app.panel.registry import resources
from admin_app.panel.resource import Resource
from admin_app.resources.staff.levels import CUSTOM, Level, level_of, levels_of, word_of, word_of_former

EVERY = "Every list"
FIELD_WORDS = {FieldRight.READ_ONLY: "Can see", FieldRight.HIDDEN: "Hidden"}


@dataclass(frozen=True)
class Tick:
    """A box: its value and label, whether it is ticked, and whether the signed-in person may tick it."""

    value: str
    label: str
    is_ticked: bool
    is_open: bool


@dataclass(frozen=True)
class LevelOption:
    """A level to choose: the form's word, its label, and the boxes that it ticks."""

    value: str
    label: str
    is_chosen: bool
    is_open: bool
    ticks: str


@dataclass(frozen=True)
class Block:
    """A resource: its levels, the form's word for the present one, and the boxes of its single permissions."""

    name: str
    label: str
    levels: tuple[LevelOption, ...]
    former: str
    ticks: tuple[Tick, ...]

    @property
    def is_custom(self) -> bool:
        """Whether its permissions match no level."""
        return self.levels[-1].is_chosen


@dataclass(frozen=True)
class Choice:
    """One question with its answers."""

    label: str
    options: tuple[Tick, ...]

    @property
    def is_set(self) -> bool:
        """Whether an answer other than the first is chosen."""
        return any(one.is_ticked for one in self.options)


def actions() -> list[Action]:
    """Return the actions that the pages of any resource use, in order."""
    asked = {action for resource in resources() for action in resource.offered_actions}
    return [action for action in Action if action in asked]


def blocks(ticked: Collection[str]) -> list[Block]:
    """Return the choices for each resource, beginning with those for all."""
    places = {one.endpoint: one.plural for one in resources()}
    return [_block(name, places.get(name, EVERY), levels, ticked) for name, levels in levels_by_resource().items()]


def levels_by_resource() -> dict[str, Sequence[Level]]:
    """Return the levels of each resource, beginning with those for all."""
    own = {
        one.endpoint: levels_of(one.endpoint, one.offered_actions, "Nothing" if one.is_guarded else f"As “{EVERY}”")
        for one in resources()
    }
    return {ANY: levels_of(ANY, actions(), "Nothing"), **own}


def left_out() -> str:
    """Say what a tick for every list does not include."""
    names = formatting.in_words([one.plural for one in resources() if one.is_guarded])
    return f"“{EVERY}” includes lists added later, but not {names}."


def _block(name: str, label: str, levels: Sequence[Level], ticked: Collection[str]) -> Block:
    place = next((one for one in resources() if one.endpoint == name), None)
    known = [one for one in actions() if place is None or one in place.offered_actions]
    ticks = tuple(_tick(f"{name}:{one}", ticked) for one in (*known, ANY))
    is_open = {one.value for one in ticks if one.is_open}
    present = level_of(levels, [one.value for one in ticks if one.is_ticked])
    options = (
        LevelOption(
            word_of(name, one.key),
            one.label,
            is_chosen=one.key == present,
            is_open=one.permissions <= is_open,
            ticks=" ".join(sorted(one.permissions)),
        )
        for one in levels
    )
    custom = LevelOption(
        word_of(name, CUSTOM), "Custom: as selected below", is_chosen=present == CUSTOM, is_open=True, ticks=CUSTOM
    )
    return Block(name, label, (*options, custom), word_of_former(name, present), ticks)


def _tick(value: str, ticked: Collection[str]) -> Tick:
    # Rows and fields are checked when the whole role is saved: a role with a row rule may be given together with it.
    mine = Rights(tuple(Grant(one.permissions) for one in authority().rights.grants))
    is_open = mine.covers(Grant(frozenset({value})), guarded=privileges.guarded())
    action = value.partition(":")[2]
    return Tick(value, "Everything" if action == ANY else action.capitalize(), value in ticked, is_open)


def row_choices(chosen: Collection[str]) -> dict[str, list[Choice]]:
    """Return one choice for each resource that declares row rules, by the resource's name."""
    return {one.endpoint: [_row_choice(one, chosen)] for one in resources() if one.row_rules}


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


def field_choices(chosen: Collection[str]) -> dict[str, list[Choice]]:
    """Return one choice for each field, by the resource's name."""
    return {one.endpoint: [_field_choice(one, name, chosen) for name in one.ruled_fields()] for one in resources()}


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
