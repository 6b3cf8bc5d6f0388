"""Exact decimals on SQLite. SQLAlchemy rounds them when it reads them, but cursors need the stored values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Float, Numeric, select, type_coerce
from sqlalchemy.orm import object_session

from admin_app.db.dialects import dialect_of
from admin_app.db.record import Record
from admin_app.db.unreadable import Unreadable
from admin_app.selection.list_schema import SortKey


def exact_numbers(sort: SortKey | None, records: Sequence[Record]) -> Mapping[object, Decimal | Unreadable]:
    """Return the exact sort values by record key, in one statement; nothing if they were read unrounded.

    Another program may have stored 19.990000000000002. A cursor at 19.99 would stand before its own row, and the next page would
    begin with that row again.
    """
    session = object_session(records[0]) if records else None
    if sort is None or session is None or not _is_rounded(sort, dialect_of(session)):
        return {}
    relation, model = sort.relation, sort.column.parent.class_
    owners = {one.id: one if relation is None else getattr(one, relation.key) for one in records}
    keys = {key: owner.id for key, owner in owners.items() if owner is not None}
    number = type_coerce(sort.column, Float())
    found = select(model.id, number).where(model.id.in_(set(keys.values())), sort.column.is_not(None))
    numbers = {
        key: value if isinstance(value, Unreadable) else Decimal(repr(value)) for key, value in session.execute(found)
    }
    return {key: numbers[owner] for key, owner in keys.items() if owner in numbers}


def _is_rounded(sort: SortKey, dialect: str) -> bool:
    kind = None if sort.is_count else sort.column.type
    return dialect == "sqlite" and isinstance(kind, Numeric) and not isinstance(kind, Float) and kind.asdecimal
