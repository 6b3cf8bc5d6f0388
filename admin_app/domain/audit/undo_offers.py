"""Where an undo is offered: not of what the history cannot give back at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ForeignKeyConstraint, FromClause, and_, false, func, or_, select, tuple_

from admin_app.db.joined import tables_of
from admin_app.db.json_values import recorded_models, row_columns
from admin_app.db.keys import foreign_keys_of
from admin_app.db.record import Record
from admin_app.domain.audit.recorder import last_change_set, last_tables
from admin_app.domain.audit.undo_sql import not_kept
from admin_app.extensions import AnySession, Expression, TableColumn, table_of
from admin_app.kinds.history import from_json_sql
from admin_app.models.change_set import Change, ChangeSet, Did


def for_good_among(session: AnySession, sets: Iterable[ChangeSet]) -> frozenset[int]:
    """Return the ids of the change sets of which nothing comes back; no statement is sent where the history is whole."""
    asked = {one.id for one in sets if _is_partly_kept(one.resource)}
    if not asked:
        return frozenset()
    kinds = select(Change.change_set_id, Change.model, Change.act).where(Change.change_set_id.in_(asked))
    found = [(key, name, Did(act)) for key, name, act in session.execute(kinds.distinct())]
    gone = frozenset(name for _, name, act in found if act is Did.DELETE)
    back = {key for key, name, act in found if not _may_stay_away(name, act, gone)}
    unsure = {key for key, name, act in found if act is not Did.DELETE or not _is_partly_kept(name)} - back
    return frozenset({key for key, _, _ in found} - back - _back_among(session, unsure, gone))


def is_for_good(session: AnySession, change_set: ChangeSet) -> bool:
    """Whether nothing of a change set comes back."""
    return change_set.id in for_good_among(session, [change_set])


def last_undoable(session: AnySession) -> int | None:
    """Return the id of the change set that the session's last commit wrote, if an undo gives something of it back."""
    key = last_change_set(session)
    if key is None or not any(map(_is_partly_kept, last_tables(session))):
        return key
    return None if is_for_good(session, session.get_one(ChangeSet, key)) else key


def _is_partly_kept(name: str) -> bool:
    """Whether the history lacks what it takes to make a deleted record again."""
    model = recorded_models().get(name)
    return model is not None and bool(not_kept(model))


def _may_stay_away(name: str, act: Did, gone: frozenset[str]) -> bool:
    """Whether some changes of this kind may not come back: deletions of what is not wholly kept, and what may have pointed at a deleted record."""
    model = recorded_models().get(name)
    return model is not None and ((act is Did.DELETE and bool(not_kept(model))) or any(_keys_to(model, gone)))


def _back_among(session: AnySession, set_ids: Collection[int], gone: frozenset[str]) -> set[int]:
    """Return those of the change sets of which something comes back, by what each record pointed at."""
    if not set_ids:
        return set()
    changes = table_of(Change)
    lost = _Lost(set_ids, gone, str(session.get_bind().dialect.name))
    pointing = {name: one for name, one in recorded_models().items() if _keys_to(one, gone)}
    coming = [and_(changes.c.model == name, ~lost.condition(one, changes)) for name, one in pointing.items()]
    wanted = select(changes.c.change_set_id).where(changes.c.change_set_id.in_(set_ids), or_(false(), *coming))
    return set(session.scalars(wanted.distinct()))


@dataclass(frozen=True)
class _Lost:
    """Which changes of some change sets do not come back, in SQL; `gone` are the tables of deleted records."""

    set_ids: Collection[int]
    gone: frozenset[str]
    dialect: str

    def condition(
        self, model: type[Record], changes: FromClause, around: tuple[type[Record], ...] = ()
    ) -> ColumnElement[bool]:
        """Return the condition that a change of this model does not come back. In a circle of models it goes round once."""
        is_deleted = changes.c.act == Did.DELETE.value
        found = [is_deleted] if not_kept(model) else []
        keys = [] if model in around else _keys_to(model, self.gone)
        found += [self._leads_away(model, changes, key, target, (*around, model)) for key, target in keys]
        return or_(false(), *found)

    def _leads_away(
        self,
        model: type[Record],
        changes: FromClause,
        key: ForeignKeyConstraint,
        target: type[Record],
        around: tuple[type[Record], ...],
    ) -> ColumnElement[bool]:
        """Return the condition that the record pointed at a deleted one that stays away."""
        pointing = [self._value(model, one.parent, changes) for one in key.elements]
        other = table_of(Change).alias(f"lost_{len(around)}_{target.__name__}")
        values = [self._value(target, one.column, other) for one in key.elements]
        mine = other.c.change_set_id.in_(self.set_ids), other.c.model == tables_of(target)[0].name
        deleted = select(other.c.change_set_id, *values).where(*mine, other.c.act == Did.DELETE.value)
        lost = deleted.where(self.condition(target, other, around))
        return func.coalesce(tuple_(changes.c.change_set_id, *pointing).in_(lost), false())

    def _value(self, model: type[Record], column: TableColumn, changes: FromClause) -> Expression:
        """Return a column's former value in a change."""
        name = next(name for name, one in row_columns(model).items() if one is column)
        return from_json_sql(column, changes.c.before, name, self.dialect)


def _keys_to(model: type[Record], gone: frozenset[str]) -> list[tuple[ForeignKeyConstraint, type[Record]]]:
    """Return the foreign keys of a model to the models of these tables, with the models; those of which the history keeps both ends."""
    targets = {table: one for name, one in recorded_models().items() if name in gone for table in tables_of(one)}
    kept = {column for one in (model, *targets.values()) for column in row_columns(one).values()}
    keys = [key for table in tables_of(model) for key in foreign_keys_of(table) if key.referred_table in targets]
    told = [key for key in keys if kept.issuperset(end for one in key.elements for end in (one.parent, one.column))]
    return [(key, targets[key.referred_table]) for key in told]
