"""Related records that a row names by a unique value: find them, and put their keys into the row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import ColumnElement, Enum, String, and_, false, func, select, tuple_

from admin_app.db.attributes import stored_columns
from admin_app.db.caseless import caseless, is_caseless, same_as_any
from admin_app.db.keys import Key, key_in, key_values
from admin_app.db.record import Record
from admin_app.domain.plan.imported_keys import NOT_THERE
from admin_app.domain.plan.imported_row import ImportedRow
from admin_app.domain.records.rules import problem_with
from admin_app.extensions import AnySession, Statement, TableColumn, Values, table_of
from admin_app.formatting import label
from admin_app.relations import ToOne

SEVERAL = "it means several records."
GOES_WITH_OTHERS = "it does not fit the rest of the row."
# Selects what some rows hold in these columns, where none of them is NULL: with one among them, NOT IN is true of nothing.
KeysOf = Callable[..., Statement]


@dataclass(frozen=True)
class NameLookup:
    """How rows name related records: by a unique `column`, among the `rows` that the person may choose (None: all).

    If `made` names columns, a missing record is created, and those columns get the name.
    """

    column: TableColumn
    model: type[Record]
    rows: ColumnElement[bool] | None = None
    made: tuple[str, ...] = ()
    # The column that the foreign key refers to; None: the related record's primary key.
    kept: TableColumn | None = None

    @property
    def held(self) -> TableColumn:
        """The related record's column whose value goes into the foreign key."""
        key: TableColumn = key_in(table_of(self.model))
        return key if self.kept is None else self.kept

    def fold(self, value: object) -> object:
        """Return the form in which equal names are equal: case-folded if the column ignores case."""
        return caseless(value) if is_caseless(self.column) else value

    def found(self, session: AnySession, values: Collection[object]) -> Mapping[object, Sequence[Key]]:
        """Return the foreign key values of the records with these names, by the folded names."""
        if not values:
            return {}
        is_wanted = (
            same_as_any(self.column, cast("Collection[str]", values))
            if is_caseless(self.column)
            else self.column.in_(values)
        )
        also = () if self.rows is None else (self.rows,)
        found: dict[object, list[Key]] = {}
        for key, value in session.execute(
            select(self.held, self.column).select_from(self.model).where(is_wanted, *also)
        ):
            keys = found.setdefault(self.fold(value), [])
            # The column may be empty in the related record; a foreign key can't refer to that.
            keys.extend(() if key is None else [key])
        return found

    @property
    def has_name(self) -> ColumnElement[bool]:
        """The condition on related records that a file can name them: an empty cell names none."""
        is_text = isinstance(self.column.type, String) and not isinstance(self.column.type, Enum)
        is_blank = func.trim(self.column) == "" if is_text else false()
        return and_(self.column.is_not(None), ~is_blank)

    def is_nameless(self, own: TableColumn, keys: KeysOf) -> ColumnElement[bool]:
        """Return the condition on rows that this column of theirs leads to no record, or to one without a name: files have an empty cell for both.

        `keys` selects what the rows at hand hold in a column: all related records may be millions.
        """
        named = select(self.held).select_from(self.model).where(self.held.in_(keys(own)), self.has_name)
        return and_(own.is_not(None), own.not_in(named.correlate(None)))

    def problem_with_missing(self, text: str) -> str:
        """Say why no record can be created with this name; "" if one can."""
        columns = stored_columns(self.model)
        problems = (problem_with(columns[name], label(name), text) for name in self.made)
        return next((problem for problem in problems if problem), "") if self.made else NOT_THERE


@dataclass(frozen=True)
class CompositeLookup:
    """A relation over several columns, whose record the row names in one cell under the relation's name.

    If several records have that name, the row's other columns decide: "desk 1" means desk 1 of the row's branch.
    """

    relation: ToOne
    by: NameLookup

    def resolved(self, session: AnySession, rows: Sequence[ImportedRow]) -> list[ImportedRow]:
        """Replace the names by the values of the relation's columns."""
        name = self.relation.key
        values = {one.values[name] for one in rows if one.values.get(name) is not None}
        known = self.by.found(session, values)
        return [self._with_columns(one, known) for one in rows]

    def _with_columns(self, row: ImportedRow, known: Mapping[object, Sequence[Key]]) -> ImportedRow:
        name = self.relation.key
        if name not in row.values:
            return row
        value = row.values.pop(name)
        if value is None:
            row.values.update(self._none(row))
            return row
        keys = known.get(self.by.fold(value), ())
        fitting = [held for held in map(self._held, keys) if self._fits(row, held)]
        if len(fitting) == 1:
            row.values.update(fitting[0])
            return row
        said = SEVERAL if fitting else GOES_WITH_OTHERS if keys else NOT_THERE
        return replace(row, problems={**row.problems, name: row.problem_at(name, said)})

    def is_nameless(self, keys: KeysOf) -> ColumnElement[bool]:
        """Return the condition on rows that the relation leads to no record, or to one without a name."""
        own, others = self.relation.own_columns, self.relation.other_columns
        named = (
            select(*others).select_from(self.relation.target).where(tuple_(*others).in_(keys(*own)), self.by.has_name)
        )
        return and_(*(one.is_not(None) for one in own), tuple_(*own).not_in(named.correlate(None)))

    def _none(self, row: ImportedRow) -> Values:
        """Return the values of a row without a related record. Columns that the file fills itself keep their values."""
        emptied = self.relation.values_for(None) or dict.fromkeys(self.relation.own_names)
        return {key: None for key in emptied if key not in row.values}

    def _held(self, key: Key) -> Values:
        return dict(zip(self.relation.own_names, key_values(key), strict=True))

    @staticmethod
    def _fits(row: ImportedRow, held: Values) -> bool:
        return all(key not in row.missing and row.values.get(key, value) == value for key, value in held.items())

    def cells(self, row: ImportedRow) -> Iterator[tuple[str, str]]:
        """Yield the columns that only the name sets, with the key of the name's cell."""
        if self.relation.key in row.texts:
            yield from ((key, self.relation.key) for key in self.relation.own_names if key not in row.texts)
