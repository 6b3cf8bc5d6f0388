"""Paging by the number of children: of all users those with the most posts first, and those without any at the other end.

The children are counted by their foreign key's index, all of them for each page: see decision 60. As every order, it is
told in segments: the records that have children, by their number and their own key, and those that have none, by their key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, literal, select, tuple_
from sqlalchemy.orm import aliased, object_session

from admin_app.db.key_parts import spread, spread_values
from admin_app.db.record import Record
from admin_app.extensions import AnyColumn, Attribute, Statement
from admin_app.relations import ManyToMany, relation_of
from admin_app.relations.base import in_alias
from admin_app.selection.list_schema import SortKey

# A record's number of children, and its key.
Place = tuple[int, object]


def numbers_of_children(sort: SortKey, records: Sequence[Record]) -> dict[object, int]:
    """Count the children of these records, which were read just now, by one statement; those without any are left out."""
    session = object_session(records[0]) if records else None
    if session is None:
        return {}
    counts = _counts(sort, among=[record.id for record in records])
    return {row.owner: row.number for row in session.execute(select(counts))}


def segments_by_count(
    model: type[Record],
    sort: SortKey,
    criteria: Sequence[ColumnElement[bool]],
    *,
    start: Place | None,
    is_up: bool,
) -> Iterator[Statement]:
    """Yield the queries that give the rows behind `start`, walking either way."""
    beyond_none = start is not None and start[0] == 0
    if is_up:
        if start is None or beyond_none:
            yield _without(model, sort, criteria, start, is_up=is_up)
        yield _with(model, sort, criteria, None if beyond_none else start, is_up=is_up)
        return
    if not beyond_none:
        yield _with(model, sort, criteria, start, is_up=is_up)
    yield _without(model, sort, criteria, start if beyond_none else None, is_up=is_up)


def _with(
    model: type[Record], sort: SortKey, criteria: Sequence[ColumnElement[bool]], start: Place | None, *, is_up: bool
) -> Statement:
    counts, key = _counts(sort), _key(model)
    columns: list[AnyColumn] = [counts.c.number, key]
    beyond = [] if start is None else [_beyond(columns, start, is_up=is_up)]
    rows = select(model).join(counts, counts.c.owner == key).where(*criteria, *beyond)
    return rows.order_by(*(one.asc() if is_up else one.desc() for one in spread(columns)))


def _without(
    model: type[Record], sort: SortKey, criteria: Sequence[ColumnElement[bool]], start: Place | None, *, is_up: bool
) -> Statement:
    child, counted = _children(sort)
    key = _key(model)
    has_one = select(1).select_from(child).where(_owner(sort, child) == key, *counted).correlate(model).exists()
    beyond = [] if start is None else [key > start[1] if is_up else key < start[1]]
    return select(model).where(*criteria, ~has_one, *beyond).order_by(key.asc() if is_up else key.desc())


def _counts(sort: SortKey, among: Sequence[object] | None = None) -> Subquery:
    """Count the children of every record that has any, or of those among these keys."""
    child, counted = _children(sort)
    owner = _owner(sort, child)
    wanted = owner.is_not(None) if among is None else owner.in_(among)
    number = select(owner.label("owner"), func.count().label("number")).where(wanted, *counted)
    return number.group_by(owner).subquery()


def _children(sort: SortKey) -> tuple[Any, list[ColumnElement[bool]]]:
    """Return the children's model under a name of its own, and the condition on those that count; of links the table between."""
    relation, rows = relation_of(sort.column), sort.rows
    model = relation.target
    if isinstance(relation, ManyToMany):
        links = relation.table.alias("links")
        other = links.c[relation.other_link.name]
        return links, [] if rows is None else [other.in_(select(_key(model)).where(rows).correlate(None))]
    child = aliased(model)
    return child, [] if rows is None else [child.id.in_(select(_key(model)).where(rows).correlate(None))]


def _owner(sort: SortKey, child: Any) -> AnyColumn:
    relation = relation_of(sort.column)
    owner: AnyColumn = (
        child.c[relation.own_link.name] if isinstance(relation, ManyToMany) else in_alias(child, relation.other_names)
    )
    return owner


def _key(model: type[Record]) -> Attribute:
    return model.id


def _beyond(columns: Sequence[AnyColumn], start: Place, *, is_up: bool) -> ColumnElement[bool]:
    """Compare number by number, then key by key."""
    least = columns[0] >= start[0] if is_up else columns[0] <= start[0]
    left, right = tuple_(*spread(columns)), tuple_(*map(literal, spread_values(columns, start)))
    return and_(least, left > right if is_up else left < right)
