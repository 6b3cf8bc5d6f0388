"""Which fields of a resource the person at hand sees, and which they may write: the one answer for every page and file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm.interfaces import RelationshipDirection

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.rights import FieldRight
from admin_app.panel.engine import Engine, foreign_key_of
from admin_app.panel.registry import resource_of
from admin_app.panel.standing import standing

# Hidden, they would be read there: by the one records are found, by the other forms know what they were drawn from.
_IN_ADDRESSES_AND_FORMS = ("id", "version")


class FieldRights(Engine):
    """Hidden, read-only or free: by the roles' field rights, and by what they give of related resources."""

    def seen(self) -> ColumnElement[bool] | None:
        """Return the condition on the rows that the person may see at all; None: every row."""
        raise NotImplementedError

    def seeing(self) -> tuple[Action, ...]:
        """Return the acts by which the person sees something here: of who may only do other things, those."""
        return standing().implies((self.endpoint, "seeing"), self._seeing)

    def looks(self) -> bool:
        """Whether the person may see records here, or lists of them."""
        return self.may(Action.VIEW) or self.may(Action.LIST)

    def shows(self, name: str) -> bool:
        """Whether the person may see a field, or a related record's ("user.email"): that one only who may see all of those."""
        person = standing()
        return person.is_unbound or person.implies((self.endpoint, "shows", name), lambda: self._shows(name))

    def shows_relation(self, name: str) -> bool:
        """Whether the person may know what a record belongs to: its parent's page and numbers would tell it too."""
        return not name or self.right_to(name, self.seeing()) is not FieldRight.HIDDEN

    def shown(self, names: Iterable[str]) -> list[str]:
        """Return those of these fields that the person may see."""
        return [name for name in names if self.shows(name)]

    def may_write(self, name: str, act: Action) -> bool:
        """Whether the person may give a field another value by this act. Nobody writes what they do not see."""
        return standing().implies(
            (self.endpoint, "writes", name, act),
            lambda: self.shows(name) and self.right_to(name, [act]) is FieldRight.FREE,
        )

    def right_to(self, name: str, acts: Sequence[Action]) -> FieldRight:
        """Return the most generous right to a field by any of these acts. A relation is also the column of its key."""
        if name in _IN_ADDRESSES_AND_FORMS:
            return FieldRight.FREE
        rights = standing().rights
        names = self._other_names.get(name, (name,))
        by_act = (
            max((rights.field(act, self.endpoint, one, guarded=self.is_guarded) for one in names), key=_strictness)
            for act in acts
        )
        return min(by_act, key=_strictness, default=FieldRight.HIDDEN)

    def shows_title(self) -> bool:
        """Whether the person may see all that a record is named by."""
        return standing().implies((self.endpoint, "title"), lambda: all(self.shows(name) for name in self._named_by))

    def title_of(self, record: Any) -> str:
        """Name the record in a few words, by its number where its name is not for this person."""
        return super().title_of(record) if self.shows_title() else self.number_of(record.id)

    def number_of(self, key: int) -> str:
        """Name a record by its number, "Post 12"."""
        return f"{self.noun[:1].upper()}{self.noun[1:]} {key}"

    def _seeing(self) -> tuple[Action, ...]:
        looking = tuple(act for act in (Action.VIEW, Action.LIST) if self.may(act))
        return looking or tuple(act for act in Action if self.may(act))

    def _shows(self, name: str) -> bool:
        first, _, rest = name.partition(".")
        if self.right_to(first, self.seeing()) is FieldRight.HIDDEN:
            return False
        relation = self.relation(first)
        other = resource_of(relation.mapper.class_) if relation is not None else None
        if other is None:
            return True
        if relation is not None and relation.uselist and not other.shows_relation(relation.back_populates or ""):
            return False
        # A column, a search or a sort by it would tell something about records that are not shown.
        return other.looks() and (not rest or (other.seen() is None and other.shows(rest)))

    @cached_property
    def _other_names(self) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for relation in inspect_mapper(self.model).relationships:
            if relation.direction is RelationshipDirection.MANYTOONE:
                names = (relation.key, str(foreign_key_of(relation).key))
                found |= dict.fromkeys(names, names)
        return found

    @cached_property
    def _named_by(self) -> Sequence[str]:
        """Name the columns that make a record's name: all of them, where the model does not say."""
        if self.model.named_by is not None or self.model.__str__ is Record.__str__:
            return self.model.named_by or ([self.model.title] if self.model.title else [])
        return list(inspect_mapper(self.model).column_attrs.keys())


def _strictness(right: FieldRight) -> int:
    return right.strictness
