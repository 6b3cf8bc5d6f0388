"""Delete a record, after listing its dependent records and asking what should happen to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, false, func, literal, select

from admin_app.db.joined import held_by
from admin_app.db.keys import key_of
from admin_app.db.record import Record
from admin_app.domain.audit.bulk import change_rows, delete_rows, lose_links
from admin_app.domain.naming import names_of, noun_of
from admin_app.domain.records.deletion_scope import DeletionScope, DeletionScopes
from admin_app.domain.records.dependent_sight import Sight, changed_since
from admin_app.domain.records.rivals import problem_with_rivals
from admin_app.domain.records.shared_columns import problem_with_heir
from admin_app.errors import DeletionError
from admin_app.extensions import AnySession, Statement
from admin_app.relations import Dependency, ManyToMany, Relation, links_into, relations_of
from admin_app.relations.trees import below_themselves, trees_of
from admin_app.relations.undeclared import UndeclaredDependents, relations_to_dependents
from admin_app.selection.paging.counting import Count, bounded
from admin_app.selection.selection import COUNT_LIMIT

MOST_SAMPLES = 5


class Fate(StrEnum):
    """What happens to the dependents of a deleted record."""

    KEEP = "keep"
    GIVE = "give"
    DELETE = "delete"


@dataclass(frozen=True)
class Dependence:
    """A to-many relation with dependents of the records to be deleted, and the fates allowed for all of them."""

    relation: Relation
    count: Count
    samples: Sequence[Record]
    fates: tuple[Fate, ...]
    # Whether the person may not see, or not change, some of the dependents.
    is_partly_unseen: bool = False
    # The key of the record that they depend on; None if several records are to be deleted.
    owner: int | None = None

    @property
    def name(self) -> str:
        """The relation's name, "posts"."""
        return self.relation.key

    @property
    def words(self) -> str:
        """The dependents' noun, as pages show it."""
        return words_for(self.relation)


@dataclass(frozen=True)
class Decision:
    """A fate, with the heir that `Fate.GIVE` needs."""

    fate: Fate
    heir: Any = None


@dataclass(frozen=True)
class Loss:
    """Records that stay and lose their links with the deleted ones: how many, and whether the person may change them all."""

    relation: ManyToMany
    count: Count
    is_allowed: bool


def dependences(session: AnySession, record: Record, scopes: DeletionScopes) -> list[Dependence]:
    """List the dependents of the record; the cost does not grow with their number."""
    found = (
        _dependence(session, record, relation, scopes(relation)) for relation in relations_to_dependents(type(record))
    )
    return [one for one in found if one.count.number or one.is_partly_unseen]


def delete_record(
    session: AnySession,
    record: Record,
    decisions: Mapping[str, Decision],
    scopes: DeletionScopes,
    *,
    seen: Sight | None = None,
) -> None:
    """Delete the record (not yet committed), and treat its dependents as decided.

    Raises `DeletionError` if there are dependents without a decision, new ones included, or dependents of dependents
    that the person may not change, or if the dependents are no longer those that the person has `seen`.
    """
    key = key_of(type(record))
    # Until the end nobody can add a dependent: on PostgreSQL a record that refers to this one waits for the lock.
    session.execute(select(key).where(key == record.id).with_for_update())
    _require_as_seen(session, record, seen)
    _require_losses(session, type(record), key == record.id, scopes)
    for dependence in dependences(session, record, scopes):
        decision = decided(dependence.relation) or decisions.get(dependence.name)
        if decision is None and dependence.relation.on_delete() is Dependency.REFUSED:
            raise DeletionError(_refusal(dependence.relation))
        if decision is None or decision.fate not in dependence.fates:
            message = f"Choose what happens to the {dependence.words}."
            raise DeletionError(message)
        _settle(session, record, dependence.relation, decision, scopes)
    if links_into(type(record)):
        _lose_links_to(session, record)
    session.delete(record)
    session.flush()


def delete_many(
    session: AnySession,
    model: type[Record],
    which: ColumnElement[bool],
    decisions: Mapping[str, Decision],
    scopes: DeletionScopes,
) -> int:
    """Delete records (not yet committed), with one decision per relation for all their dependents; return how many were deleted.

    Raises `DeletionError` in the same cases as `delete_record`.
    """
    _require_losses(session, model, which, scopes)
    for relation in relations_to_dependents(model):
        dependents = _dependents_of(relation, model, which)
        decision = decided(relation) or decisions.get(relation.key)
        if decision is not None:
            _settle_many(session, relation, dependents, decision, scopes)
        elif session.scalar(select(relation.target.id).where(dependents).limit(1)) is not None:
            is_refused = relation.on_delete() is Dependency.REFUSED
            words = f"It has {words_for(relation)}, and nothing was chosen for them."
            raise DeletionError(_refusal(relation) if is_refused else words)
    return delete_rows(session, model, which)


def dependences_of_many(
    session: AnySession,
    model: type[Record],
    which: ColumnElement[bool],
    scopes: DeletionScopes,
    limit: int = COUNT_LIMIT,
) -> list[Dependence]:
    """List the dependents of several records, counted up to the limit, without samples."""
    found = (
        _of_many(session, relation, _dependents_of(relation, model, which), scopes(relation), limit)
        for relation in relations_to_dependents(model)
    )
    return [one for one in found if one.count.number or one.is_partly_unseen]


def losses(
    session: AnySession,
    model: type[Record],
    which: ColumnElement[bool],
    scopes: DeletionScopes,
    limit: int = COUNT_LIMIT,
) -> list[Loss]:
    """List which records lose links with these, counted up to the limit."""
    found = (
        _loss(session, relation, _linked_with(relation, model, which), scopes(relation), limit)
        for relation in links_into(model)
    )
    return [one for one in found if one.count.number or not one.is_allowed]


def _require_as_seen(session: AnySession, record: Record, seen: Sight | None) -> None:
    """Raise `DeletionError` if the record's dependents are no longer those that the person saw."""
    news = changed_since(session, record, seen) if seen is not None else ""
    if news:
        message = f"{news} Look at it again before you delete it."
        raise DeletionError(message)


def _loss(
    session: AnySession, relation: ManyToMany, linked: ColumnElement[bool], scope: DeletionScope, limit: int
) -> Loss:
    seen = [] if scope.seen is None else [scope.seen]
    some = select(literal(1)).select_from(relation.model).where(linked, *seen).limit(limit + 1).subquery()
    count = bounded(session.scalar(select(func.count()).select_from(some)) or 0, limit)
    return Loss(relation, count, has_none_beyond(session, relation.model, linked, scope.to_move))


def _linked_with(relation: ManyToMany, model: type[Record], which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition on the records that are linked with these."""
    others = held_by(model, which, relation.other, relation.other.table).correlate(None)
    found: ColumnElement[bool] = relation.own.in_(
        select(relation.own_link).where(relation.other_link.in_(others)).correlate(None)
    )
    return found


def _require_losses(
    session: AnySession, model: type[Record], which: ColumnElement[bool], scopes: DeletionScopes
) -> None:
    """Raise `DeletionError` if records would lose links that the person may not change."""
    for relation in links_into(model):
        scope = scopes(relation).to_move
        if not has_none_beyond(session, relation.model, _linked_with(relation, model, which), scope):
            message = f"You cannot change some of the {names_of(relation.model)[1]} that are linked with it."
            raise DeletionError(message)


# The fates that are allowed, by what the relation does on deletion.
_FATES = {
    Dependency.OPTIONAL: (Fate.KEEP, Fate.GIVE, Fate.DELETE),
    Dependency.REQUIRED: (Fate.GIVE, Fate.DELETE),
    Dependency.CASCADE: (Fate.DELETE,),
    Dependency.CLEARED: (Fate.KEEP,),
    # Dependents that were given to another record no longer depend on this one.
    Dependency.REFUSED: (Fate.GIVE,),
}


def dependent_names(model: type[Record]) -> list[str]:
    """Return the names of the relations with dependents of a model."""
    return [one.key for one in relations_to_dependents(model)]


def decided(relation: Relation) -> Decision | None:
    """Return the decision about dependents if the model dictates it, so that nobody is asked."""
    dependency = relation.on_delete()
    return Decision(_FATES[dependency][0]) if dependency.is_decided else None


def words_for(relation: Relation) -> str:
    """Return the noun for the records of a relation: the relation's own name, or their model's plural."""
    return names_of(relation.target)[1] if isinstance(relation, UndeclaredDependents) else relation.key


def _refusal(relation: Relation) -> str:
    return f"It has {words_for(relation)}, which keep it from being deleted. Delete them first, or give them to another {noun_of(relation.model)}."


def _dependents_of(relation: Relation, model: type[Record], which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition on the dependents of these records."""
    owners = owners_of(relation, model, which)
    # The relation may lead to the same model.
    dependents: ColumnElement[bool] = relation.other.in_(owners.correlate(None))
    return dependents


def owners_of(relation: Relation, model: type[Record], which: ColumnElement[bool]) -> Statement:
    """Select the values of the relation's own column in these records. The relation may be that of a base class of the model."""
    return held_by(model, which, relation.own, relation.own_columns[0].table)


def _of_many(
    session: AnySession, relation: Relation, dependents: ColumnElement[bool], scope: DeletionScope, limit: int
) -> Dependence:
    child = relation.target
    seen = [] if scope.seen is None else [scope.seen]
    some = select(literal(1)).select_from(child).where(dependents, *seen).limit(limit + 1).subquery()
    count = bounded(session.scalar(select(func.count()).select_from(some)) or 0, limit)
    return Dependence(relation, count, (), *_open_fates(session, relation, dependents, scope))


def _open_fates(
    session: AnySession, relation: Relation, dependents: ColumnElement[bool], scope: DeletionScope
) -> tuple[tuple[Fate, ...], bool]:
    """Return the fates that are allowed for all of these dependents, and whether the person may not see or not change some of them."""
    child = relation.target
    fates = tuple(one for one in _FATES[relation.on_delete()] if one is not Fate.GIVE or not relation.is_identifying)
    allowed = {fate: has_none_beyond(session, child, dependents, _rows_for(fate, scope)) for fate in fates}
    return tuple(filter(allowed.get, fates)), not has_none_beyond(session, child, dependents, scope.seen)


def _dependence(session: AnySession, record: Record, relation: Relation, scope: DeletionScope) -> Dependence:
    child = relation.target
    newest = key_of(child).desc()
    mine = relation.condition(record.id)
    seen = [] if scope.seen is None else [scope.seen]
    samples = session.scalars(select(child).where(mine, *seen).order_by(newest).limit(MOST_SAMPLES)).all()
    found = _of_many(session, relation, mine, scope, COUNT_LIMIT)
    return replace(found, samples=samples, owner=record.id)


def _rows_for(fate: Fate, scope: DeletionScope) -> ColumnElement[bool] | None:
    return scope.to_delete if fate is Fate.DELETE else scope.to_move


def has_none_beyond(
    session: AnySession, model: type[Record], which: ColumnElement[bool], rows: ColumnElement[bool] | None
) -> bool:
    """Whether all of these records are among the rows; None means every row, and needs no statement."""
    if rows is None:
        return True
    key = key_of(model)
    allowed = select(key).select_from(model).where(which, rows).correlate(None)
    beyond = select(key).select_from(model).where(which, key.not_in(allowed))
    return session.scalar(beyond.limit(1)) is None


def _settle(
    session: AnySession, record: Record, relation: Relation, decision: Decision, scopes: DeletionScopes
) -> None:
    if decision.fate is Fate.GIVE and (decision.heir is None or decision.heir.id == record.id):
        message = f"Choose who gets the {words_for(relation)}."
        raise DeletionError(message)
    _settle_many(session, relation, relation.condition(record.id), decision, scopes)


def _settle_many(
    session: AnySession,
    relation: Relation,
    dependents: ColumnElement[bool],
    decision: Decision,
    scopes: DeletionScopes,
) -> None:
    """Carry out the decided fates of the records' dependents."""
    scope = _rows_for(decision.fate, scopes(relation))
    if not has_none_beyond(session, relation.target, dependents, scope):
        message = f"You cannot change some of its {words_for(relation)}."
        raise DeletionError(message)
    if decision.fate is Fate.DELETE:
        delete_rows_and_dependents(session, relation.target, dependents, scopes)
        return
    heir = decision.heir if decision.fate is Fate.GIVE else None
    if heir is not None:
        _require_heir(session, relation, dependents, heir)
    change_rows(session, relation.target, dependents, relation.foreign_key_values(heir))
    owner = None if heir is None else heir.id
    for tree in trees_of(relation.target) if owner is not None else ():
        if tree.own is relation.other and session.scalar(below_themselves(tree, tree.other == owner)) is not None:
            message = f"“{decision.heir}” is below what it would get. Choose another {noun_of(relation.model)}."
            raise DeletionError(message)


def _require_heir(session: AnySession, relation: Relation, dependents: ColumnElement[bool], heir: Record) -> None:
    problem = problem_with_heir(session, relation, dependents, heir)
    if problem := problem or problem_with_rivals(session, relation, dependents, heir):
        message = f"{problem} Choose another {noun_of(relation.model)}."
        raise DeletionError(message)


def _lose_links_to(session: AnySession, record: Record) -> None:
    """Remove other records' links with this one. Its own links are deleted with it."""
    model = type(record)
    lose_links(session, model, key_of(model) == record.id)
    session.expire(record, [one.key for one in relations_of(model).values() if one.is_many])


def delete_rows_and_dependents(
    session: AnySession, model: type[Record], which: ColumnElement[bool], scopes: DeletionScopes
) -> None:
    """Delete rows and their dependents in turn. Dependents further down lose their reference if they can."""
    for relation in relations_to_dependents(model):
        child, dependents = relation.target, relation.other.in_(owners_of(relation, model, which))
        if relation.on_delete() is Dependency.REFUSED and not has_none_beyond(session, child, dependents, false()):
            raise DeletionError(_refusal(relation))
        fate = Fate.KEEP if relation.on_delete() in {Dependency.OPTIONAL, Dependency.CLEARED} else Fate.DELETE
        if not has_none_beyond(session, child, dependents, _rows_for(fate, scopes(relation))):
            message = "You cannot change some of the records that belong to them. Nothing was deleted."
            raise DeletionError(message)
        if fate is Fate.KEEP:
            change_rows(session, child, dependents, relation.foreign_key_values(None))
        else:
            delete_rows_and_dependents(session, child, dependents, scopes)
    _require_losses(session, model, which, scopes)
    delete_rows(session, model, which)
