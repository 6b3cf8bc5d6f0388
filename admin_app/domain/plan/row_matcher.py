"""Match a file's rows to records: which record each row changes and how, or that it creates one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Engine, and_, false, func, select
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import Session

from admin_app.db.attributes import followed_columns, stored_columns
from admin_app.db.caseless import caseless, is_caseless, same_as_any
from admin_app.db.json_values import history_columns
from admin_app.db.keys import Key, Keys, key_in, key_names, key_values
from admin_app.db.record import Record
from admin_app.db.versions import version_in
from admin_app.domain.audit.links import keys_to_history
from admin_app.domain.plan.changes import Check
from admin_app.domain.plan.composite_relations import FIXED_RELATION, CompositeRelations, Known
from admin_app.domain.plan.imported_keys import NOT_THERE, ImportedKey
from admin_app.domain.plan.imported_row import KEY, CellProblem, ImportedRow, as_end
from admin_app.domain.plan.lines import BATCH, NOT_YOURS, Line
from admin_app.domain.plan.link_lookup import LinkLookup
from admin_app.domain.plan.name_lookup import SEVERAL, CompositeLookup, KeysOf, NameLookup
from admin_app.domain.plan.same_cells import holds, says
from admin_app.domain.records.amounts import judged_together, problems_with_amounts
from admin_app.domain.records.rules import has_to_be_given, problem_with
from admin_app.extensions import AnySession, Statement, TableColumn, Values, table_of
from admin_app.formatting import in_sentence, label, sentence_case
from admin_app.kinds import kind_of
from admin_app.models.plan import Verdict
from admin_app.value_lists import values_of

# Characters of a cell that are kept: enough to recognise it.
LONGEST_CELL = 300
UNTOLD = "the record with this name has no value to refer to."
EXISTS = "it exists already."
PASSED_ON = "it cannot be changed: the database would also change the records that refer to it."
ANOTHER_KEY = "the record that this row finds has another ID."
# Columns that every record has and that no file has to fill: they get their values when the record is created.
_MADE = frozenset({KEY, "version", "updated_at", "created_at"})


@dataclass(frozen=True)
class RowMatcher:
    """How the rows of a file become records of a model.

    `match` is the unique column by which a row finds its record, or "" if every row is a new one. `seen` and `editable` are
    the rows that the person may see and may change (None: all). `checks` are the form's rules beyond those of the columns.
    """

    model: type[Record]
    fields: tuple[str, ...]
    match: str = KEY
    may_add: bool = True
    may_change: bool = True
    gives_keys: bool = False
    seen: ColumnElement[bool] | None = None
    editable: ColumnElement[bool] | None = None
    named: Mapping[str, NameLookup] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    links: Mapping[str, LinkLookup] = field(default_factory=dict)
    # What a new record gets where its row says nothing, by column.
    given: Mapping[str, object] = field(default_factory=dict)
    # Relations over several columns: the related rows that the person may choose or remove. Without an entry: all.
    seen_beyond: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    # Relations over several columns whose record one cell names.
    named_ties: Sequence[CompositeLookup] = ()

    def lines(self, session: AnySession, plan_id: int, imported: Sequence[ImportedRow]) -> list[Line]:
        """Return the plan's lines for some rows. The number of statements doesn't depend on the number of rows."""
        rows = self._resolved(session, imported) if self.named else imported
        for tie in self.named_ties:
            rows = tie.resolved(session, rows)
        if self._key.parts:
            rows = [self._key.put_together(one) for one in rows]
        for name in self.links:
            rows = self._with_links(session, name, rows)
        present = self._present(session, rows)
        matched = ((one, present.get(self._matched(one))) for one in rows)
        found = [(one if record is None else self._without_same(one, record), record) for one, record in matched]
        taken = self._taken_keys(session, [one for one, record in found if record is None])
        known = self._ties.known(session, ((one, *self._sides(one, record)) for one, record in found))
        return [self._line(plan_id, one, record, taken, known) for one, record in found]

    @cached_property
    def columns(self) -> Mapping[str, TableColumn]:
        """The columns that the file fills, without the key."""
        others = {*self.links, *self._key.parts}
        return {name: history_columns(self.model)[name] for name in self.fields if name not in others}

    @cached_property
    def _read(self) -> Mapping[str, TableColumn]:
        """The columns that are read from present records: the file's, and those that a rule checks together with them."""
        beside = (*judged_together(self.model, self.columns), *self._ties.names)
        return {**{name: history_columns(self.model)[name] for name in beside}, **self.columns}

    @property
    def made_fields(self) -> tuple[str, ...]:
        """The fields that a line may set: those of the file, and those with a default that Python computes per record."""
        own = (name for name in {**self._own_defaults, **self.given} if name not in self.fields)
        return (*(name for name in self.fields if name not in self._key.parts), *own)

    @cached_property
    def _own_defaults(self) -> Values:
        """The model's own callable defaults, by column name."""
        defaults: Values = {name: one.default for name, one in history_columns(self.model).items()}
        return {
            name: one.arg
            for name, one in defaults.items()
            if name not in self._made and one is not None and one.is_callable
        }

    @cached_property
    def _key(self) -> ImportedKey:
        return ImportedKey(self.model, self.gives_keys)

    @cached_property
    def _ties(self) -> CompositeRelations:
        return CompositeRelations(self.model, self.fields, self.seen_beyond)

    @property
    def _made(self) -> Collection[str]:
        return {*_MADE, *key_names(self.model)}

    @cached_property
    def _required(self) -> Collection[str]:
        # The discriminator column follows from the model.
        columns, told = history_columns(self.model).items(), inspect_mapper(self.model).polymorphic_on
        return {name for name, one in columns if self._is_asked(name) and one is not told and has_to_be_given(one)}

    def _is_asked(self, name: str) -> bool:
        return name not in self._made and name not in self.given

    @cached_property
    def _matching(self) -> TableColumn | None:
        table = table_of(self.model)
        return key_in(table) if self.match == KEY else stored_columns(self.model)[self.match] if self.match else None

    # ---- finding the records

    def _matched(self, row: ImportedRow) -> object:
        """Return the value by which a row finds its record, case-folded where the column ignores case."""
        column = self._matching
        value = None if column is None or self.match in row.problems else row.values.get(self.match)
        return caseless(value) if self._is_folded and value is not None else value

    @cached_property
    def _is_folded(self) -> bool:
        return self._matching is not None and is_caseless(self._matching)

    def _present(self, session: AnySession, rows: Sequence[ImportedRow]) -> Mapping[object, _Present]:
        """Read the records that the rows refer to, as far as the person may see them."""
        column, table = self._matching, table_of(self.model)
        keys: set[Any] = {key for one in rows if (key := self._matched(one)) is not None}
        if column is None or not keys:
            return {}
        is_wanted = same_as_any(column, keys) if self._is_folded else column.in_(keys)
        wanted = select(key_in(table), version_in(table), column, *self._read.values()).select_from(self.model)
        found = session.connection().execute(wanted.where(is_wanted, *_also(self.seen))).all()
        closed = self._closed(session, [one[0] for one in found])
        fixed = self._fixed(session, [one[0] for one in found])
        nameless = self._nameless(session, [one[0] for one in found])
        linked = {name: one.present(session, [row[0] for row in found]) for name, one in self.links.items()}
        names = list(self._read)
        return {
            caseless(matched) if self._is_folded else matched: _Present(
                key,
                version,
                {
                    **dict(zip(key_names(self.model), key_values(key), strict=True)),
                    **dict(zip(names, values, strict=True)),
                    **{name: one[key] for name, one in linked.items()},
                },
                key in closed,
                fixed.get(key, frozenset()),
                nameless.get(key, frozenset()),
            )
            for key, version, matched, *values in found
        }

    def _closed(self, session: AnySession, keys: Sequence[Key]) -> Collection[Key]:
        """Return the keys of the records that the person may see but not change."""
        if self.editable is None:
            return ()
        table = table_of(self.model)
        beyond = ~func.coalesce(self.editable, false())
        wanted = select(key_in(table)).select_from(self.model)
        return set(session.scalars(wanted.where(key_in(table).in_(keys), beyond)))

    def _fixed(self, session: AnySession, keys: Sequence[Key]) -> Mapping[Key, frozenset[str]]:
        """Return, by record, the relations that lead to a record the person may not see. They must not be changed."""
        found: dict[Key, frozenset[str]] = {}
        for name, one in self.named.items():
            if one.rows is not None and name in self.columns:
                column = self.columns[name]
                seen = (
                    select(one.held).select_from(one.model).where(one.rows, one.held.in_(self._held_by(keys)(column)))
                )
                hidden = and_(column.is_not(None), column.not_in(seen.correlate(None)))
                for key in session.scalars(select(self.model.id).where(self.model.id.in_(keys), hidden)):
                    found[key] = found.get(key, frozenset()) | {name}
        for name, link in self.links.items():
            for key in link.fixed(session, keys):
                found[key] = found.get(key, frozenset()) | {name}
        return found

    def _nameless(self, session: AnySession, keys: Sequence[Key]) -> Mapping[Key, frozenset[str]]:
        """Return, by record, the relations without a name to write into a file although there is a key."""
        by_name = {name: one for name, one in self.named.items() if name in self.columns and one.column is not one.held}
        held = self._held_by(keys)
        asked = {name: one.is_nameless(self.columns[name], held) for name, one in by_name.items()}
        asked |= {one.relation.key: one.is_nameless(held) for one in self.named_ties}
        found: dict[Key, frozenset[str]] = {}
        for name, condition in asked.items():
            for key in session.scalars(select(self.model.id).where(self.model.id.in_(keys), condition)):
                found[key] = found.get(key, frozenset()) | {name}
        return found

    def _held_by(self, keys: Sequence[Key]) -> KeysOf:
        """Return what selects the values of columns of these records."""

        def held(*columns: TableColumn) -> Statement:
            is_whole = (one.is_not(None) for one in columns)
            return select(*columns).select_from(self.model).where(self.model.id.in_(keys), *is_whole).correlate(None)

        return held

    def _taken_keys(self, session: AnySession, rows: Sequence[ImportedRow]) -> Collection[Key]:
        """Return the keys that rows give to new records although another record has them already."""
        keys = {one.values[KEY] for one in rows if one.values.get(KEY) is not None}
        if not keys or self.match == KEY:
            return ()
        return set(session.scalars(select(self.model.id).where(self.model.id.in_(keys))))

    # ---- finding the related records

    def _resolved(self, session: AnySession, rows: Sequence[ImportedRow]) -> Sequence[ImportedRow]:
        """Replace the names of related records by their keys."""
        known = {name: self._keys_of(session, name, rows) for name in self.named if name in self.fields}
        return [self._with_keys(one, known) for one in rows]

    def _keys_of(self, session: AnySession, name: str, rows: Sequence[ImportedRow]) -> Mapping[object, Sequence[Key]]:
        values = {one.values[name] for one in rows if one.values.get(name) is not None}
        return self.named[name].found(session, values)

    def _with_keys(self, row: ImportedRow, known: Mapping[str, Mapping[object, Sequence[Key]]]) -> ImportedRow:
        problems: dict[str, CellProblem] = {}
        missing: dict[str, str] = {}
        for name, keys_by_value in known.items():
            value = row.values.get(name)
            if value is None:
                continue
            keys = keys_by_value.get(self.named[name].fold(value))
            if keys is not None and len(keys) == 1:
                row.values[name] = keys[0]
            else:
                del row.values[name]
                said = self._why_not_one(name, value, keys)
                if said:
                    problems[name] = row.problem_at(name, as_end(label(name), said))
                else:
                    missing[name] = str(value)
        if not problems and not missing:
            return row
        return replace(row, problems={**row.problems, **problems}, missing=missing)

    def _why_not_one(self, name: str, value: object, keys: Sequence[Key] | None) -> str:
        """Say why a name refers to no record, or to several; "" if a record is created for it."""
        return self.named[name].problem_with_missing(str(value)) if keys is None else SEVERAL if keys else UNTOLD

    def _with_links(self, session: AnySession, name: str, rows: Sequence[ImportedRow]) -> Sequence[ImportedRow]:
        """Replace the names in a cell of links by the records' keys."""
        cells = {place: str(one.values.get(name) or "") for place, one in enumerate(rows) if name in one.values}
        found, read = self.links[name].found(session, cells.values()), list(rows)
        for place, cell in cells.items():
            row, texts = rows[place], values_of(cell)
            row.values[name] = sorted({key for text in texts for key in found[text]})
            if wrong := [text for text in texts if len(found[text]) != 1]:
                said = f"“{wrong[0]}”: {SEVERAL if found[wrong[0]] else NOT_THERE}"
                problem = {name: row.problem_at(name, said)}
                read[place] = replace(row, problems={**row.problems, **problem})
        return read

    # ---- making the lines

    def _line(
        self, plan_id: int, row: ImportedRow, present: _Present | None, taken: Collection[Key], known: Known
    ) -> Line:
        line: Line = {"plan_id": plan_id, "number": row.number, "record_id": None, "version": 0, "problem": ""}
        line |= {"before": None, "after": None, "cells": None, "missing": None}
        if present is None:
            return line | self._addition(row, taken, known)
        line |= {"record_id": present.key, "version": present.version}
        if row.problems:
            return line | self._wrong(row, row.problems)
        if row.values.get(KEY, present.key) != present.key:
            return line | self._wrong(row, self._key.problem(row, ANOTHER_KEY))
        if present.is_closed:
            return line | {"verdict": Verdict.REFUSED, "problem": NOT_YOURS}
        if not self.may_change:
            return line | self._wrong(row, self._problem_of_match(row, EXISTS))
        return line | self._change(row, present, known)

    def _without_same(self, row: ImportedRow, present: _Present) -> ImportedRow:
        """Take out what is wrong with cells that say what is stored: another program stored it, and the row leaves it."""
        same = {name for name in {**row.problems, **row.missing} if self._says_stored(name, row, present)}
        if not same:
            return row
        problems = {name: one for name, one in row.problems.items() if name not in same}
        missing = {name: one for name, one in row.missing.items() if name not in same}
        return replace(row, problems=problems, missing=missing)

    def _says_stored(self, name: str, row: ImportedRow, present: _Present) -> bool:
        by = self.named.get(name)
        is_own = name in self.columns and (by is None or by.column is by.held)
        return is_own and name in row.texts and says(present.values[name], row.texts[name])

    def _change(self, row: ImportedRow, present: _Present, known: Known) -> Values:
        new = self._changed(row, present)
        made = {name: row.missing[name] for name in self.columns if name in row.missing and name not in present.fixed}
        problems: dict[str, CellProblem] = {}
        for name, value in new.items():
            if name in followed_columns(self.model):
                problems[name] = row.problem_at(name, PASSED_ON)
            elif name in present.fixed:
                problems[name] = row.problem_at(name, FIXED_RELATION)
            elif (said := self._problem_with(self.columns[name], name, value)) is not None:
                problems[name] = row.problem_at(name, said)
        whole = {**present.values, **new}
        problems = self._ties.problems(row, present.values, whole, known) | self._amounts(row, new, whole) | problems
        links = self._other_links(row, present)
        new |= links
        problems |= _lost_links_outside_scope(row, present, links)
        if problems:
            return self._wrong(row, problems)
        if not new and not made:
            return {"verdict": Verdict.SAME}
        before = self._kept({name: present.values[name] for name in (*new, *made)})
        return {"verdict": Verdict.CHANGE, "before": before, "after": self._kept(new), "missing": made or None}

    def _sides(self, row: ImportedRow, present: _Present | None) -> tuple[Values, Values]:
        """Return a record's values before and after the import."""
        if present is None:
            return {}, row.values
        return present.values, {**present.values, **self._changed(row, present)}

    def _changed(self, row: ImportedRow, present: _Present) -> Values:
        """Return the row's values that differ from the record's."""
        left = self._left(row, present)
        given = ((name, one) for name, one in self.columns.items() if name in row.values and name not in left)
        return {name: row.values[name] for name, column in given if not holds(column, present.values[name], row, name)}

    def _left(self, row: ImportedRow, present: _Present) -> Collection[str]:
        """Return the columns whose key an empty cell of a name leaves: it says what is stored."""
        tied = (one for tie in self.named_ties if tie.relation.key in present.nameless for one, _ in tie.cells(row))
        return {name for name in (*present.nameless, *tied) if row.values.get(name, "") is None}

    def _other_links(self, row: ImportedRow, present: _Present) -> dict[str, Keys]:
        """Return the record's new links, for each field of links that the row changes."""
        given = {name: one for name, one in self.links.items() if name in row.values}
        after = {name: one.after(present.values[name], row.values[name]) for name, one in given.items()}
        return {name: keys for name, keys in after.items() if keys != present.values[name]}

    def _addition(self, row: ImportedRow, taken: Collection[Key], known: Known) -> Values:
        problems = dict(row.problems)
        if "" in problems:
            return self._wrong(row, problems)
        key = row.values.get(KEY, self._key.made)
        if not problems and not self.may_add:
            problems |= self._problem_of_match(row, NOT_THERE)
        elif not problems.keys() & {KEY, *self._key.parts}:
            problems |= self._key.problems(row, key, taken, self._problem_with)
        values = {name: value for name, value in row.values.items() if name in self.columns or name in self.links}
        columns = history_columns(self.model)
        for name in dict.fromkeys([*values, *self._required]):
            if name in problems or name in row.missing or name in self.links:
                continue
            said = self._problem_with(columns[name], name, values.get(name))
            if said is None and name in self._required and values.get(name) is None:
                said = f"enter the {in_sentence(label(name))}."
            if said is not None:
                problems[name] = row.problem_at(name, said)
        problems = self._ties.problems(row, {}, values, known) | self._amounts(row, values, values) | problems
        if problems:
            return self._wrong(row, problems) | {"record_id": None}
        values |= {name: value for name, value in self.given.items() if values.get(name) is None}
        values |= {name: make(None) for name, make in self._own_defaults.items() if values.get(name) is None}
        kept = self._kept(values)
        return {"verdict": Verdict.NEW, "record_id": key, "after": kept, "missing": dict(row.missing) or None}

    def _wrong(self, row: ImportedRow, problems: Mapping[str, CellProblem]) -> Values:
        """Return the verdict of a wrong line. A problem with a column that the file sets by a name is shown at the name."""
        named = {key: cell for tie in self.named_ties for key, cell in tie.cells(row)}
        cells: dict[str, CellProblem] = {}
        for name, one in problems.items():
            cells.setdefault(named.get(name, name), row.problem_at(named[name], one.said) if name in named else one)
        name, first = next(iter(cells.items()))
        said = {name: [one.said, one.cell[:LONGEST_CELL]] for name, one in cells.items()}
        return {"verdict": Verdict.WRONG, "problem": group_of(name, first.said), "cells": said}

    def _amounts(self, row: ImportedRow, changed: Values, whole: Values) -> dict[str, CellProblem]:
        """Return the problems with amounts that don't fit their record's currency."""
        found = problems_with_amounts(self.model, changed, whole.get).items()
        return {name: row.problem_at(name, as_end(label(name), said)) for name, said in found}

    def _problem_of_match(self, row: ImportedRow, said: str) -> dict[str, CellProblem]:
        """Return a problem with the cells by which the row finds its record."""
        is_key = self.match == KEY
        return self._key.problem(row, said) if is_key else {self.match: row.problem_at(self.match, said)}

    def _problem_with(self, column: TableColumn, name: str, value: object) -> str | None:
        check = self.checks.get(name)
        problem = problem_with(column, label(name), value) or (check(value) if check is not None else None)
        return None if problem is None else as_end(label(name), problem)

    def _kept(self, values: Mapping[str, object]) -> Values:
        columns = history_columns(self.model)
        return {
            name: keys_to_history(self.links[name].relation, cast("Keys", value))
            if name in self.links
            else kind_of(columns[name]).to_history(value)
            for name, value in values.items()
        }


def match_rows(
    engine: Engine,
    plan_id: int,
    matcher: RowMatcher,
    rows: Iterable[ImportedRow],
    write: Callable[[Sequence[Line]], object],
) -> None:
    """Make lines of a file's rows; `write` gets them one batch at a time.

    Each batch reads the records as they are at that moment. One long read transaction would make SQLite's log grow by
    everything written meanwhile. A record that changes later is left alone anyway: its version differs.
    """
    for batch in batches(rows):
        with Session(engine, autoflush=False) as session:
            lines = matcher.lines(session, plan_id, batch)
        write(lines)


def batches(rows: Iterable[ImportedRow]) -> Iterator[list[ImportedRow]]:
    """Yield the rows in batches, so that memory use doesn't depend on their number."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


class _Present(NamedTuple):
    """A record that a row refers to: its values, whether the person may not change it, its fixed relations, and those without a name."""

    key: Key
    version: int
    values: Values
    is_closed: bool
    fixed: frozenset[str]
    nameless: frozenset[str]


def _lost_links_outside_scope(row: ImportedRow, present: _Present, links: Mapping[str, Keys]) -> dict[str, CellProblem]:
    """Return the problems of links that the row would remove although the person may not see them."""
    return {
        name: row.problem_at(name, FIXED_RELATION)
        for name, keys in links.items()
        if name in present.fixed and set(present.values[name]) - set(keys)
    }


def group_of(name: str, said: str) -> str:
    """Return the reason that lines with the same problem have in common."""
    return (f"{label(name)}: {said}" if name else sentence_case(said))[:300]


def _also(rows: ColumnElement[bool] | None) -> Sequence[ColumnElement[bool]]:
    return () if rows is None else (rows,)
