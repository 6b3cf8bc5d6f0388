"""Levels: what people mean by “can see” and “can edit”, as permissions on one resource. All other combinations are custom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from admin_app.domain.permissions.rights import ANY, Action

_SEE = (Action.LIST, Action.VIEW, Action.HISTORY, Action.EXPORT)
_EDIT = (*_SEE, Action.CREATE, Action.EDIT, Action.IMPORT, Action.BULK, Action.UNDO, Action.SHARE)
# Key, label and actions of each level; each has more than the one before.
_LEVELS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("see", "Can see", _SEE),
    ("edit", "Can edit", _EDIT),
    ("delete", "Can edit and delete", (*_EDIT, Action.DELETE)),
    ("all", "Everything", (ANY,)),
)
NOTHING, CUSTOM = "nothing", "custom"
# Between a resource and its level; no permission contains one.
_SIGN = "="
_WAS = "was"


@dataclass(frozen=True)
class Level:
    """A level of one resource: the word that the form sends, its label, and its permissions."""

    key: str
    label: str
    permissions: frozenset[str]


def levels_of(resource: str, known: Collection[str], nothing: str) -> Sequence[Level]:
    """Return the levels of a resource whose pages use these actions; `nothing` is the label of the lowest."""
    found = [Level(NOTHING, nothing, frozenset())]
    for key, label, given in _LEVELS:
        words = frozenset(f"{resource}:{one}" for one in given if one == ANY or one in known)
        if words and words != found[-1].permissions:
            found.append(Level(key, label, words))
    return found


def level_of(levels: Sequence[Level], held: Collection[str]) -> str:
    """Return the key of the level with exactly these permissions on the resource."""
    return next((one.key for one in levels if one.permissions == frozenset(held)), CUSTOM)


def word_of(resource: str, key: str) -> str:
    """Return the form's word for a level."""
    return f"{resource}{_SIGN}{key}"


def word_of_former(resource: str, key: str) -> str:
    """Return the form's word for the level that was shown: if it comes back unchanged, the single permissions count."""
    return word_of(resource, f"{_WAS}{_SIGN}{key}")


def applied(sent: Collection[str], levels: dict[str, Sequence[Level]]) -> list[str]:
    """Return the permissions that were sent. If the level of a resource was changed, it replaces that resource's single permissions."""
    words = [*sent]
    for resource, offered in levels.items():
        known = {*(one.key for one in offered), CUSTOM}
        said = {key for key in known if word_of(resource, key) in sent}
        was = {key for key in known if word_of_former(resource, key) in sent}
        chosen = next((one for one in offered if one.key in said - was), None)
        controls = {*(word_of(resource, key) for key in said), *(word_of_former(resource, key) for key in was)}
        words = [one for one in words if one not in controls]
        if chosen is not None:
            words = [one for one in words if not one.startswith(f"{resource}:")] + sorted(chosen.permissions)
    return words
