"""Records that are to belong to another one, which may have only one like them: by a unique index of some rows, say of what comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, false, func, literal, not_, select, tuple_

from admin_app.db.keys import key_in, key_of
from admin_app.db.record import Record
from admin_app.db.unique_together import unique_where
from admin_app.domain.naming import noun_of
from admin_app.extensions import AnySession, Expression, Statement, TableColumn, Values
from admin_app.relations import Relation


def problem_with_rivals(
    session: AnySession,
    relation: Relation,
    moving: ColumnElement[bool],
    heir: Record,
    *,
    going: ColumnElement[bool] | None = None,
) -> str | None:
    """Say why these records cannot all be given to another one, though the database alone would refuse it.

    `going`: those of them that are deleted instead.
    """
    child, key = cast("Table", relation.other_columns[0].table), key_of(relation.target)
    held = relation.foreign_key_values(heir)
    for columns, where in unique_where(child, session.get_bind().dialect.name):
        if {*columns}.isdisjoint(relation.other_columns):
            continue
        others = [one for one in columns if one.name not in held]
        leaving = select(key).select_from(relation.target).where(moving, where)
        mine = leaving.where(not_(false() if going is None else going))
        # Those that stay: of a key of several columns the index may have one alone, which those that move have already.
        staying = and_(where, key_in(child).not_in(leaving.correlate(None)))
        same = {one.name: held[one.name] for one in columns if one.name in held}
        found = session.scalar(mine.where(_is_there(child, others, same, staying)).order_by(key.asc()).limit(1))
        if found is None:
            found = session.scalar(_alike(mine, key, others))
        if found is not None:
            return f"“{heir}” may have only one {noun_of(relation.target)} like the one with the ID {found}."
    return None


def _is_there(
    child: Table, others: Sequence[TableColumn], held: Values, where: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether the other one has a record already that is the same in these columns."""
    taken = (*(child.c[name] == value for name, value in held.items()), where)
    if others:
        return tuple_(*others).in_(select(*others).where(*taken).correlate(None))
    return select(literal(1)).select_from(child).where(*taken).correlate(None).exists()


def _alike(mine: Statement, key: Expression, others: Sequence[TableColumn]) -> Statement:
    """Find one of those that move which is the same in these columns as one that moves along."""
    place = func.row_number().over(partition_by=list(others) or None, order_by=key.asc()).label("place")
    known = [one.is_not(None) for one in others]
    found = mine.add_columns(place).where(*known).subquery()
    return select(found.c[0]).where(found.c.place > 1).limit(1)
