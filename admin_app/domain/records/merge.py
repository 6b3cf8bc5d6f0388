"""Merge two records: the survivor takes the chosen values and the other's dependents, and the other is deleted. One undo reverts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, ColumnElement, Table, and_, exists, false, literal, not_, or_, select

from admin_app.db.caseless import same_in
from admin_app.db.keys import key_of
from admin_app.db.record import Record
from admin_app.db.unique_together import columns_of, replaced, unique_values
from admin_app.domain.audit.bulk import change_rows, delete_rows, move_links
from admin_app.domain.audit.recorder import begin_change_set, describe
from admin_app.domain.audit.undo import subject_of
from admin_app.domain.naming import names_of, noun_of
from admin_app.domain.records.deletion import delete_rows_and_dependents, has_none_beyond
from admin_app.domain.records.deletion_scope import DeletionScopes
from admin_app.domain.records.following import move_followers
from admin_app.domain.records.redirects import redirect_to
from admin_app.domain.records.rivals import problem_with_rivals
from admin_app.domain.records.shared_columns import problem_with_heir
from admin_app.errors import MergeError, RecordGone
from admin_app.extensions import AnySession, Expression, table_of
from admin_app.formatting import excerpt, in_sentence, in_words, label
from admin_app.models.change_set import LONGEST_SUMMARY, MERGED, ChangeSet
from admin_app.relations import ManyToMany, Relation, links_into, relations_of
from admin_app.relations.undeclared import relations_to_dependents


def merge_records(
    session: AnySession,
    survivor: Record,
    gone: Record,
    *,
    values: Mapping[str, object],
    scopes: DeletionScopes,
) -> None:
    """Merge a record into another one of its model (not yet committed); `values` are the survivor's new values.

    Raises `MergeError` if a dependent may not be changed or a record would refer to itself, and `RecordGone` if the
    record was changed or deleted meanwhile.
    """
    model = type(survivor)
    if type(gone) is not model or gone.id == survivor.id:
        message = "Choose two different records of the same kind. Nothing was merged."
        raise MergeError(message)
    key, gone_key = key_of(model), gone.id
    # Lock in the order of the keys, so that two merges of the same records wait for each other instead of deadlocking.
    session.execute(select(key).where(key.in_([survivor.id, gone_key])).order_by(key.asc()).with_for_update())
    describe(session, summary=_summary(survivor, gone), resource=table_of(model).name, record_id=survivor.id)
    own_kind = _own_kind(survivor, gone, values)
    _require_stable_references(session, survivor, gone, values)
    # The survivor may belong to the record that is about to be deleted.
    _set(session, survivor, own_kind)
    for relation in relations_to_dependents(model):
        _move(session, relation, survivor, gone, scopes)
    for link in links_into(model):
        _move_links(session, link, survivor, gone, scopes)
    move_followers(session, survivor, gone_key)
    if not delete_rows(session, model, and_(key == gone_key, model.version == gone.version)):
        message = "One of these records was changed or deleted at the same moment. Nothing was merged."
        raise RecordGone(message)
    session.expunge(gone)
    # The deletion has freed the unique values of the other record.
    _set(session, survivor, {**values, **own_kind})
    redirect_to(session, model, gone_key, survivor.id, set_id=begin_change_set(session))


def problem_with_moving(
    session: AnySession, relation: Relation, survivor: Record, gone: Record, scopes: DeletionScopes
) -> str | None:
    """Say why the dependents of the record that goes cannot move to the survivor, whatever values it gets; None if they can."""
    child, scope, (_, nouns) = relation.target, scopes(relation), names_of(relation.target)
    moving, twins = _moving(relation, survivor, gone), twins_of(relation, survivor, gone)
    may_move = has_none_beyond(session, child, moving, scope.to_move)
    if not may_move or (twins is not None and not has_none_beyond(session, child, twins, scope.to_delete)):
        return f"You cannot change some of the {nouns} of {noun_of(type(gone))} “{gone}”: ask an owner."
    if relation.is_identifying and not has_none_beyond(session, child, moving, false()):
        return f"The {nouns} of “{gone}” have it as part of their key, and cannot move."
    left = moving if twins is None else and_(moving, not_(twins))
    problem = problem_with_heir(session, relation, left, survivor)
    return problem or problem_with_rivals(session, relation, moving, survivor, going=twins)


def problem_with_links(session: AnySession, relation: ManyToMany, gone: Record, scopes: DeletionScopes) -> str | None:
    """Say why the links of the record that goes cannot move to the survivor; None if they can."""
    linked = relation.own.in_(select(relation.own_link).where(relation.other_link == gone.id))
    if has_none_beyond(session, relation.model, linked, scopes(relation).to_move):
        return None
    return f"You cannot change some of the {names_of(relation.model)[1]} that are linked with “{gone}”: ask an owner."


def twins_of(relation: Relation, survivor: Record, gone: Record) -> ColumnElement[bool] | None:
    """Return the condition on dependents that cannot move because the survivor has one with the same unique values; None if all can."""
    child: Table = relation.other_columns[0].table
    held = relation.foreign_key_values(survivor)
    groups = [values for values in unique_values(child) if {*relation.other_columns} & columns_of(values)]
    parts = [_has_twin(child, values, held) for values in groups]
    return and_(_moving(relation, survivor, gone), or_(*parts)) if parts else None


def relations_with_twins(survivor: Record, gone: Record) -> set[str]:
    """Return the relations over which both records may have the same dependent, so that the other record's one is deleted."""
    relations = relations_to_dependents(type(survivor))
    return {one.key for one in relations if twins_of(one, survivor, gone) is not None}


def _own_kind(survivor: Record, gone: Record, values: Mapping[str, object]) -> dict[str, object]:
    """Return the survivor's relations to records of its own model: never to itself, nor to the record that goes."""
    found: dict[str, object] = {}
    for relation in _within(type(survivor)):
        name = relation.other_name
        found[name] = values.get(name, getattr(survivor, name))
        if found[name] == gone.id or (name in values and found[name] == survivor.id):
            if not relation.other.nullable:
                message = f"“{survivor}” would belong to itself. Change what it belongs to first. Nothing was merged."
                raise MergeError(message)
            found[name] = None
    return found


def _require_stable_references(
    session: AnySession, survivor: Record, gone: Record, values: Mapping[str, object]
) -> None:
    """Raise `MergeError` if the survivor would get another value in a column that foreign keys of others refer to: no order of statements would keep those references."""
    for relation in relations_to_dependents(type(survivor)):
        told = ((name, getattr(survivor, name)) for name in relation.own_names)
        taken = [name for name, mine in told if values.get(name, mine) != mine]
        dependents = or_(*(relation.condition(one.id) for one in (survivor, gone)))
        if taken and session.scalar(select(literal(1)).select_from(relation.target).where(dependents).limit(1)):
            names, (_, nouns) = in_words([in_sentence(label(name)) for name in taken]), names_of(relation.target)
            message = (
                f"Some {nouns} refer to one of the two by its {names}, so “{survivor}” cannot take another one. "
                "Keep its own, or merge the two the other way round. Nothing was merged."
            )
            raise MergeError(message)


def _within(model: type[Record]) -> list[Relation]:
    """Return the relations between records of the model itself."""
    return [one for one in relations_to_dependents(model) if one.target is model and one.is_plain]


def _move(session: AnySession, relation: Relation, survivor: Record, gone: Record, scopes: DeletionScopes) -> None:
    """Move the other record's dependents to the survivor; delete those that the survivor has already."""
    if (problem := problem_with_moving(session, relation, survivor, gone, scopes)) is not None:
        message = f"{problem} Nothing was merged."
        raise MergeError(message)
    if (twins := twins_of(relation, survivor, gone)) is not None:
        delete_rows_and_dependents(session, relation.target, twins, scopes)
    change_rows(session, relation.target, _moving(relation, survivor, gone), relation.foreign_key_values(survivor))


def _move_links(
    session: AnySession, relation: ManyToMany, survivor: Record, gone: Record, scopes: DeletionScopes
) -> None:
    """Move the other record's links to the survivor."""
    if (problem := problem_with_links(session, relation, gone, scopes)) is not None:
        message = f"{problem} Nothing was merged."
        raise MergeError(message)
    move_links(session, relation, gone.id, survivor.id)
    session.expire(survivor, [one.key for one in relations_of(type(survivor)).values() if one.is_many])


def _moving(relation: Relation, survivor: Record, gone: Record) -> ColumnElement[bool]:
    """Select the dependents of the record that goes, without the two themselves if records can refer to their own kind."""
    mine = relation.condition(gone.id)
    if relation.target is not type(survivor):
        return mine
    return and_(mine, relation.target.id.not_in([survivor.id, gone.id]))


def _has_twin(child: Table, values: Sequence[Expression], held: Mapping[str, object]) -> ColumnElement[bool]:
    twin = child.alias("twin")
    now = {one.name: one for one in twin.c}
    then = {name: literal(value, child.c[name].type) for name, value in held.items()}
    same = [_is_same(one, replaced(one, now), replaced(one, then)) for one in values]
    return exists(select(1).select_from(twin).where(*same))


def _is_same(value: Expression, one: Expression, other: Expression) -> ColumnElement[bool]:
    return same_in(value, one, other) if isinstance(value, Column) else one == other


def _set(session: AnySession, survivor: Record, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(survivor, name, value)
    session.flush()


def is_merge(done: ChangeSet) -> bool:
    """Whether a change set is a merge, or the undo of one."""
    return subject_of(done.summary).startswith(f"{MERGED} ")


def _summary(survivor: Record, gone: Record) -> str:
    shortest = LONGEST_SUMMARY // 3
    return f"{MERGED} {noun_of(type(gone))} “{excerpt(str(gone), shortest)}” into “{excerpt(str(survivor), shortest)}”"
