"""Delete a record, after saying what hangs on it and asking what becomes of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm.interfaces import RelationshipDirection

from admin_app.domain.rows import change_rows, delete_rows
from admin_app.errors import DeletionError
from admin_app.extensions import AnySession, Relationship
from admin_app.selection.counting import Count, counts_of_children

MOST_SAMPLES = 5


class Fate(StrEnum):
    """What becomes of the records that hang on a deleted one."""

    KEEP = "keep"
    GIVE = "give"
    DELETE = "delete"


@dataclass(frozen=True)
class Dependence:
    """A to-many relation whose records hang on the one to be deleted, and the fates open to them."""

    record: Any
    relation: Relationship
    count: Count
    samples: Sequence[Any]
    fates: tuple[Fate, ...]
    # Whether there are more that whoever asks may not see, or may do nothing with.
    is_partly_unseen: bool = False

    @property
    def name(self) -> str:
        """The relation's name, "posts"."""
        return self.relation.key


@dataclass(frozen=True)
class Decision:
    """A fate, with the heir that `Fate.GIVE` needs."""

    fate: Fate
    heir: Any = None


@dataclass(frozen=True)
class Bound:
    """With which records of a relation somebody may do what; None: with every one."""

    seen: ColumnElement[bool] | None = None
    to_move: ColumnElement[bool] | None = None
    to_delete: ColumnElement[bool] | None = None


# What somebody may do with what hangs on a record, by the relation.
Bounds = Callable[[Relationship], Bound]


def unbound(_relation: Relationship) -> Bound:
    """Bound nothing: the command line may do what it likes."""
    return Bound()


def dependences(session: AnySession, record: Any, bounds: Bounds = unbound) -> list[Dependence]:
    """List what hangs on the record; the cost does not grow with how much that is."""
    found = (_dependence(session, record, relation, bounds(relation)) for relation in _relations(type(record)))
    return [one for one in found if one.count.number or one.is_partly_unseen]


def delete_record(
    session: AnySession, record: Any, decisions: Mapping[str, Decision], bounds: Bounds = unbound
) -> None:
    """Delete the record (not yet committed), its dependents by their decided fates.

    Raises `DeletionError` where something hangs on it that nothing was decided for, also when it came meanwhile, and where
    something hangs on that in turn which is out of bounds.
    """
    key = inspect_mapper(type(record)).primary_key[0]
    # Until the end nothing more comes to hang on it: on PostgreSQL a record that points at it waits for this lock.
    session.execute(select(key).where(key == record.id).with_for_update())
    for dependence in dependences(session, record, bounds):
        decision = decisions.get(dependence.name)
        if decision is None or decision.fate not in dependence.fates:
            message = f"Choose what happens to the {dependence.name}."
            raise DeletionError(message)
        _settle(session, record, dependence.relation, decision, bounds)
    session.delete(record)
    session.flush()


def _relations(model: type[Any]) -> list[Relationship]:
    """Return the relations to many; one that is only for looking has rows that the database lets go with the record."""
    relations = inspect_mapper(model).relationships
    return [one for one in relations if one.direction is RelationshipDirection.ONETOMANY and not one.viewonly]


def _link(relation: Relationship) -> tuple[Any, Any]:
    """Return the parent's key column and the child's foreign key column."""
    return relation.local_remote_pairs[0]


def _dependence(session: AnySession, record: Any, relation: Relationship, bound: Bound) -> Dependence:
    child = relation.mapper.class_
    _, foreign_key = _link(relation)
    newest = child.__mapper__.primary_key[0].desc()
    mine = foreign_key == record.id
    seen = [] if bound.seen is None else [bound.seen]
    samples = session.scalars(select(child).where(mine, *seen).order_by(newest).limit(MOST_SAMPLES)).all()
    count = counts_of_children(session, relation.class_attribute, [record.id], rows=bound.seen)[record.id]
    fates = (Fate.KEEP, Fate.GIVE, Fate.DELETE) if foreign_key.nullable else (Fate.GIVE, Fate.DELETE)
    allowed = {fate: _has_none_beyond(session, child, mine, _rows_for(fate, bound)) for fate in fates}
    is_partly_unseen = not _has_none_beyond(session, child, mine, bound.seen)
    return Dependence(record, relation, count, samples, tuple(filter(allowed.get, fates)), is_partly_unseen)


def _rows_for(fate: Fate, bound: Bound) -> ColumnElement[bool] | None:
    return bound.to_delete if fate is Fate.DELETE else bound.to_move


def _has_none_beyond(
    session: AnySession, model: type[Any], which: ColumnElement[bool], rows: ColumnElement[bool] | None
) -> bool:
    """Whether all of these records are among the rows; asks nothing where that is every one."""
    if rows is None:
        return True
    key = inspect_mapper(model).primary_key[0]
    beyond = select(key).where(which, key.not_in(select(key).where(which, rows).correlate(None)))
    return session.scalar(beyond.limit(1)) is None


def _settle(session: AnySession, record: Any, relation: Relationship, decision: Decision, bounds: Bounds) -> None:
    child = relation.mapper.class_
    _, foreign_key = _link(relation)
    if decision.fate is Fate.DELETE:
        _delete_rows(session, child, foreign_key == record.id, bounds)
        return
    if decision.fate is Fate.GIVE and (decision.heir is None or decision.heir.id == record.id):
        message = f"Choose who gets the {relation.key}."
        raise DeletionError(message)
    owner = decision.heir.id if decision.fate is Fate.GIVE else None
    change_rows(session, child, foreign_key == record.id, {foreign_key.name: owner})


def _delete_rows(session: AnySession, model: type[Any], which: ColumnElement[bool], bounds: Bounds) -> None:
    """Delete rows and what hangs on them in turn: the children of children lose their owner where they can."""
    key = model.__mapper__.primary_key[0]
    for relation in _relations(model):
        _, foreign_key = _link(relation)
        child, hanging = relation.mapper.class_, foreign_key.in_(select(key).where(which))
        fate = Fate.KEEP if foreign_key.nullable else Fate.DELETE
        if not _has_none_beyond(session, child, hanging, _rows_for(fate, bounds(relation))):
            message = "Something hangs on them in turn that is not yours to change. Nothing was deleted."
            raise DeletionError(message)
        if foreign_key.nullable:
            change_rows(session, child, hanging, {foreign_key.name: None})
        else:
            _delete_rows(session, child, hanging, bounds)
    delete_rows(session, model, which)
