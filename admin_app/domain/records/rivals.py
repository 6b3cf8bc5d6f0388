"""Records that cannot all get the same owner, because a partial unique index allows the owner only one such record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, false, func, literal, not_, select, tuple_

from admin_app.db.dialects import dialect_of
from admin_app.db.keys import key_in, key_of
from admin_app.db.record import Record
from admin_app.db.unique_together import columns_of, replaced, unique_where
from admin_app.domain.naming import noun_of
from admin_app.extensions import AnySession, Expression, Statement
from admin_app.relations import Relation


def problem_with_rivals(
    session: AnySession,
    relation: Relation,
    moving: ColumnElement[bool],
    heir: Record,
    *,
    going: ColumnElement[bool] | None = None,
) -> str | None:
    """Say why the `moving` records cannot all be given to the heir; None if they can. Only the database would refuse it otherwise.

    Those of them that are `going` are deleted instead.
    """
    child, key = cast("Table", relation.other_columns[0].table), key_of(relation.target)
    held = {name: literal(value, child.c[name].type) for name, value in relation.foreign_key_values(heir).items()}
    for values, where in unique_where(child, dialect_of(session)):
        if columns_of(values).isdisjoint(relation.other_columns):
            continue
        alike = [(one, replaced(one, held)) for one in values if _is_told(one, held)]
        others = [(one, replaced(one, held)) for one in values if not _is_told(one, held)]
        leaving = select(key).select_from(relation.target).where(moving, where)
        mine = leaving.where(not_(false() if going is None else going))
        # Without the moving records themselves: they may have a part of the heir's key already.
        staying = and_(where, key_in(child).not_in(leaving.correlate(None)))
        taken = and_(staying, *(now == then for now, then in alike))
        found = session.scalar(mine.where(_is_there(child, others, taken)).order_by(key.asc()).limit(1))
        if found is None:
            found = session.scalar(_alike(mine, key, [then for _, then in others]))
        if found is not None:
            return f"“{heir}” may have only one {noun_of(relation.target)} like the one with the ID {found}."
    return None


def _is_told(value: Expression, held: Mapping[str, Expression]) -> bool:
    """Whether a value depends only on the foreign key, and so is the same for all records of the heir."""
    return all(column.name in held for column in columns_of([value]))


def _is_there(
    child: Table, others: Sequence[tuple[Expression, Expression]], taken: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether the heir has a record already that equals a moving record after the move."""
    if others:
        now, then = zip(*others, strict=True)
        return tuple_(*then).in_(select(*now).select_from(child).where(taken).correlate(None))
    return select(literal(1)).select_from(child).where(taken).correlate(None).exists()


def _alike(mine: Statement, key: Expression, others: Sequence[Expression]) -> Statement:
    """Select a moving record that has the same values as another moving record."""
    place = func.row_number().over(partition_by=list(others) or None, order_by=key.asc()).label("place")
    known = [one.is_not(None) for one in others]
    found = mine.add_columns(place).where(*known).subquery()
    return select(found.c[0]).where(found.c.place > 1).limit(1)
