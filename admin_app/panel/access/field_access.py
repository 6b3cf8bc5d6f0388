"""Which fields of a resource a person sees, and which they may write: hidden, read-only or free."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm.interfaces import RelationshipDirection

from admin_app.domain.permissions import Act
from admin_app.domain.rights import FieldRight
from admin_app.models.base import Record
from admin_app.panel.access.principal import Principal
from admin_app.panel.relations import foreign_key_of
from admin_app.panel.resource import Resource

# Hidden, they would be read there: by the one records are found, by the other forms know what they were drawn from.
_IN_ADDRESSES_AND_FORMS = ("id", "version")


class Asked(Protocol):
    """What is asked of a resource when its fields are, and of the one on a relation's other side: `Access` answers it."""

    resource: Resource
    principal: Principal

    def may(self, act: Act) -> bool:
        """Whether the person may do this with some record."""

    def looks(self) -> bool:
        """Whether the person may see records, or lists of them."""

    def seen(self) -> ColumnElement[bool] | None:
        """Return the condition on the rows that the person may see; None: all."""

    def shows(self, name: str) -> bool:
        """Whether the person may see a field."""

    def shows_relation(self, name: str) -> bool:
        """Whether the person may know what a record belongs to."""

    def beyond(self, name: str) -> Asked | None:
        """Return the same of a relation's other side."""


class FieldAccess:
    """The roles' field rights, and what they give of related resources."""

    def __init__(self, asked: Asked) -> None:
        """Keep whose fields of what they are."""
        self._asked = asked
        self._resource = asked.resource

    def shows(self, name: str) -> bool:
        """Whether the person may see a field, or a related record's ("user.email")."""
        first, _, rest = name.partition(".")
        if not self.is_shown(first):
            return False
        relation, other = self._resource.relation(first), self._asked.beyond(first)
        if relation is None or other is None:
            return True
        if relation.uselist and not other.shows_relation(relation.back_populates or ""):
            return False
        # A column, a search or a sort by it would tell something about records that are not shown.
        return other.looks() and (not rest or (other.seen() is None and other.shows(rest)))

    def is_shown(self, name: str) -> bool:
        """Whether the roles leave a field by itself to be seen."""
        return self.right_to(name, self._seeing) is not FieldRight.HIDDEN

    def right_to(self, name: str, acts: Sequence[Act]) -> FieldRight:
        """Return the most generous right to a field by any of these acts. A relation is also the column of its key."""
        if name in _IN_ADDRESSES_AND_FORMS:
            return FieldRight.FREE
        rights, one = self._asked.principal.rights, self._resource
        names = self._other_names.get(name, (name,))
        by_act = (
            max((rights.field(act, one.endpoint, each, guarded=one.is_guarded) for each in names), key=_strictness)
            for act in acts
        )
        return min(by_act, key=_strictness, default=FieldRight.HIDDEN)

    def named_by(self) -> Sequence[str]:
        """Name the columns that make a record's name: all of them, where the model does not say."""
        model = self._resource.model
        if model.named_by is not None or model.__str__ is Record.__str__:
            return model.named_by or ([model.title] if model.title else [])
        return list(inspect_mapper(model).column_attrs.keys())

    @cached_property
    def _seeing(self) -> tuple[Act, ...]:
        """The acts by which the person sees something here: of who may only do other things, those."""
        looking = tuple(act for act in (Act.VIEW, Act.LIST) if self._asked.may(act))
        return looking or tuple(act for act in Act if self._asked.may(act))

    @cached_property
    def _other_names(self) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for relation in self._resource.relations.values():
            if relation.direction is RelationshipDirection.MANYTOONE:
                names = (relation.key, str(foreign_key_of(relation).key))
                found |= dict.fromkeys(names, names)
        return found


def _strictness(right: FieldRight) -> int:
    return right.strictness
