"""How to find the rows with a word: look a rare one up in the index, or walk the list's order and try each row.

A rare word on a sorted page is quick by the index: fetch what there is, sort it. A common one is quick by walking: the
first rows of the order are soon enough a page. Each is very slow the other way round, and the databases' planners do not
know which is which. A small sample of the rows does.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from sqlalchemy import Float, Integer, and_, cast, column, func, join, select, true, values

from admin_app.extensions import AnySession
from admin_app.selection.search import Lookup, indexed_rows, likely_places, occurs
from admin_app.selection.selection import Selection

# So few rows are quickly fetched, whatever else there is.
FEW = 2000
# Rows looked at to learn how common a word is. At five million rows both ways cost about the same for a word in one row
# of some hundreds.
SAMPLE = 500
# Neighbours lie on the same page of the disk: so many of them cost little more than one.
RUN = 10
# In a table of more rows than this, walking counts a common word only so far: each row in question has to be read.
MANY = 50_000
WALKED_COUNT = 500
# What is found so many times in the sample is common. One time is an accident more often than not.
COMMON = 2


def planned(session: AnySession, selection: Selection) -> Selection:
    """Return the same selection, knowing how to find its rows: the rarest word by the index, or none.

    Costs up to two small statements when a text is looked for, none else.
    """
    lookups = [one for one in selection.lookups if one.is_indexed]
    # A parent's children are found by their foreign key, ticked rows by their own, and no rows by nothing at all.
    if not lookups or selection.parent is not None or selection.ticks or selection.problems:
        return selection
    sizes = _sizes(session, selection, lookups)
    if min(sizes) > FEW:
        rows, (together, *sizes) = _hits(session, selection, lookups)
        if together >= COMMON:
            return _counted_so_far(session, selection, lookups) if rows > MANY else selection
    rarest = min(zip(sizes, lookups, strict=True), key=lambda one: (one[0], -len(one[1].term)))[1]
    return replace(selection, by_index=(rarest,))


def _counted_so_far(session: AnySession, selection: Selection, lookups: list[Lookup]) -> Selection:
    """Return the same selection, counted to a few: on SQLite among the first rows that the index has for a word."""
    is_readable = session.get_bind().dialect.name == "sqlite"
    places = likely_places(selection.offer.model, lookups[0], 2 * WALKED_COUNT) if is_readable else []
    return replace(selection, count_limit=WALKED_COUNT, likely_places=tuple(places))


def _sizes(session: AnySession, selection: Selection, lookups: list[Lookup]) -> list[int]:
    """Count what SQLite's index has for each term, no further than is few. PostgreSQL's cannot be read in part."""
    if session.get_bind().dialect.name != "sqlite":
        return [FEW + 1] * len(lookups)
    counts = [indexed_rows(selection.offer.model, one.columns, one.term, FEW + 1) for one in lookups]
    return list(session.execute(select(*counts)).one())


def _hits(session: AnySession, selection: Selection, lookups: list[Lookup]) -> tuple[int, list[int]]:
    """Say about how many rows there are; count the sample's rows that the selection means, and those that have each term."""
    key: Any = selection.offer.model.id
    # Each by itself: SQLite goes to one end at once, but through the whole table for both.
    first, last = (select(end(key)).scalar_subquery() for end in (func.min, func.max))
    ends = select(first.label("first"), last.label("last")).cte("ends")
    # The same rows every time, so that a list does not change its pace when it is looked at again.
    dice = random.Random(0)  # noqa: S311 -- a sample, no secret
    # Two short lists crossed: SQLAlchemy writes such lists anew each time, and one of all pairs takes it 20 ms.
    parts = (
        values(column("part", Float), name="parts").data([(dice.random(),) for _ in range(SAMPLE // RUN)]).cte("parts")
    )
    steps = values(column("step", Integer), name="steps").data([(step,) for step in range(RUN)]).cte("steps")
    place = cast(parts.c.part * (ends.c.last - ends.c.first + 1), Integer) + ends.c.first
    drawn = join(join(parts, steps, true()), ends, true())
    keys = select((place - place % RUN + steps.c.step).label("key")).select_from(drawn).cte("sample")
    wanted = [and_(*selection.criteria), *(occurs(one.columns, one.term) for one in lookups)]
    size = select(func.coalesce(ends.c.last - ends.c.first + 1, 0)).scalar_subquery()
    hits = select(size, *(func.count().filter(one) for one in wanted)).where(key.in_(select(keys.c.key)))
    rows, *counts = session.execute(hits).one()
    return rows, counts
