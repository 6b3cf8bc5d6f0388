"""The SQL of an undo: reverse what a change set did to a model's records, by statements over the history's own JSON.

Each step first records its changes, for all records without a conflict, and then makes the recorded changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    Table,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from admin_app.db.attributes import name_of
from admin_app.db.caseless import is_caseless, same_in
from admin_app.db.connection import rows_changed
from admin_app.db.defaults import has_default, server_default_of
from admin_app.db.dialects import dialect_of
from admin_app.db.joined import by_table, class_column, classes_in, column_in, own_table, tables_of, ties_row
from admin_app.db.json_values import COUNTED, has_key, keys_in, row_columns
from admin_app.db.keys import (
    foreign_keys_of,
    is_ordered,
    is_record,
    key_from,
    key_in,
    key_names,
    stored_key,
    values_from,
)
from admin_app.db.record import Record
from admin_app.db.row_locks import lock_rows
from admin_app.db.unique_together import columns_of, replaced, unique_values
from admin_app.db.versions import has_counter, stamped, version_after
from admin_app.domain.audit.bulk import delete_rows
from admin_app.domain.audit.links import are_all_there, are_linked_so, put_links
from admin_app.domain.audit.recorder import begin_change_set, count_rows
from admin_app.extensions import AnySession, Expression, Statement, TableColumn, Values, table_of
from admin_app.kinds import kind_of, placeholder
from admin_app.kinds.history import from_json_sql, json_of
from admin_app.models.change_set import Change, Did
from admin_app.relations import ManyToMany, row_links

_OLD = table_of(Change).alias("old")
_NEW = table_of(Change).alias("new")
_COLUMNS = ("change_set_id", "model", "record_id", "act", "title", "version", "before", "after")


@dataclass(frozen=True)
class UniqueGroup:
    """A group that is unique together: its columns by field, and the unique values, which an index may compute from the columns."""

    columns: Mapping[str, TableColumn]
    values: Sequence[Expression]


@dataclass(frozen=True)
class UndoStatements:
    """One model's part of an undo. If a record has several changes in the set, they are undone in rounds, the last change in round 1."""

    session: AnySession
    set_id: int
    model: type[Record]
    round_: int = 1
    rounds: int = 1
    # The id of the only change to undo; None for the whole change set.
    only: int | None = None

    def restore_deleted(self) -> int:
        """Create the deleted records again, with their ids and times; return how many."""
        columns = {key: column for key, column in row_columns(self.model).items() if key not in key_names(self.model)}
        is_known = sa.false() if not_kept(self.model) else sa.true()
        clean = and_(
            is_known,
            *self._of(Did.DELETE),
            ~self._is_there(),
            *self._fits(columns, Did.DELETE),
            *self._links_fit(self._links),
        )
        number, first = self._record(Did.CREATE, _OLD.c.version + 1, sa.null(), _OLD.c.before, clean)
        if number:
            self._insert(columns, first)
        return number

    def restore_fields(self) -> int:
        """Give the changed fields their former values; return for how many records."""
        keys = keys_in(self.session, _OLD.c.before, and_(*self._of(Did.UPDATE)), self._dialect)
        columns = {key: column for key, column in row_columns(self.model).items() if key in keys}
        links = [one for name, one in row_links(self.model).items() if name in keys]
        if not columns and not links:
            return 0
        untouched = [self._is_untouched(self._table, key, column) for key, column in columns.items()]
        untouched += [self._is_linked_so(one, self._table) for one in links]
        clean = and_(
            *self._of(Did.UPDATE),
            _OLD.c.before != {},
            is_record(self._table, _OLD.c.record_id),
            *untouched,
            *self._fits(columns, Did.UPDATE),
            *self._links_fit(links),
        )
        wanted = select(key_from(self._table, _OLD.c.record_id)).where(clean)
        # Lock the records, so that nobody else changes them until the undo is committed.
        lock_rows(self.session, self.model, key_in(self._table).in_(wanted))
        number, first = self._record(Did.UPDATE, version_after(self._table), _OLD.c.after, _OLD.c.before, clean)
        swapping = {key: column for key, column in columns.items() if _can_swap(column)}
        groups = [one for one in groups_of(self.model) if not one.columns.keys().isdisjoint(columns)]
        if (swapping or groups) and number:
            kept = [self._is_kept(column, key, first) for key, column in swapping.items()]
            number -= self._leave_taken([*kept, *(self._are_kept(one, first) for one in groups)], first)
            self._make_way({**swapping, **_swappable_fields(groups, columns)}, first)
        for table, some in {self._table: {}, **by_table(columns)}.items():
            self._update(table, some, first)
        for link in links:
            put_links(self.session, link, _NEW, and_(*self._own(first)))
        return number

    def _update(self, table: Table, columns: Mapping[str, TableColumn], first: int) -> None:
        """Write the recorded values into a table's columns."""
        values: Values = {
            column.name: case((self._has(_NEW.c.after, key), self._value(column, _NEW.c.after, key)), else_=column)
            for key, column in columns.items()
        }
        values = stamped(table, values) if table is self._table else values
        mine = and_(*self._own(first), is_record(table, _NEW.c.record_id))
        self.session.connection().execute(update(table).where(mine).values(values))

    def restore_links(self) -> None:
        """Restore the links of the records that were created again. All of them must exist first: one may be linked with another."""
        for link in self._links:
            made = and_(*self._own(0), _NEW.c.act == Did.CREATE.value)
            put_links(self.session, link, _NEW, made)

    def _leave_taken(self, taken: Sequence[ColumnElement[bool]], first: int) -> int:
        """Remove the recorded changes whose former unique values other records have and keep; return how many."""
        left, more = 0, 1
        while more:
            changes = table_of(Change)
            found = select(_NEW.c.id).where(*self._own(first), or_(*taken))
            more = rows_changed(self.session.connection().execute(sa.delete(changes).where(changes.c.id.in_(found))))
            left += more
        count_rows(self.session, Did.UPDATE, self.model, -left)
        return left

    def _is_kept(self, column: TableColumn, key: str, first: int) -> ColumnElement[bool]:
        """Whether another record has the value that a recorded change restores, and does not give it up in this undo."""
        other = column.table.alias(f"keeper_{column.name}")
        has_it = same_in(column, other.c[column.name], self._value(column, _NEW.c.after, key))
        found = select(1).select_from(other).where(has_it, ~is_record(other, _NEW.c.record_id))
        keeps = ~self._gives(other, [key], first)
        return and_(self._has(_NEW.c.after, key), exists(found.where(keeps).correlate(_NEW)))

    def _gives(self, other: FromClause, keys: Iterable[str], first: int) -> ColumnElement[bool]:
        """Whether the recorded changes give a record other values in some of these fields."""
        giving = table_of(Change).alias("giving")
        mine = [giving.c.change_set_id == begin_change_set(self.session), giving.c.model == self._table.name]
        told = or_(*(self._has(giving.c.after, key) for key in keys))
        is_it = giving.c.record_id == stored_key(key_in(other))
        return exists(select(1).select_from(giving).where(*mine, giving.c.id > first, is_it, told).correlate(other))

    def _make_way(self, columns: dict[str, TableColumn], first: int) -> None:
        """Give records that swap unique values a temporary value first: two of them must not be equal even for a moment."""
        for key, column in columns.items():
            table, told = own_table(column), self._has(_NEW.c.after, key)
            giving = select(key_from(table, _NEW.c.record_id)).where(*self._own(first), told)
            statement = update(table).where(key_in(table).in_(giving)).values({column.name: placeholder(column)})
            self.session.connection().execute(statement)

    def delete_created(self) -> int:
        """Delete the records that the change set created, unless other records depend on them now; return how many."""
        made = select(key_from(self._table, _OLD.c.record_id)).where(*self._of(Did.CREATE))
        now = self._table.alias("now")
        columns = {key: column for key, column in row_columns(self.model).items() if key not in COUNTED}
        untouched = [self._is_untouched(now, key, column) for key, column in columns.items()]
        untouched += [self._is_linked_so(one, now) for one in self._links]
        wanted = made.where(is_record(now, _OLD.c.record_id), *untouched)
        alone = [~self._has_dependents(key, made) for key in dependent_keys(self.model)]
        return delete_rows(self.session, self.model, and_(self.model.id.in_(wanted), *alone))

    @cached_property
    def _links(self) -> Sequence[ManyToMany]:
        """The relations by which the model's records own links."""
        return [*row_links(self.model).values()]

    def _is_linked_so(self, link: ManyToMany, table: FromClause) -> ColumnElement[bool]:
        """Whether a record still has the links that the change set gave it."""
        return are_linked_so(link, column_in(table, link.own), _OLD.c.after, self._dialect)

    def _links_fit(self, links: Sequence[ManyToMany]) -> list[ColumnElement[bool]]:
        """Return the conditions that the records to be linked again exist, or are restored by the same undo."""
        return [
            are_all_there(one, _OLD.c.before, self._dialect, along=self._restored_keys(one.target)) for one in links
        ]

    def _restored_keys(self, model: type[Record]) -> Statement:
        along = table_of(Change).alias("along")
        mine = [along.c.change_set_id == self.set_id, along.c.model == table_of(model).name]
        return select(key_from(table_of(model), along.c.record_id)).where(*mine, along.c.act == Did.DELETE.value)

    @property
    def has_unique(self) -> bool:
        """Whether the model has unique columns or groups."""
        return any(column.unique for column in row_columns(self.model).values()) or bool(groups_of(self.model))

    @cached_property
    def _table(self) -> Table:
        return table_of(self.model)

    @property
    def _dialect(self) -> str:
        return dialect_of(self.session)

    def _of(self, did: Did) -> list[ColumnElement[bool]]:
        """Return the conditions on the set's changes of this kind to this model, in this round."""
        found = [_OLD.c.change_set_id == self.set_id, _OLD.c.model == self._table.name, _OLD.c.act == did.value]
        if self.only is not None:
            found.append(_OLD.c.id == self.only)
        if self.rounds > 1:
            changes = table_of(Change).alias("numbered")
            place = func.row_number().over(
                partition_by=(changes.c.model, changes.c.record_id), order_by=changes.c.id.desc()
            )
            numbered = select(changes.c.id, place.label("place")).where(changes.c.change_set_id == self.set_id)
            places = numbered.subquery()
            found.append(_OLD.c.id.in_(select(places.c.id).where(places.c.place == self.round_)))
        return found

    def _own(self, first: int) -> list[ColumnElement[bool]]:
        """Return the conditions on the changes that this step recorded."""
        set_id = begin_change_set(self.session)
        return [_NEW.c.change_set_id == set_id, _NEW.c.model == self._table.name, _NEW.c.id > first]

    def _record(
        self, did: Did, version: Expression, before: Expression, after: Expression, clean: ColumnElement[bool]
    ) -> tuple[int, int]:
        """Record the changes of this step; return how many, and the id of the last change before them."""
        set_id = begin_change_set(self.session)
        last = table_of(Change)
        first = int(self.session.scalar(select(func.max(last.c.id))) or 0)
        chosen = select(
            literal(set_id), _OLD.c.model, _OLD.c.record_id, literal(did.value), _OLD.c.title, version, before, after
        ).where(clean)
        statement = insert(last).from_select(_COLUMNS, chosen, include_defaults=False)
        result = self.session.connection().execute(statement, execution_options={"preserve_rowcount": True})
        number = int(result.rowcount)
        count_rows(self.session, did, self.model, number)
        return number, first

    def _insert(self, columns: dict[str, TableColumn], first: int) -> None:
        restored = self.model.__restored__
        for table, some in {**{one: {} for one in tables_of(self.model)}, **by_table(columns)}.items():
            self._insert_into(table, some, first)
        connection = self.session.connection()
        if restored:
            # The created records may differ from the recorded values, so the history is brought up to date.
            changes = table_of(Change)
            now = select(json_of(row_columns(self.model), self._dialect, of=self._table)).where(
                is_record(self._table, changes.c.record_id)
            )
            mine = [changes.c.change_set_id == begin_change_set(self.session), changes.c.model == self._table.name]
            again = update(changes).where(*mine, changes.c.id > first)
            connection.execute(again.values(after=now.scalar_subquery()))

    def _insert_into(self, table: Table, columns: Mapping[str, TableColumn], first: int) -> None:
        """Insert the rows of one table; in a further table, only those of records of its classes."""
        values = {column.name: self._value_or_default(column, key) for key, column in columns.items()}
        values |= values_from(table, _NEW.c.record_id)
        if table is self._table:
            values |= {name: literal(one, table.c[name].type) for name, one in self.model.__restored__.items()}
            values |= {"version": _NEW.c.version} if has_counter(table) else {}
        rows = select(*values.values()).where(*self._own(first), self._has_row(table))
        self.session.connection().execute(insert(table).from_select(list(values), rows, include_defaults=False))

    def _has_row(self, table: Table) -> ColumnElement[bool]:
        """Whether a recorded record had a row in a table."""
        told = class_column(self.model)
        if table is self._table or told is None:
            return sa.true()
        is_of = self._value(told, _NEW.c.after, name_of(self.model, told))
        return is_of.in_(classes_in(self.model, table))

    def _value_or_default(self, column: TableColumn, key: str) -> Expression:
        """Return the record's value; for a column added since its deletion, the database's default."""
        value = self._value(column, _NEW.c.after, key)
        if not has_default(column):
            return value
        default = server_default_of(column, self._dialect)
        # The value may be NULL from a time when the column still allowed that.
        kept = value if column.nullable else func.coalesce(value, default)
        return case((self._has(_NEW.c.after, key), kept), else_=default)

    def _is_there(self) -> ColumnElement[bool]:
        other = self._table.alias("same")
        return exists(select(1).select_from(other).where(is_record(other, _OLD.c.record_id)))

    def _is_untouched(self, table: FromClause, key: str, column: TableColumn) -> ColumnElement[bool]:
        """Whether a field still has the value that the change set gave it."""
        left, comparable = self._value(column, _OLD.c.after, key), kind_of(column).comparable
        is_same = comparable(column_in(table, column)).is_not_distinct_from(comparable(left))
        return or_(~self._has(_OLD.c.after, key), is_same)

    def _fits(self, columns: dict[str, TableColumn], did: Did) -> list[ColumnElement[bool]]:
        """Return the conditions that the former values still fit: unique values are free, choices and related records exist."""
        found: list[ColumnElement[bool]] = []
        values = _OLD.c.before
        for key, column in columns.items():
            value = self._value(column, values, key)
            if (may_return := kind_of(column).may_return_sql(value)) is not None:
                found.append(or_(~self._has(values, key), may_return))
            if column.unique:
                swaps = did is Did.UPDATE and _can_swap(column)
                taken = self._is_taken(column, value, key if swaps else "")
                free = and_(~taken, *self._is_first(column, key, did))
                found.append(or_(~self._has(values, key), value.is_(None), free))
            for foreign_key in column.foreign_keys:
                target = foreign_key.column.table.alias(f"target_{column.name}")
                there = exists(select(1).select_from(target).where(target.c[foreign_key.column.name] == value))
                found.append(or_(value.is_(None), there, *self._comes_along(foreign_key, value)))
        groups = [one for one in groups_of(self.model) if not one.columns.keys().isdisjoint(columns)]
        return [*found, *(~self._are_taken(one, did) for one in groups)]

    def _are_taken(self, group: UniqueGroup, did: Did) -> ColumnElement[bool]:
        """Whether another record has the same values in a unique group, and this undo does not change them."""
        other, found = self._holders(group, _OLD, _OLD.c.before, is_whole=did is Did.DELETE)
        return exists(
            found if self.only is not None else found.where(key_in(other).not_in(self._giving(group.columns)))
        )

    def _are_kept(self, group: UniqueGroup, first: int) -> ColumnElement[bool]:
        """Whether another record has the values of a unique group that a recorded change restores, and gives none of them up in this undo."""
        other, found = self._holders(group, _NEW, _NEW.c.after, is_whole=False)
        told = or_(*(self._has(_NEW.c.after, key) for key in group.columns))
        return and_(told, exists(found.where(~self._gives(other, group.columns, first))))

    def _holders(
        self, group: UniqueGroup, changes: FromClause, values: Expression, *, is_whole: bool
    ) -> tuple[FromClause, Statement]:
        """Return a table of the model, and the query for other records with the combination that a change's record will have.

        Columns that the change does not mention keep their present value.
        """
        table, name = own_table(next(iter(group.columns.values()))), "_".join(group.columns)
        other, mine = table.alias(f"other_{name}"), table.alias(f"mine_{name}")

        def becomes(key: str, column: TableColumn) -> Expression:
            value = self._value(column, values, key)
            if is_whole:
                return value
            now = select(mine.c[column.name]).where(is_record(mine, changes.c.record_id)).correlate(changes)
            return case((self._has(values, key), value), else_=now.scalar_subquery())

        there = {one.name: one for one in other.c}
        then = {column.name: becomes(key, column) for key, column in group.columns.items()}
        same = [replaced(one, there) == replaced(one, then) for one in group.values]
        found = select(1).select_from(other).where(*same, ~is_record(other, changes.c.record_id))
        return other, found.correlate(changes)

    def _is_taken(self, column: TableColumn, value: object, swapped: str) -> ColumnElement[bool]:
        """Whether another record has a value. If `swapped` names a field, records in which this undo changes that field do not count."""
        other = column.table.alias(f"other_{column.name}")
        has_it = same_in(column, other.c[column.name], value)
        found = select(1).select_from(other).where(has_it, ~is_record(other, _OLD.c.record_id))
        if not swapped or self.only is not None:
            return exists(found)
        return exists(found.where(key_in(other).not_in(self._giving([swapped]))))

    def _giving(self, keys: Iterable[str]) -> Statement:
        """Return the keys of the records for which the undo restores some of these fields."""
        giving = table_of(Change).alias(f"giving_{'_'.join(keys)}")
        mine = [giving.c.change_set_id == self.set_id, giving.c.model == self._table.name]
        told = or_(*(self._has(giving.c.before, key) for key in keys))
        return select(key_from(self._table, giving.c.record_id)).where(*mine, giving.c.act == Did.UPDATE.value, told)

    def _is_first(self, column: TableColumn, key: str, did: Did) -> list[ColumnElement[bool]]:
        """Return the condition that selects the first of several records that would get the same text by one statement: they may be older than the unique index."""
        if self.only is not None or not is_caseless(column):
            return []
        twin: sa.FromClause = Change.__table__.alias(f"twin_{column.name}")
        mine = [twin.c.change_set_id == self.set_id, twin.c.model == self._table.name, twin.c.act == did.value]
        text = func.caseless(self._value(column, twin.c.before, key))
        first = select(func.min(self._place(twin)), text).where(*mine).group_by(text)
        return [sa.tuple_(self._place(_OLD), func.caseless(self._value(column, _OLD.c.before, key))).in_(first)]

    def _place(self, changes: FromClause) -> Expression:
        """Return the expression that orders several records, to find the first."""
        stored = changes.c.record_id
        return key_from(self._table, stored) if is_ordered(self._table) else stored

    def _comes_along(self, foreign_key: ForeignKey, value: Expression) -> list[ColumnElement[bool]]:
        """Return the condition that the referenced record is created again by the same statement; none for other tables."""
        if not any(foreign_key.column is key_in(one) for one in tables_of(self.model)):
            return []
        same = table_of(Change).alias("along")
        mine = [same.c.change_set_id == self.set_id, same.c.model == self._table.name, same.c.act == Did.DELETE.value]
        return [value.in_(select(key_from(self._table, same.c.record_id)).where(*mine))]

    def _has_dependents(self, key: ForeignKeyConstraint, wanted: Statement) -> ColumnElement[bool]:
        """Whether a record refers to the one to be deleted, and is not deleted with it."""
        other = key.table.alias(f"dependent_{key.table.name}_{'_'.join(one.name for one in key.columns)}")
        pointing = (other.c[one.parent.name] == column_in(self._table, one.column) for one in key.elements)
        dependents = select(1).select_from(other).where(*pointing)
        is_own = key.table in tables_of(self.model)
        return exists(dependents.where(key_in(other).not_in(wanted)) if is_own else dependents)

    def _value(self, column: TableColumn, values: Expression, key: str) -> Expression:
        return from_json_sql(column, values, key, self._dialect)

    def _has(self, values: Expression, key: str) -> ColumnElement[bool]:
        return has_key(values, key, self._dialect)


def not_kept(model: type[Record]) -> list[str]:
    """Return the columns that prevent restoring a deleted record: they need a value, and the history has none."""
    kept = {*row_columns(model).values()}
    lacking = [one for table in tables_of(model) for one in table.columns if not (one.nullable or one in kept)]
    own = {"version", *model.__restored__}
    return [one.name for one in lacking if not (one.primary_key or has_default(one) or one.computed or one.name in own)]


def _can_swap(column: TableColumn) -> bool:
    """Whether records can swap values in a column, because a record can hold a temporary value that no record has."""
    return bool(column.unique) and placeholder(column) is not None


def groups_of(model: type[Record]) -> list[UniqueGroup]:
    """Return the unique groups besides single unique columns: several fields, or values computed from fields."""
    fields = row_columns(model)
    found: list[UniqueGroup] = []
    for values in (one for table in tables_of(model) for one in unique_values(table)):
        parts = columns_of(values)
        of = {key: column for key, column in fields.items() if column in parts}
        if len(of) == len(parts) and (len(of) > 1 or not isinstance(values[0], sa.Column)):
            found.append(UniqueGroup(of, values))
    return found


def _swappable_fields(groups: Iterable[UniqueGroup], columns: Mapping[str, TableColumn]) -> dict[str, TableColumn]:
    """Return, for each group, a changed field that can hold a temporary value."""
    able = (
        {key: one for key, one in group.columns.items() if key in columns and not one.foreign_keys} for group in groups
    )
    found = (next(((key, one) for key, one in some.items() if placeholder(one) is not None), None) for some in able)
    return dict(filter(None, found))


def dependent_keys(model: type[Record]) -> Sequence[ForeignKeyConstraint]:
    """Return the foreign keys to this model's records that block a deletion: no ON DELETE CASCADE, and no links owned by the record."""
    own = {one.own_link for one in row_links(model).values()}
    return [
        key
        for table in model.metadata.sorted_tables
        for key in foreign_keys_of(table)
        if key.referred_table in tables_of(model) and key.ondelete != "CASCADE" and not own & {*key.columns}
        if not ties_row(model, key)
    ]
