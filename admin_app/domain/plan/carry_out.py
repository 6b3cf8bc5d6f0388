"""Carry out a plan in chunks, all in one change set. A line is left out if its record changed since the plan was made.

The transaction that changes a record also settles its line, so that a restart after a crash does no line twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError

from admin_app.db.caseless import same_in
from admin_app.db.dialects import dialect_of
from admin_app.db.joined import by_table, of_root, own_table
from admin_app.db.json_values import has_key, row_columns
from admin_app.db.keys import is_record, key_from, key_in, stored_key
from admin_app.db.record import Record
from admin_app.db.row_locks import lock_rows
from admin_app.db.versions import has_counter, stamped, version_after, version_in
from admin_app.domain.audit.links import put_links
from admin_app.domain.audit.recorder import begin_change_set, count_rows, describe, entry_of, resume_change_set
from admin_app.domain.audit.trees import mark_checked, require_tree
from admin_app.domain.plan.checks import OUTSIDE_SCOPE
from admin_app.domain.plan.creation import create_records
from admin_app.domain.plan.dependents import changed_since
from admin_app.domain.plan.lines import NOT_YOURS, Limit
from admin_app.domain.plan.missing import Missing, make_missing
from admin_app.domain.plan.plan import model_of
from admin_app.domain.plan.spans import spanned
from admin_app.domain.records.deletion import Decision, delete_many
from admin_app.domain.records.deletion_scope import DeletionScopes
from admin_app.domain.records.refusals import problems_of
from admin_app.errors import AdminError, DeletionError, InvalidRecord
from admin_app.extensions import AnySession, TableColumn, Values, table_of
from admin_app.kinds import placeholder
from admin_app.kinds.history import from_json_sql, title_of
from admin_app.models.change_set import Change, Did, Kind
from admin_app.models.plan import OPEN, Plan, PlanLine, Verdict
from admin_app.relations import links_of, relations_of
from admin_app.relations.trees import trees_of

_LINE = table_of(PlanLine)
_CHANGED = ("change_set_id", "model", "record_id", "act", "title", "version", "before", "after")

# Lines that a chunk may add out of turn, so that records can swap unique values.
MOST_OUT_OF_TURN = 5_000

OUTDATED = "It was changed after the plan was made."
GONE = "It has been deleted."


@dataclass(frozen=True)
class Deletion:
    """What happens to the dependents of deleted records, by relation."""

    decisions: Mapping[str, Decision]
    scopes: DeletionScopes


@dataclass(frozen=True)
class _Chunk:
    """Some lines, and the range of their records' keys. Given both, PostgreSQL reads only that part of the tables."""

    lines: ColumnElement[bool]
    records: ColumnElement[bool]

    def those(self, which: ColumnElement[bool]) -> _Chunk:
        """Return those lines of the chunk that meet a condition."""
        return _Chunk(and_(self.lines, which), self.records)


class _OutsideScopeError(Exception):
    """Changed records would leave the person's row scope, so nothing of the chunk is written."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__()
        self.numbers = numbers


@dataclass(frozen=True)
class Execution:
    """Carries out a plan. `rows` are the records that the person may change (None: all), before and after the change.

    The operation's own `limits` hold only before it: a post that was published is no longer a draft.
    """

    session: AnySession
    plan: Plan
    rows: ColumnElement[bool] | None = None
    # None for an operation that changes values.
    deletion: Deletion | None = None
    # The rows that new records have to be among (None: all).
    new_rows: ColumnElement[bool] | None = None
    kind: Kind = Kind.BULK
    limits: tuple[Limit, ...] = ()
    # How to create related records that lines name and that don't exist, by the relation's column.
    missing: Mapping[str, Missing] = field(default_factory=dict)
    # The model of the records, if several models share the plan's table.
    of: type[Record] | None = None

    def carry_out_next(self, most: int) -> int:
        """Settle the next `most` lines (not yet committed); return how many were settled, 0 if none is left."""
        chunk = self._next(most)
        if chunk is None:
            return 0
        self._begin()
        new = self._number_new(chunk)
        settled = self._settle_unfit(chunk) + self._settle_with_other_dependents(chunk)
        settled += self._carry_out(chunk)
        self._note(settled, new)
        return sum(settled.values())

    @property
    def model(self) -> type[Record]:
        """The model of the records."""
        return self.of or model_of(self.plan)

    @property
    def _table(self) -> Table:
        return table_of(self.model)

    @property
    def _columns(self) -> dict[str, TableColumn]:
        """The columns that the plan changes."""
        columns = row_columns(self.model)
        return {name: columns[name] for name in self.plan.fields if name in columns}

    @property
    def _open(self) -> ColumnElement[bool]:
        """Return the condition for open lines."""
        return and_(_LINE.c.plan_id == self.plan.id, _LINE.c.verdict.in_(self._verdicts))

    @property
    def _verdicts(self) -> Sequence[Verdict]:
        """The open verdicts that the plan has lines of. Each one costs an index scan, so others are left out."""
        return [verdict for verdict in OPEN if self.plan.counts.get(verdict)] or [Verdict.CHANGE]

    def _next(self, most: int) -> _Chunk | None:
        """Return the next open lines, or None if there are none."""
        some = self._first(most).subquery()
        first, last = self.session.execute(select(func.min(some.c.number), func.max(some.c.number))).one()
        if first is None:
            return None
        which = and_(self._open, _LINE.c.number.between(first, last))
        further = self._further(which)
        lines = or_(which, and_(self._open, _LINE.c.number.in_(further))) if further else which
        return _Chunk(lines, spanned(self.session, self._table, lines))

    def _further(self, which: ColumnElement[bool]) -> set[int]:
        """Return the numbers of lines that have to go with these: their records hold unique values that these lines take."""
        taking, found = which, set[int]()
        while (numbers := self._holding_values_of(taking) - found) and len(found) < MOST_OUT_OF_TURN:
            found |= numbers
            taking = and_(self._open, _LINE.c.number.in_(numbers))
        return found

    def _holding_values_of(self, taking: ColumnElement[bool]) -> set[int]:
        """Return the numbers of lines whose records hold unique values that other lines take."""
        found: set[int] = set()
        for name, column in self._columns.items():
            if column.unique and Verdict.CHANGE in self._verdicts:
                owner, other = column.table.alias("owner"), _LINE.alias("other")
                wanted = from_json_sql(column, _LINE.c.after, name, self._dialect)
                lets_go = and_(other.c.plan_id == self.plan.id, other.c.record_id == stored_key(key_in(owner)))
                asked = (
                    select(other.c.number)
                    .select_from(_LINE)
                    .join(owner, same_in(column, owner.c[column.name], wanted))
                    .join(other, and_(lets_go, other.c.verdict == Verdict.CHANGE))
                    .where(taking, self._has(name), other.c.number != _LINE.c.number)
                )
                found |= set(self.session.scalars(asked))
        return found

    def _first(self, most: int) -> Select[int, int | None]:
        """Return the first open lines: `most` of each verdict, which its index has in order."""
        mine = select(_LINE.c.number, _LINE.c.record_id).where(_LINE.c.plan_id == self.plan.id)
        each = [
            select(mine.where(_LINE.c.verdict == one).order_by(_LINE.c.number).limit(most).subquery())
            for one in self._verdicts
        ]
        some = union_all(*each).subquery()
        return select(some.c.number, some.c.record_id).order_by(some.c.number).limit(most)

    def _begin(self) -> None:
        """Begin the plan's change set, or resume it."""
        plan = self.plan
        describe(self.session, kind=self.kind, resource=plan.model, record_id=None, reason=plan.reason or None)
        if plan.change_set_id is None:
            plan.change_set_id = begin_change_set(self.session)
        else:
            counts = {(Did(what), table): number for what, table, number in plan.tally}
            resume_change_set(self.session, plan.change_set_id, counts)

    def _number_new(self, chunk: _Chunk) -> int:
        """Count the records to be created."""
        if Verdict.NEW not in self._verdicts:
            return 0
        return self.session.scalar(select(func.count()).where(chunk.lines, _LINE.c.verdict == Verdict.NEW)) or 0

    def _note(self, settled: Counter[Verdict], new: int) -> None:
        """Store the progress; `new` is how many of the settled lines were to create records."""
        counts = Counter(self.plan.counts)
        counts.update({str(verdict): number for verdict, number in settled.items()})
        counts[Verdict.CHANGE] -= sum(settled.values()) - new
        counts[Verdict.NEW] -= new
        self.plan.counts = {str(verdict): number for verdict, number in counts.items() if number > 0}
        done = entry_of(self.session).counts
        self.plan.tally = [[what, table, number] for (what, table), number in done.items() if number]

    def _settle_unfit(self, chunk: _Chunk) -> Counter[Verdict]:
        """Settle the lines whose records changed, are gone, or are no longer allowed; lock the records of the others."""
        here = select(1).select_from(self._table).where(chunk.records, is_record(self._table, _LINE.c.record_id))
        as_seen = here.where(version_in(self._table) == _LINE.c.version)
        limits = self.limits if self.rows is None else (Limit(self.rows, NOT_YOURS), *self.limits)
        limits = tuple(one._replace(rows=of_root(self.model, one.rows)) for one in limits)
        meant = key_in(self._table).in_(select(key_from(self._table, _LINE.c.record_id)).where(chunk.lines))
        lock_rows(self.session, self.model, and_(chunk.records, meant))
        found: Counter[Verdict] = Counter()
        present = chunk.those(_LINE.c.verdict == Verdict.CHANGE)
        fit = as_seen.where(*(one.rows for one in limits))
        # In most chunks nothing changed: one check for all reasons is cheaper than one for each.
        if not self.session.scalar(select(exists().where(present.lines, ~exists(fit.correlate(_LINE))))):
            return found
        for verdict, problem, there in (
            (Verdict.GONE, GONE, here),
            (Verdict.OUTDATED, OUTDATED, as_seen),
            *((Verdict.REFUSED, one.words, as_seen.where(one.rows)) for one in limits),
        ):
            unfit = present.those(~exists(there.correlate(_LINE)))
            found[verdict] += self._settle(unfit, verdict, problem)
        return found

    def _settle_with_other_dependents(self, chunk: _Chunk) -> Counter[Verdict]:
        """Settle the lines whose records have other dependents than the plan said."""
        found: Counter[Verdict] = Counter()
        if self.deletion is not None:
            which = and_(chunk.lines, chunk.records)
            for news, numbers in changed_since(self.session, self.model, which, self.deletion.scopes).items():
                those = chunk.those(_LINE.c.number.in_(numbers))
                found[Verdict.OUTDATED] += self._settle(those, Verdict.OUTDATED, news)
        return found

    def _settle(self, chunk: _Chunk, verdict: Verdict, problem: str = "") -> int:
        statement = update(_LINE).where(chunk.lines).values(verdict=verdict, problem=problem)
        return self._send(statement)

    def _carry_out(self, chunk: _Chunk) -> Counter[Verdict]:
        """Write the lines in a few statements. If the database refuses some of them, write the others all the same."""
        earlier = self._last_change() if self._depends_on_itself else None
        try:
            with self.session.begin_nested():
                self._write(chunk)
                self._require_in_scope(chunk)
                self._require_trees(chunk)
                number = self._settle(chunk, Verdict.DONE)
                number += 0 if earlier is None else self._settle_deleted_along(earlier)
                return Counter({Verdict.DONE: number})
        except _OutsideScopeError as error:
            refused = self._settle(chunk.those(_LINE.c.number.in_(error.numbers)), Verdict.REFUSED, OUTSIDE_SCOPE)
            return Counter({Verdict.REFUSED: refused}) + self._carry_out(chunk)
        except (IntegrityError, DataError, DeletionError, InvalidRecord) as error:
            return self._carry_out_in_halves(chunk, error)

    def _carry_out_in_halves(self, chunk: _Chunk, error: Exception) -> Counter[Verdict]:
        """Halve the chunk until the lines that can't be written are found."""
        numbers = list(self.session.scalars(select(_LINE.c.number).where(chunk.lines).order_by(_LINE.c.number)))
        if len(numbers) <= 1:
            return Counter({Verdict.FAILED: self._settle(chunk, Verdict.FAILED, self._words(error)[:300])})
        middle = numbers[len(numbers) // 2]
        lower, upper = _LINE.c.number < middle, _LINE.c.number >= middle
        return self._carry_out(chunk.those(lower)) + self._carry_out(chunk.those(upper))

    def _words(self, error: Exception) -> str:
        if isinstance(error, IntegrityError):
            return " ".join(problems_of(error, self.model).values())
        return str(error) if isinstance(error, AdminError) else "The database refused the value."

    def _write(self, chunk: _Chunk) -> None:
        """Make the changes of the lines; new records come last, so that they can take freed unique values."""
        if self.deletion is not None:
            self._delete(chunk, self.deletion)
            return
        make_missing(self.session, self.missing, chunk.lines)
        if Verdict.CHANGE in self._verdicts:
            self._change(chunk.those(_LINE.c.verdict == Verdict.CHANGE))
        if Verdict.NEW in self._verdicts:
            create_records(self.session, self.plan.id, self.model, chunk.lines)

    def _change(self, chunk: _Chunk) -> int:
        """Write the changes to the history, then make them."""
        table = self._table
        number = self._record(chunk)
        self._free_unique_values(chunk)
        tables = by_table(self._columns)
        for further, columns in tables.items():
            if further is not table:
                mine = self._records(chunk, further), is_record(further, _LINE.c.record_id)
                self._send(update(further).where(chunk.lines, *mine).values(self._new(columns)))
        as_seen = is_record(table, _LINE.c.record_id)
        if has_counter(table):
            # A stand-in changes the version of a row without a counter; the version was checked before, and the row is locked.
            as_seen = and_(as_seen, version_in(table) == _LINE.c.version)
        values = stamped(table, self._new(tables.get(table, {})))
        self._send(update(table).where(chunk.lines, chunk.records, as_seen).values(values))
        for name, link in links_of(self.model).items():
            if name in self.plan.fields:
                put_links(self.session, link, _LINE, chunk.lines)
        count_rows(self.session, Did.UPDATE, self.model, number)
        return number

    def _new(self, columns: Mapping[str, TableColumn]) -> Values:
        """Return the new values: the line's value if it has one, else the present value."""
        said = {name: from_json_sql(one, _LINE.c.after, name, self._dialect) for name, one in columns.items()}
        return {one.name: case((self._has(name), said[name]), else_=one) for name, one in columns.items()}

    def _records(self, chunk: _Chunk, table: Table) -> ColumnElement[bool]:
        """Return the range of the chunk's records in a table."""
        return chunk.records if table is self._table else spanned(self.session, table, chunk.lines)

    def _record(self, chunk: _Chunk) -> int:
        changes = table_of(Change)
        what = (
            literal(self.plan.change_set_id),
            literal(self._table.name),
            _LINE.c.record_id,
            literal(Did.UPDATE.value),
        )
        values = (title_of(self.model), version_after(self._table), _LINE.c.before, _LINE.c.after)
        lines = select(*what, *values).join_from(_LINE, self._table, is_record(self._table, _LINE.c.record_id))
        return self._send(
            insert(changes).from_select(_CHANGED, lines.where(chunk.lines, chunk.records), include_defaults=False)
        )

    def _free_unique_values(self, chunk: _Chunk) -> None:
        """Give records that swap unique values a temporary value first: two of them must not be equal even for a moment."""
        for name, column in self._columns.items():
            if column.unique and (value := placeholder(column)) is not None:
                table = own_table(column)
                mine = and_(self._records(chunk, table), is_record(table, _LINE.c.record_id), self._has(name))
                self._send(update(table).where(chunk.lines, mine).values({column.name: value}))

    def _delete(self, chunk: _Chunk, deletion: Deletion) -> int:
        which = and_(
            chunk.records, self.model.id.in_(select(key_from(self._table, _LINE.c.record_id)).where(chunk.lines))
        )
        return delete_many(self.session, self.model, which, deletion.decisions, deletion.scopes)

    @property
    def _depends_on_itself(self) -> bool:
        """Whether deleting a record may delete or change other records of the plan."""
        relations = relations_of(self.model).values() if self.deletion is not None else ()
        return any(table_of(one.target) is self._table for one in relations)

    def _last_change(self) -> int:
        return self.session.scalar(select(func.max(Change.id))) or 0

    def _settle_deleted_along(self, earlier: int) -> int:
        """Settle lines whose records were deleted along with others, and update the versions of those that this plan itself changed."""
        mine = (Change.change_set_id == self.plan.change_set_id, Change.model == self._table.name, Change.id > earlier)
        went = select(Change.record_id).where(*mine, Change.act == Did.DELETE)
        gone = update(_LINE).where(self._open, _LINE.c.record_id.in_(went)).values(verdict=Verdict.DONE)
        number = self._send(gone)
        changed = select(Change.record_id).where(*mine, Change.act == Did.UPDATE)
        if has_counter(self._table):
            changed = changed.where(Change.version == _LINE.c.version + 1)
        as_seen = _LINE.c.record_id.in_(changed.correlate(_LINE))
        now = select(version_in(self._table)).where(is_record(self._table, _LINE.c.record_id)).correlate(_LINE)
        self._send(update(_LINE).where(self._open, as_seen).values(version=now.scalar_subquery()))
        return number

    def _require_in_scope(self, chunk: _Chunk) -> None:
        """Raise `_OutsideScopeError` for lines whose changed records are no longer in the person's row scope."""
        if self.deletion is not None:
            return
        numbers: list[int] = []
        for verdict, rows in ((Verdict.CHANGE, self.rows), (Verdict.NEW, self.new_rows)):
            if rows is not None and verdict in self._verdicts:
                stays = select(1).select_from(self._table).where(is_record(self._table, _LINE.c.record_id))
                stays = stays.where(of_root(self.model, rows))
                mine = chunk.those(_LINE.c.verdict == verdict).lines
                numbers += self.session.scalars(select(_LINE.c.number).where(mine, ~exists(stays.correlate(_LINE))))
        if numbers:
            raise _OutsideScopeError(numbers)

    def _require_trees(self, chunk: _Chunk) -> None:
        """Raise `InvalidRecord` if a record would be below itself. Checking at the end of the plan would be too late."""
        trees = [one for one in trees_of(self.model) if one.own_name in self.plan.fields]
        for tree in trees:
            require_tree(
                self.session,
                tree,
                tree.other.in_(select(key_from(self._table, _LINE.c.record_id)).where(chunk.lines)),
            )
        mark_checked(self.session, self.plan.change_set_id)

    def _has(self, name: str) -> ColumnElement[bool]:
        return has_key(_LINE.c.after, name, self._dialect)

    @property
    def _dialect(self) -> str:
        return dialect_of(self.session)

    def _send(self, statement: Executable) -> int:
        result = self.session.connection().execute(statement, execution_options={"preserve_rowcount": True})
        return int(result.rowcount)
