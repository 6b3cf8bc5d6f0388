"""Possible duplicates: records with similar text, found along an index, a fixed number of entries per page.

Most entries have no duplicate, and no index skips those: a page without results says how far it has searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import CTE, ColumnElement, Subquery, func, literal, select, true, union_all

from admin_app.db.ordering import Likeness
from admin_app.db.record import Record
from admin_app.extensions import AnySession, Attribute, Expression, Statement

# Index entries that a page looks at, groups that it shows, and records that it shows of each.
MOST_LOOKED_AT = 50_000
MOST_GROUPS = 20
MOST_SHOWN = 5
# Records that are counted of a group whose key is known.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Start:
    """Where a page begins: at a key, or after it."""

    key: str = ""
    is_behind: bool = True


@dataclass(frozen=True)
class Group:
    """Records with the same key, the oldest first. If it `is_cut`, there are more records than `count`."""

    key: str
    count: int
    records: Sequence[Record]
    is_cut: bool = False


@dataclass(frozen=True)
class Page:
    """A page of groups, the number of records searched for it, and where the next page begins (None: there is none)."""

    groups: Sequence[Group]
    looked_at: int
    following: Start | None


@dataclass(frozen=True)
class Stretch:
    """A part of the index: the keys that several records in it share, its number of records, and where the next part begins (None: there is none)."""

    keys: Sequence[str]
    looked_at: int
    following: Start | None


def duplicates(
    session: AnySession,
    column: Attribute,
    likeness: Likeness,
    *,
    start: Start | None = None,
    rows: ColumnElement[bool] | None = None,
) -> Page:
    """Return a page of groups of similar records by a column, among those that meet a condition."""
    model: type[Record] = column.parent.class_
    walk = _walk(model, likeness.key_of(column), start or Start(), rows)
    found = session.execute(_told(walk, _members(walk))).all()
    looked_at, following = found[0].looked_at, _following(found[0])
    groups = _groups(session, model, [row for row in found if row.number is not None])
    if following is not None and following.is_behind:
        # All that was looked at is one group, which is longer.
        return Page([replace(one, is_cut=True) for one in groups], looked_at, following)
    return _page([one for one in groups if not _begins_with(following, one.key)], looked_at, following)


def alike_keys(
    session: AnySession, column: Attribute, likeness: Likeness, *, start: Start, rows: ColumnElement[bool] | None = None
) -> Stretch:
    """Return the keys of all groups in the part of the index that begins at `start`."""
    model: type[Record] = column.parent.class_
    walk = _walk(model, likeness.key_of(column), start, rows)
    several = _several(walk).subquery("several")
    edges = _edge(walk)
    both = select(*edges.c, several.c.key).select_from(edges.outerjoin(several, true())).order_by(several.c.key)
    found = session.execute(both).all()
    following = _following(found[0])
    keys = [row.key for row in found if row.key is not None and not _begins_with(following, row.key)]
    return Stretch(keys, found[0].looked_at, following)


def groups_of(
    session: AnySession,
    column: Attribute,
    likeness: Likeness,
    keys: Sequence[str],
    rows: ColumnElement[bool] | None = None,
) -> Sequence[Group]:
    """Return the present groups with these keys, in their order; keys with fewer than two records are left out."""
    if not keys:
        return []
    model, key = column.parent.class_, likeness.key_of(column)
    allowed = () if rows is None else (rows,)
    each = [
        select(literal(one, key.type).label("key"), model.id.label("id"))
        .where(key == literal(one, key.type), *allowed)
        .order_by(model.id.asc())
        .limit(MOST_COUNTED)
        .subquery()
        for one in keys
    ]
    entries = union_all(*(select(one) for one in each)).subquery("entries")
    number = func.count().over(partition_by=entries.c.key).label("number")
    numbered = select(entries.c.key, number, entries.c.id, _place(entries).label("place")).subquery("numbered")
    several = (numbered.c.number > 1, numbered.c.place <= MOST_SHOWN)
    found = session.execute(select(numbered).where(*several).order_by(numbered.c.key, numbered.c.place)).all()
    groups = {one.key: replace(one, is_cut=one.count == MOST_COUNTED) for one in _groups(session, model, found)}
    return [groups[one] for one in keys if one in groups]


def _following(edge: Any) -> Start | None:
    """Return where the next part begins: at the last group, which may continue, or after it if this part is a single group."""
    if edge.looked_at < MOST_LOOKED_AT:
        return None
    return Start(edge.last, is_behind=edge.first == edge.last)


def _begins_with(following: Start | None, key: str) -> bool:
    """Whether the next part begins with this group, not after it."""
    return following is not None and not following.is_behind and following.key == key


def _page(groups: Sequence[Group], looked_at: int, following: Start | None) -> Page:
    if len(groups) > MOST_GROUPS:
        return Page(groups[:MOST_GROUPS], looked_at, Start(groups[MOST_GROUPS - 1].key))
    return Page(groups, looked_at, following)


def _walk(model: type[Record], key: Expression, start: Start, rows: ColumnElement[bool] | None) -> CTE:
    """Walk along the index of the keys. Blank texts have no key, so they are never similar.

    Rows outside the condition are not even walked past: the position of the next page would reveal them.
    """
    place = literal(start.key, key.type)
    begun = key > place if start.is_behind else key >= place
    entries = select(key.label("key"), model.id.label("id")).where(begun, *([] if rows is None else [rows]))
    return entries.order_by(key, model.id.asc()).limit(MOST_LOOKED_AT).cte("walk")


def _members(walk: CTE) -> Subquery:
    """Return the first few ids of the groups with more than one record."""
    # One more group shows that there are more; another one, because the last may be incomplete.
    groups = _several(walk).order_by(walk.c.key).limit(MOST_GROUPS + 2).cte("groups")
    numbered = select(groups.c.key, groups.c.number, walk.c.id, _place(walk).label("place"))
    return numbered.join(walk, walk.c.key == groups.c.key).subquery("numbered")


def _several(walk: CTE) -> Statement:
    """Select the keys that several records share, and how many share each."""
    return select(walk.c.key, func.count().label("number")).group_by(walk.c.key).having(func.count() > 1)


def _place(entries: CTE | Subquery) -> ColumnElement[int]:
    return func.row_number().over(partition_by=entries.c.key, order_by=entries.c.id)


def _edge(walk: CTE) -> Subquery:
    edge = select(
        func.count().label("looked_at"), func.min(walk.c.key).label("first"), func.max(walk.c.key).label("last")
    )
    return edge.select_from(walk).subquery("edge")


def _told(walk: CTE, members: Subquery) -> Statement:
    """Return one statement for the end of the walk and the records of its groups."""
    edges = _edge(walk)
    found = (members.c.key, members.c.number, members.c.id)
    both = edges.outerjoin(members, members.c.place <= MOST_SHOWN)
    return select(*edges.c, *found).select_from(both).order_by(members.c.key, members.c.place)


def _groups(session: AnySession, model: type[Record], found: Sequence[Any]) -> list[Group]:
    """Read the records of all groups by one statement."""
    wanted = select(model).where(model.id.in_([row.id for row in found]))
    records = {one.id: one for one in session.scalars(wanted)} if found else {}
    groups = [
        Group(key, number, [records[row.id] for row in rows if row.id in records])
        for (key, number), rows in groupby(found, key=lambda row: (row.key, row.number))
    ]
    # Records may have been deleted between the two statements.
    return [one for one in groups if one.records]
