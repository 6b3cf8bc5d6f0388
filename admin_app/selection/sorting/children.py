"""The children that a list's order counts: which records they are, whom they belong to, and their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import aliased, object_session

from admin_app.db.record import Record
from admin_app.extensions import AnyColumn
from admin_app.relations import ManyToMany, relation_of
from admin_app.relations.base import in_alias
from admin_app.selection.list_schema import SortKey


def numbers_of_children(sort: SortKey, records: Sequence[Record]) -> dict[object, int]:
    """Count the children of these loaded records in one statement; records without children are left out."""
    session = object_session(records[0]) if records else None
    if session is None:
        return {}
    keys = {getattr(record, _tie(sort)): record.id for record in records}
    counts = counts_of(sort, among=list(keys))
    return {keys[row.owner]: row.number for row in session.execute(select(counts))}


def counts_of(sort: SortKey, among: Sequence[object] | None = None) -> Subquery:
    """Return the query that counts children by owner, of all owners or of these."""
    child, counted = children_of(sort)
    owner = owner_of(sort, child)
    wanted = owner.is_not(None) if among is None else owner.in_(among)
    number = select(owner.label("owner"), func.count().label("number")).where(wanted, *counted)
    return number.group_by(owner).subquery()


def children_of(sort: SortKey) -> tuple[Any, list[ColumnElement[bool]]]:
    """Return an alias of the children's model, and the condition on those that count; for links, the association table."""
    relation, rows = relation_of(sort.column), sort.rows
    model = relation.target
    if isinstance(relation, ManyToMany):
        links = relation.table.alias("links")
        other = links.c[relation.other_link.name]
        return links, [] if rows is None else [other.in_(select(model.id).where(rows).correlate(None))]
    child = aliased(model, flat=True)
    return child, [] if rows is None else [child.id.in_(select(model.id).where(rows).correlate(None))]


def tie_of(sort: SortKey, model: type[Record]) -> AnyColumn:
    """Return the column of a record that its children refer to: its key, or another unique column."""
    tie: AnyColumn = getattr(model, _tie(sort))
    return tie


def _tie(sort: SortKey) -> str:
    relation = relation_of(sort.column)
    return "id" if isinstance(relation, ManyToMany) or relation.is_by_key else relation.own_name


def owner_of(sort: SortKey, child: Any) -> AnyColumn:
    """Return the children's column that refers to the owner."""
    relation = relation_of(sort.column)
    owner: AnyColumn = (
        child.c[relation.own_link.name] if isinstance(relation, ManyToMany) else in_alias(child, relation.other_names)
    )
    return owner
