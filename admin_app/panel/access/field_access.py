"""Which fields of a resource a person sees, and which they may write: hidden, read-only or free."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy import inspect as inspect_mapper

from admin_app.db.attributes import read_by_computed
from admin_app.db.record import Record, title_of
from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.rights import FieldRight
from admin_app.panel.access.authority import Authority
from admin_app.panel.resource import Resource

# Columns that cannot be hidden: the key finds the record, and forms carry the version.
_IN_ADDRESSES_AND_FORMS = ("id", "version")


class Asked(Protocol):
    """What `FieldAccess` needs to know of a resource and of related ones; `Access` answers it."""

    resource: Resource
    authority: Authority

    def may(self, action: Action) -> bool:
        """Whether the person may do this with some record."""

    def looks(self) -> bool:
        """Whether the person may see records, or lists of them."""

    def seen(self) -> ColumnElement[bool] | None:
        """Return the condition on the rows that the person may see; None means every row."""

    def shows(self, name: str) -> bool:
        """Whether the person may see a field."""

    def shows_relation(self, name: str) -> bool:
        """Whether the person may know what a record belongs to."""

    def beyond(self, name: str) -> Asked | None:
        """Return the answers for a relation's other side."""


class FieldAccess:
    """The field rights of a person's roles on a resource, and what follows from them for related records."""

    def __init__(self, asked: Asked) -> None:
        """Keep the access that answers for the resource and related ones."""
        self._asked = asked
        self._resource = asked.resource

    def shows(self, name: str) -> bool:
        """Whether the person may see a field, or a related record's field ("user.email")."""
        first, _, rest = name.partition(".")
        if not self.is_shown(first):
            return False
        relation, other = self._resource.relation(first), self._asked.beyond(first)
        if relation is None:
            return name not in self._closed
        if other is None:
            return True
        if relation.is_many and not relation.is_links and not other.shows_relation(relation.back):
            return False
        # A column, a search or a sort by a related field would reveal something about hidden records.
        return other.looks() and (not rest or (other.seen() is None and other.shows(rest)))

    def is_shown(self, name: str) -> bool:
        """Whether the roles show a field, whatever it leads to."""
        return self.right_to(name, self._seeing) is not FieldRight.HIDDEN

    def right_to(self, name: str, actions: Sequence[Action]) -> FieldRight:
        """Return the most generous right to a field by any of these actions. A relation shares the right of its key's column.

        A relation over several columns reveals other relations over some of them: a desk of a branch reveals the branch.
        """
        tells = self._told_by.get(name, ())
        is_told = all(self._asked.shows(one) and self._right_to(one, actions) is not FieldRight.HIDDEN for one in tells)
        return self._right_to(name, actions) if is_told else FieldRight.HIDDEN

    def _right_to(self, name: str, actions: Sequence[Action]) -> FieldRight:
        if name in _IN_ADDRESSES_AND_FORMS:
            return FieldRight.FREE
        rights, one = self._asked.authority.rights, self._resource
        names = self._other_names.get(name, (name,))
        if self._limited.isdisjoint(names):
            return FieldRight.FREE if any(map(self._asked.may, actions)) else FieldRight.HIDDEN
        by_act = (
            max((rights.field(action, one.endpoint, each, guarded=one.is_guarded) for each in names), key=_strictness)
            for action in actions
        )
        return min(by_act, key=_strictness, default=FieldRight.HIDDEN)

    def named_by(self) -> Sequence[str]:
        """Return the columns that make a record's name: every column, if the model does not say."""
        model = self._resource.model
        if model.named_by is not None or model.__str__ is Record.__str__:
            return model.named_by or list(filter(None, [title_of(model)]))
        return list(inspect_mapper(model).column_attrs.keys())

    @cached_property
    def _seeing(self) -> tuple[Action, ...]:
        """The actions by which the person sees fields: viewing and listing if they may, otherwise every action that they may take."""
        looking = tuple(action for action in (Action.VIEW, Action.LIST) if self._asked.may(action))
        return looking or tuple(action for action in Action if self._asked.may(action))

    @cached_property
    def _limited(self) -> set[str]:
        return self._asked.authority.rights.limited_fields(self._resource.endpoint)

    @cached_property
    def _other_names(self) -> dict[str, tuple[str, ...]]:
        """Names that share a right: a relation and its key, a computed column and the columns that it reads."""
        computed = read_by_computed(self._resource.model)
        found: dict[str, tuple[str, ...]] = {name: (name, *columns) for name, columns in computed.items()}
        for relation in self._resource.relations.values():
            if not relation.is_many:
                names = (relation.key, *relation.own_names)
                # A column may belong to several relations: it is hidden if one of them is.
                found |= {name: (*found.get(name, ()), *names) for name in names}
        return found

    @cached_property
    def _closed(self) -> set[str]:
        """The columns of relations that the person may not know, without those that a visible relation uses too."""
        ties = [one for one in self._resource.relations.values() if not one.is_many]
        shown = {one.key for one in ties if self.shows(one.key)}
        told = {name for one in ties if one.key in shown for name in one.own_names}
        return {name for one in ties if one.key not in shown for name in one.own_names} - told

    @cached_property
    def _told_by(self) -> dict[str, list[str]]:
        """The to-one relations that reveal another relation, because they share columns with it."""
        ties = {one.key: {*one.own_columns} for one in self._resource.relations.values() if not one.is_many}
        found = {name: [key for key, some in ties.items() if some < columns] for name, columns in ties.items()}
        return {name: keys for name, keys in found.items() if keys}


def _strictness(right: FieldRight) -> int:
    return right.strictness
