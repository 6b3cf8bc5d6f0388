"""Rights as values: which actions on which resources, on which rows and fields. Pure: knows no person, table or page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

# Stands for every action, or for every resource.
ANY = "*"
_NOTHING: Mapping[str, str] = MappingProxyType({})
_ALL_FREE: Mapping[str, FieldRight] = MappingProxyType({})


class Action(StrEnum):
    """What can be done with the records of a resource."""

    LIST = "list"
    VIEW = "view"
    HISTORY = "history"
    EXPORT = "export"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    IMPORT = "import"
    BULK = "bulk"
    UNDO = "undo"
    # Share a saved view with a role or everyone: it appears in their navigation. Everybody may save their own views.
    SHARE = "share"

    # Every look-up of a right hashes an action, and an enum's own hash runs in Python.
    __hash__ = str.__hash__


class FieldRight(StrEnum):
    """What may be done with one field, the most generous first."""

    FREE = "free"
    READ_ONLY = "read_only"
    HIDDEN = "hidden"

    @property
    def strictness(self) -> int:
        """The rank of the right: the higher, the less it allows."""
        return _STRICTNESS[self]


_STRICTNESS = {right: place for place, right in enumerate(FieldRight)}


@dataclass(frozen=True)
class Grant:
    """What one role gives. Permissions are "post:edit", "post:*", "*:edit" or "*:*"; resources go by their endpoints."""

    permissions: frozenset[str]
    # The name of the row rule, by resource; a resource without an entry: every row.
    rows: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    # "post.content": the right to the field; a field without an entry is not limited.
    fields: Mapping[str, FieldRight] = field(default_factory=lambda: _ALL_FREE)
    # Whether people with the role have to give a reason before they change many records at once: the only duty that a
    # role adds.
    needs_reason: bool = False

    def allows(self, action: str, resource: str, *, guarded: bool) -> bool:
        """Whether the grant includes the action. Only a resource's own name or "*:*" opens a guarded resource, never "*:view"."""
        held = self.permissions
        if f"{resource}:{action}" in held or f"{resource}:{ANY}" in held or EVERYTHING in held:
            return True
        return not guarded and f"{ANY}:{action}" in held


@dataclass(frozen=True)
class Rights:
    """A person's rights: everything that any of their roles gives."""

    grants: tuple[Grant, ...] = ()

    @property
    def has_everything(self) -> bool:
        """Whether these are all the rights that exist, as an owner has."""
        return any(EVERYTHING in one.permissions and not one.rows and not one.fields for one in self.grants)

    @property
    def needs_reason(self) -> bool:
        """Whether the person has to give a reason before they change many records at once, because one of their roles demands it."""
        return any(one.needs_reason for one in self.grants)

    def may(self, action: str, resource: str, *, guarded: bool = False) -> bool:
        """Whether the action is allowed on at least some rows of the resource."""
        return any(one.allows(action, resource, guarded=guarded) for one in self.grants)

    def row_rules(self, action: str, resource: str, *, guarded: bool = False) -> frozenset[str] | None:
        """Return the row rules, of which a row must match any; None for every row, an empty set for no row."""
        found = [one.rows.get(resource) for one in self._allowing(action, resource, guarded=guarded)]
        return None if None in found else frozenset(name for name in found if name is not None)

    def field(self, action: str, resource: str, name: str, *, guarded: bool = False) -> FieldRight:
        """Return the most generous right to a field among the grants that allow the action here; hidden if none does."""
        path = f"{resource}.{name}"
        held = (one.fields.get(path, FieldRight.FREE) for one in self._allowing(action, resource, guarded=guarded))
        return min(held, key=lambda one: one.strictness, default=FieldRight.HIDDEN)

    def covers(self, other: Rights | Grant, *, guarded: Collection[str] = ()) -> bool:
        """Whether the other rights are all contained in these, rows and fields included; `guarded` names the guarded resources.

        It checks every action on every resource that either names, and on one plain and one guarded resource that
        neither names: these stand for all others, present and future.
        """
        if self.has_everything:
            return True
        asked = Rights((other,)) if isinstance(other, Grant) else other
        named = {*self.named(), *asked.named(), *guarded} - {ANY}
        places = [*((name, name in guarded) for name in named), ("", False), ("", True)]
        return all(
            self._covers(asked, action, name, guarded=is_guarded) for name, is_guarded in places for action in Action
        )

    def _covers(self, other: Rights, action: Action, resource: str, *, guarded: bool) -> bool:
        if not other.may(action, resource, guarded=guarded):
            return True
        if not self.may(action, resource, guarded=guarded):
            return False
        if other._asks_no_reason(action, resource, guarded=guarded) and not self._asks_no_reason(
            action, resource, guarded=guarded
        ):
            return False
        mine = self.row_rules(action, resource, guarded=guarded)
        theirs = other.row_rules(action, resource, guarded=guarded)
        if mine is not None and (theirs is None or not theirs <= mine):
            return False
        return all(
            self.field(action, resource, name, guarded=guarded).strictness
            <= other.field(action, resource, name, guarded=guarded).strictness
            for name in self.limited_fields(resource)
        )

    def _asks_no_reason(self, action: Action, resource: str, *, guarded: bool) -> bool:
        """Whether one of the grants by itself lets many records be changed without a reason."""
        found = self._allowing(action, resource, guarded=guarded)
        return action == Action.BULK and any(not one.needs_reason for one in found)

    def _allowing(self, action: str, resource: str, *, guarded: bool) -> Iterator[Grant]:
        return (one for one in self.grants if one.allows(action, resource, guarded=guarded))

    def named(self) -> Iterable[str]:
        """Yield the resources that the grants name."""
        for one in self.grants:
            yield from (permission.partition(":")[0] for permission in one.permissions)
            yield from one.rows
            yield from (path.partition(".")[0] for path in one.fields)

    def limited_fields(self, resource: str) -> set[str]:
        """Return the fields that the grants name; every other field is unlimited if the action is allowed."""
        paths = (path.partition(".") for one in self.grants for path in one.fields)
        return {name for place, _, name in paths if place == resource}


EVERYTHING = f"{ANY}:{ANY}"
NO_RIGHTS = Rights()
