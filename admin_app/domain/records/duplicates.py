"""Records that may be the same: their texts are alike. Found along an index of them, so many entries a page, however many there are.

Most entries have no like, and no database jumps over them: a page that has found nothing says how far it has come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, func, literal, select

from admin_app.db.ordering import Likeness
from admin_app.db.record import Record
from admin_app.extensions import AnySession

# Entries that a page looks at; groups that it shows, and records of each.
MOST_LOOKED_AT = 50_000
MOST_GROUPS = 20
MOST_SHOWN = 5


@dataclass(frozen=True)
class Start:
    """Where a page begins: at a key, or behind it."""

    key: str = ""
    is_behind: bool = True


@dataclass(frozen=True)
class Group:
    """Records with the same key, the oldest of them first; more than are counted where `is_cut`."""

    key: str
    count: int
    records: Sequence[Record]
    is_cut: bool = False


@dataclass(frozen=True)
class Page:
    """Some groups; how many records were looked at for them, and where the next page begins, None at the end."""

    groups: Sequence[Group]
    looked_at: int
    following: Start | None


def duplicates(
    session: AnySession,
    column: Any,
    likeness: Likeness,
    *,
    start: Start | None = None,
    rows: ColumnElement[bool] | None = None,
) -> Page:
    """Return a page of groups of records that are alike in a column, of those that meet a condition."""
    model = column.class_
    walk = _walk(model, likeness.key_of(column), start or Start())
    found = session.execute(_told(walk, _members(walk, model, rows))).all()
    looked_at, first, last = found[0][:3]
    is_end = looked_at < MOST_LOOKED_AT
    groups = _groups(session, model, [row for row in found if row.number is not None])
    if is_end:
        return _page(groups, looked_at, None)
    if first == last:
        # One group, and longer than what is looked at.
        return Page([replace(one, is_cut=True) for one in groups], looked_at, Start(last))
    # The last group may go on beyond what was looked at, and is begun anew.
    return _page([one for one in groups if one.key != last], looked_at, Start(last, is_behind=False))


def _page(groups: Sequence[Group], looked_at: int, following: Start | None) -> Page:
    if len(groups) > MOST_GROUPS:
        return Page(groups[:MOST_GROUPS], looked_at, Start(groups[MOST_GROUPS - 1].key))
    return Page(groups, looked_at, following)


def _walk(model: type[Record], key: Any, start: Start) -> CTE:
    """Walk along the index of the keys; blank texts are like nothing."""
    place = literal(start.key, key.type)
    begun = key > place if start.is_behind else key >= place
    entries = select(key.label("key"), model.id.label("id")).where(begun).order_by(key, model.id)
    return entries.limit(MOST_LOOKED_AT).cte("walk")


def _members(walk: CTE, model: type[Record], rows: ColumnElement[bool] | None) -> Subquery:
    """Return the first few ids of the groups with more than one record."""
    told = select(walk.c.key, walk.c.id)
    if rows is not None:
        told = told.join(model, model.id == walk.c.id).where(rows)
    entries = told.cte("entries")
    several = select(entries.c.key, func.count().label("number")).group_by(entries.c.key)
    several = several.having(func.count() > 1).order_by(entries.c.key)
    # One more tells that there are more, and one the last of which is not known yet.
    groups = several.limit(MOST_GROUPS + 2).cte("groups")
    place = func.row_number().over(partition_by=entries.c.key, order_by=entries.c.id)
    numbered = select(groups.c.key, groups.c.number, entries.c.id, place.label("place"))
    return numbered.join(entries, entries.c.key == groups.c.key).subquery("numbered")


def _told(walk: CTE, members: Subquery) -> Select[Any]:
    """Return the statement of both: how far the walk goes, and what it found."""
    edge = select(
        func.count().label("looked_at"), func.min(walk.c.key).label("first"), func.max(walk.c.key).label("last")
    )
    edges = edge.select_from(walk).subquery("edge")
    found = (members.c.key, members.c.number, members.c.id)
    both = edges.outerjoin(members, members.c.place <= MOST_SHOWN)
    return select(*edges.c, *found).select_from(both).order_by(members.c.key, members.c.place)


def _groups(session: AnySession, model: type[Record], found: Sequence[Any]) -> list[Group]:
    """Read the records: by one statement for all groups."""
    wanted = select(model).where(model.id.in_([row.id for row in found]))
    records = {one.id: one for one in session.scalars(wanted)} if found else {}
    groups = [
        Group(key, number, [records[row.id] for row in rows if row.id in records])
        for (key, number), rows in groupby(found, key=lambda row: (row.key, row.number))
    ]
    # What was deleted between the two statements is nobody's like any more.
    return [one for one in groups if one.records]
