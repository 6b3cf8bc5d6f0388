"""A person's ticks on the rows of a list: single rows, or all matching rows except some. Old ticks expire."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, insert, literal, select, update
from sqlalchemy.orm import aliased

from admin_app.db.dialects import insert_into
from admin_app.db.keys import Key, key_from, stored_key
from admin_app.db.record import Record
from admin_app.db.types import utc_now
from admin_app.errors import SelectionError
from admin_app.extensions import AnySession, Attribute, Statement, Values, table_of
from admin_app.models.change_set import Change, Did
from admin_app.models.plan import Plan, PlanLine, Verdict
from admin_app.models.ticks import Tick, TickSet
from admin_app.selection.selection import Selection, Ticked

LIFETIME = timedelta(days=7)
# Ticks in one set. Nobody ticks more rows page by page, and this many are counted at once.
MOST_TICKS = 10_000
# Sets of one person: enough for a few lists a day until they expire. Without a limit somebody could fill the database.
MOST_SETS = 100

# The verdicts of records that no longer exist after a plan of deletion was carried out.
NO_LONGER = (Verdict.DONE, Verdict.GONE)

# Length of `Selection.digest`, with which a copy's key begins.
DIGEST = 32

TOO_MANY = f"You can select {MOST_TICKS:,} rows one by one or by page. To select more, narrow the list and select all that match."
GONE = (
    "These rows are no longer selected, or they were selected in another list or by somebody else. Select them again."
)


@dataclass(frozen=True)
class TickedList:
    """The person, the resource and the list (`Selection.digest`) that ticks belong to."""

    staff_id: int
    resource: str
    key: str

    @property
    def _is_its(self) -> tuple[ColumnElement[bool], ...]:
        return TickSet.staff_id == self.staff_id, TickSet.resource == self.resource

    @property
    def own(self) -> tuple[ColumnElement[bool], ...]:
        """The condition on the set that this person changes."""
        return (*self._is_its, TickSet.list_key == self.key, _is_kept())

    @property
    def with_copies(self) -> tuple[ColumnElement[bool], ...]:
        """The condition on the set that this person changes, and on its copies."""
        return (*self._is_its, func.substr(TickSet.list_key, 1, DIGEST) == self.key, _is_kept())


@dataclass(frozen=True)
class Ticks:
    """The ticks of a list: how many, on how many pages they were made, and which of the requested keys have one."""

    id: int
    is_all_but: bool
    number: int
    pages: int
    found: frozenset[Key]

    def among(self, keys: Collection[Key]) -> set[Key]:
        """Return which of these rows are selected; they must be among the keys given to `find`."""
        return set(keys) - self.found if self.is_all_but else set(keys) & self.found


def _found() -> Statement:
    """Select a set with the numbers of its ticks and of their pages, and those of some keys that have a tick."""
    counts = (
        select(one).where(Tick.set_id == TickSet.id).scalar_subquery()
        for one in (func.count(), func.count(Tick.page.distinct()))
    )
    own = (
        TickSet.staff_id == bindparam("staff_id"),
        TickSet.resource == bindparam("resource"),
        TickSet.list_key == bindparam("list_key"),
        TickSet.changed_at.between(bindparam("earliest"), bindparam("latest")),
    )
    # The limit makes both databases count once, not once for each row.
    held = select(TickSet.id, TickSet.is_all_but, *counts).where(*own).limit(1).subquery()
    ticked = (Tick.set_id == held.c.id) & Tick.record_id.in_(bindparam("keys", expanding=True))
    return select(held, Tick.record_id).outerjoin(Tick, ticked)


# Every list runs it. Building it anew each time took nearly a tenth of the page's time.
_FOUND = _found()


def find(session: AnySession, place: TickedList, keys: Collection[Key] = ()) -> Ticks | None:
    """Return a list's selection, and which of these rows it has, by one statement; None if there is none."""
    earliest, latest = _kept_times()
    whose = {"staff_id": place.staff_id, "resource": place.resource, "list_key": place.key}
    asked = {**whose, "earliest": earliest, "latest": latest, "keys": list(keys)}
    found = session.execute(_FOUND, asked).all()
    if not found or not (found[0][1] or found[0][2]):
        return None
    of_set = found[0]
    return Ticks(of_set[0], of_set[1], of_set[2], of_set[3], frozenset(row[4] for row in found if row[4] is not None))


def tick(session: AnySession, place: TickedList, selection: Selection, keys: Collection[Key], *, page: int = 0) -> None:
    """Tick rows of the list (not yet committed); keys of rows outside the list are ignored. Raise `SelectionError` for too many."""
    if keys:
        held = _hold(session, place)
        _remove(session, held, keys) if held.is_all_but else _add(session, held, selection, keys, page)


def untick(
    session: AnySession, place: TickedList, selection: Selection, keys: Collection[Key], *, page: int = 0
) -> None:
    """Untick rows (not yet committed); if all rows are ticked, exclude these."""
    if keys and (held := _held(session, place)) is not None:
        _add(session, held, selection, keys, page) if held.is_all_but else _remove(session, held, keys)


def tick_all(session: AnySession, place: TickedList) -> None:
    """Tick every matching row, future ones included (not yet committed)."""
    held = _hold(session, place)
    session.execute(delete(Tick).where(Tick.set_id == held.id))
    session.execute(update(TickSet).where(TickSet.id == held.id).values(is_all_but=True))


def clear(session: AnySession, place: TickedList) -> None:
    """Untick everything (not yet committed)."""
    session.execute(delete(TickSet).where(*place.own))


def clear_planned(session: AnySession, plan: Plan, *, set_id: int) -> None:
    """Untick the records that a plan deleted, in the list that the plan was made from: the list of this set (not yet committed).

    Records that the plan left stay ticked, and so do rows that the person ticked since. If every row is ticked, the whole
    set is deleted, unless the plan left a record or the set was changed after the plan was made.
    """
    of = aliased(TickSet)
    key = select(func.substr(of.list_key, 1, DIGEST)).where(of.id == set_id).scalar_subquery()
    resource = select(of.resource).where(of.id == set_id).scalar_subquery()
    here = (TickSet.staff_id == plan.staff_id, TickSet.resource == resource, TickSet.list_key == key)
    of_tick = (PlanLine.plan_id == plan.id, PlanLine.record_id == Tick.record_id)
    is_gone = exists().where(*of_tick, PlanLine.verdict.in_(NO_LONGER))
    lists = select(TickSet.id).where(*here, TickSet.is_all_but.is_(False))
    those = delete(Tick).where(Tick.set_id.in_(lists), is_gone)
    whole = delete(TickSet).where(*here, TickSet.is_all_but.is_(True), TickSet.changed_at <= plan.created_at)
    for statement in (those, whole) if plan.counts.keys() <= {*NO_LONGER} else (those,):
        session.execute(statement.execution_options(synchronize_session=False))


def in_list(session: AnySession, ticks: Ticks, selection: Selection) -> int:
    """Count the ticked rows that the list still has; others were deleted, or no longer match."""
    model = selection.schema.model
    found = select(func.count()).select_from(model).where(model.id.in_(_records(model, ticks.id)), *selection.criteria)
    return session.scalar(found) or 0


def meant(session: AnySession, place: TickedList, selection: Selection) -> Selection:
    """Return the selection limited to its ticked rows; raise `SelectionError` for ticks of another person or list."""
    number = select(func.count()).where(Tick.set_id == TickSet.id).scalar_subquery()
    found = session.execute(
        select(number, TickSet.is_all_but).where(TickSet.id == selection.ticks, *place.with_copies)
    ).one_or_none()
    if found is None:
        raise SelectionError(GONE)
    model = selection.schema.model
    key, records = model.id, _records(model, selection.ticks)
    return replace(selection, ticked=Ticked(key.not_in(records) if found[1] else key.in_(records), *found))


def keep_copy(session: AnySession, set_id: int) -> int:
    """Copy a set for later work, so that ticks made meanwhile do not change it (not yet committed); return the copy's id."""
    original = session.get_one(TickSet, set_id)
    copy = TickSet(
        staff_id=original.staff_id,
        resource=original.resource,
        list_key=original.list_key[:DIGEST] + secrets.token_hex(16),
        is_all_but=original.is_all_but,
        changed_at=utc_now(),
    )
    session.add(copy)
    session.flush()
    rows = select(literal(copy.id), Tick.record_id, Tick.page).where(Tick.set_id == set_id)
    session.execute(insert(Tick).from_select(["set_id", "record_id", "page"], rows))
    return copy.id


def tick_lines(session: AnySession, place: TickedList, plan_id: int, verdicts: Collection[str]) -> int:
    """Create a set of the records of a plan's lines with these verdicts (not yet committed); return its id."""
    mine = (PlanLine.plan_id == plan_id, PlanLine.verdict.in_(verdicts), PlanLine.record_id.is_not(None))
    return _tick_found(session, place, PlanLine.record_id, mine)


def tick_changes(session: AnySession, place: TickedList, change_set_id: int, table: str) -> int:
    """Create a set of the records of a table that a change set created or changed (not yet committed); return its id."""
    mine = (Change.change_set_id == change_set_id, Change.model == table, Change.act != Did.DELETE)
    return _tick_found(session, place, Change.record_id, mine)


def _tick_found(session: AnySession, place: TickedList, key: Attribute, which: Sequence[ColumnElement[bool]]) -> int:
    """Create a set with the keys that are found."""
    _forget_old(session, place.staff_id)
    made = TickSet(
        staff_id=place.staff_id,
        resource=place.resource,
        list_key=place.key[:DIGEST] + secrets.token_hex(16),
        is_all_but=False,
        changed_at=utc_now(),
    )
    session.add(made)
    session.flush()
    rows = select(literal(made.id), key, literal(0)).where(*which).distinct()
    session.execute(insert(Tick).from_select(["set_id", "record_id", "page"], rows))
    return made.id


@dataclass(frozen=True)
class _Held:
    """A set that is locked until the transaction ends."""

    id: int
    is_all_but: bool


def _held(session: AnySession, place: TickedList) -> _Held | None:
    """Set the time of the last change, which locks the set; None if there is no set."""
    changed = update(TickSet).where(*place.own).values(changed_at=utc_now()).returning(TickSet.id, TickSet.is_all_but)
    found = session.execute(changed, execution_options={"synchronize_session": False}).one_or_none()
    return None if found is None else _Held(*found)


def _hold(session: AnySession, place: TickedList) -> _Held:
    """Lock the set, and create it if there is none. If two tabs create it at once, the second uses the first's."""
    if (held := _held(session, place)) is not None:
        return held
    _forget_old(session, place.staff_id)
    values: Values = {"staff_id": place.staff_id, "resource": place.resource, "list_key": place.key}
    session.execute(
        insert_into(session, TickSet).values(**values, is_all_but=False, changed_at=utc_now()).on_conflict_do_nothing()
    )
    return _hold(session, place)


def _forget_old(session: AnySession, staff_id: int) -> None:
    """Delete expired sets, and the person's oldest sets if they have too many."""
    session.execute(delete(TickSet).where(~_is_kept()))
    newest = (
        select(TickSet.id).where(TickSet.staff_id == staff_id).order_by(TickSet.changed_at.desc(), TickSet.id.desc())
    )
    too_old = session.scalars(newest.offset(MOST_SETS - 1)).all()
    session.execute(delete(TickSet).where(TickSet.id.in_(too_old)))


def _add(session: AnySession, held: _Held, selection: Selection, keys: Collection[Key], page: int) -> None:
    """Add those keys that belong to rows of the list and are not in the set yet."""
    model = selection.schema.model
    wanted = model.id.in_(keys), model.id.not_in(_records(model, held.id)), *selection.criteria
    rows = select(literal(held.id), stored_key(model.id), literal(page)).where(*wanted)
    session.execute(insert(Tick).from_select(["set_id", "record_id", "page"], rows))
    if (session.scalar(select(func.count()).where(Tick.set_id == held.id)) or 0) > MOST_TICKS:
        raise SelectionError(TOO_MANY)


def _remove(session: AnySession, held: _Held, keys: Collection[Key]) -> None:
    session.execute(delete(Tick).where(Tick.set_id == held.id, Tick.record_id.in_(keys)))


def _records(model: type[Record], set_id: int) -> Statement:
    return select(key_from(table_of(model), table_of(Tick).c.record_id)).where(Tick.set_id == set_id)


def _is_kept() -> ColumnElement[bool]:
    """Return the condition on sets that have not expired."""
    return TickSet.changed_at.between(*_kept_times())


def _kept_times() -> tuple[datetime, datetime]:
    """Return the earliest and latest time of change of a set that has not expired; a set from a clock that was ahead lasts no longer than others."""
    now = utc_now()
    return now - LIFETIME, now + LIFETIME
