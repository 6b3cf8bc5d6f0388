"""Counts of what hangs on a record, bounded, so that a record with a million children costs what one with a few costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from admin_app.extensions import AnySession

# Enough to be exact about what people go through one by one.
COUNT_LIMIT = 10_000


@dataclass(frozen=True)
class Count:
    """A number of rows; not exact when there are more than were counted."""

    number: int
    is_exact: bool = True

    def __str__(self) -> str:
        """Write "1,204" or "more than 10,000"."""
        return f"{self.number:,}" if self.is_exact else f"more than {self.number:,}"


def bounded(number: int, limit: int = COUNT_LIMIT) -> Count:
    """Make a count of a number that was counted up to one more than the limit."""
    return Count(number) if number <= limit else Count(limit, is_exact=False)


def counts_of_children(
    session: AnySession, children: InstrumentedAttribute[Any], keys: Sequence[Any], limit: int | None = COUNT_LIMIT
) -> Mapping[Any, Count]:
    """Count the children of each of these records in one statement; `children` is the parents' to-many attribute.

    Without a limit the counts are exact, and cost what there is to count.
    A record that was deleted since it was read has none.
    """
    parent = children.property.parent.class_
    child = aliased(children.property.mapper.class_)
    key = children.property.parent.primary_key[0]
    found = select(1).where(children.of_type(child).expression).correlate(parent)
    some = (found if limit is None else found.limit(limit + 1)).subquery()
    counted = select(func.count()).select_from(some).scalar_subquery()
    rows = session.execute(select(key, counted).where(key.in_(keys)))
    counts = {row[0]: Count(row[1]) if limit is None else bounded(row[1], limit) for row in rows}
    return {key: counts.get(key, Count(0)) for key in keys}
