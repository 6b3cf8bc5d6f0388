"""How to find the rows with a word: look a rare one up in the index, or walk the list's order and try each row.

For a rare word on a sorted page the index is fast: fetch all its rows and sort them. For a common word walking is
fast: the first rows of the order soon fill a page. Each way is very slow in the other case, and the databases'
planners cannot tell the cases apart. A small sample of the rows can.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from sqlalchemy import (
    CTE,
    ColumnClause,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    String,
    and_,
    case,
    cast,
    column,
    false,
    func,
    join,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.sql.expression import TextualSelect
from sqlalchemy.sql.visitors import iterate

from admin_app.db.keys import is_numbered
from admin_app.db.types import UtcDateTime
from admin_app.extensions import AnySession, Attribute, ColumnType
from admin_app.selection.paging.counting import ends_of, most_rows, number_of
from admin_app.selection.search.search import (
    Lookup,
    indexed_rows,
    is_looked_for_by,
    is_written_in_itself,
    likely_places,
    occurs,
    occurs_in_itself,
)
from admin_app.selection.selection import Selection

# The filter that names rows by their keys, which every list has.
KEYS = "id__in"
# So few rows are quickly fetched, whatever else there is.
FEW = 2000
# Rows looked at to learn how common a word is. At five million rows both ways cost about the same for a word in one row
# of some hundreds.
SAMPLE = 500
# Neighbours lie on the same disk page, so reading this many costs little more than reading one.
RUN = 10
# So many times as many are looked at where several words, each of them common, are not met in the sample.
MORE = 10
# What fewer of the sample have than this is counted so far: where one row in some hundreds has it, a hundred are soon found.
SELDOM, SELDOM_COUNT = 10, 100
# In a table of more rows than this, walking counts a common word only so far: each row in question has to be read.
MANY = 50_000
WALKED_COUNT = 500
# By one condition that reads no text, so many rows are counted within 2 to 11 ms on both stores. By two they may have to be
# read one by one from all over the table, which takes 340 ms on SQLite: see docs/performance.md.
LIST_COUNT_LIMIT = 50_000
# A set of so many keys finds its rows in some 30 ms; of ten million rows a larger one has one in a thousand, of which the
# first ones are found as soon by asking each row.
LARGE_SET = 10_000
# A word that this many rows of the sample have is soon found in any order.
UNIFORM = SAMPLE // 10
# A word found this often in the sample is common. A single hit is more often than not an accident.
COMMON = 2


_TIMES = (Date, DateTime, UtcDateTime)


@dataclass(frozen=True)
class _Learnt:
    """What one statement says of a search: about how many rows there are, and how many of the sample's are meant.

    `own` are those that have one of the words in themselves: of the sample on PostgreSQL, of the index on SQLite. `hits`
    has those with each word, `sizes` what SQLite's index has for each, and `sure` so many rows that are meant for certain.
    Where the index says enough, the sample is not looked at.
    """

    rows: int
    meant: int
    own: int
    hits: tuple[int, ...]
    sizes: tuple[int, ...]
    sure: int = 0


def planned(session: AnySession, selection: Selection) -> Selection:
    """Return the same selection with its plan: which word the index looks up, if any, and how far to count.

    Costs one small statement when a text is looked for, or two on SQLite; one for filters by links, or below a record; and one
    for other filters on SQLite.
    """
    selection = _in_order(session, _walking(session, selection))
    if _is_soon_counted(selection):
        return replace(selection, count_limit=LIST_COUNT_LIMIT)
    # Samples are drawn at random numbers, so other keys have none.
    lookups = [one for one in selection.lookups if one.is_indexed] if is_numbered(selection.schema.model) else []
    # A parent's children are found by their foreign key, ticked rows by their own, and no rows by nothing at all.
    if not lookups or selection.parent is not None or _is_by_key(selection) or selection.problems:
        return selection
    clustered = _clustered(selection, lookups)
    learnt = _learnt(session, selection, lookups, clustered)
    is_any_few = min(learnt.sizes) <= FEW
    if learnt.meant < COMMON and not is_any_few and len(lookups) > 1 and _is_long(learnt):
        # Of words that are common each, and seldom together, reading all rows of the rarest is the last resort.
        wide = _sampled(session, selection, lookups, false(), steps=_MORE_STEPS)
        if wide.meant >= COMMON:
            return replace(selection, count_limit=SELDOM_COUNT)
    if clustered is not None and _lies_together(session, learnt):
        selection = replace(selection, clustered=clustered)
    if learnt.meant >= COMMON and not is_any_few:
        return _counted_so_far(session, selection, clustered or lookups[0], learnt) if learnt.rows > MANY else selection
    numbers = learnt.sizes if is_any_few else learnt.hits
    rarest = min(zip(numbers, lookups, strict=True), key=lambda one: (one[0], -one[1].letters))[1]
    # Of many that have it all have to be read to count those that have the others too.
    limit = WALKED_COUNT if not is_any_few and _is_long(learnt) else selection.count_limit
    return replace(selection, by_index=(rarest,), count_limit=limit)


def _is_soon_counted(selection: Selection) -> bool:
    """Whether counting tests at most one condition a row and reads no text."""
    if selection.lookups or selection.is_counted_in_order:
        return False
    asked = (
        len(selection.scope)
        + bool(selection.ticks)
        + sum(1 for member in selection.filters for _ in member.conditions())
    )
    parts = (part for one in selection.criteria for part in iterate(one))
    return asked <= 1 and not any(isinstance(getattr(part, "type", None), String) for part in parts)


def _walking(session: AnySession, selection: Selection) -> Selection:
    """Return the same selection, marking the sets of keys that are too large to look rows up by; their count is limited."""
    sets = [] if selection.problems else selection.key_sets
    some = {one: number_of(one.keys.limit(LARGE_SET + 1)) for one in sets if one.keys is not None}
    if not some:
        return selection
    numbers = session.execute(select(*some.values())).one()
    walked = tuple(one for one, number in zip(some, numbers, strict=True) if number > LARGE_SET)
    limit = WALKED_COUNT if walked and len(walked) == len(sets) else selection.count_limit
    return replace(selection, walked=walked, count_limit=limit)


def _in_order(session: AnySession, selection: Selection) -> Selection:
    """Return the same selection, noting whether filters match so many rows that SQLite must not use their indexes.

    SQLite would use a filter's index and sort all its rows: among ten million rows, a price between 100 and 900 took
    9 s.
    """
    filters = selection.filters and not selection.problems and not selection.lookups and not _is_by_key(selection)
    if not filters or not _is_sqlite(session) or not is_numbered(selection.schema.model) or _is_of_order(selection):
        return selection
    learnt = _sampled(session, selection, [], false())
    return replace(selection, is_in_order=learnt.rows > MANY and learnt.meant >= UNIFORM)


def _is_of_order(selection: Selection) -> bool:
    """Whether a filter may tell where in the order its rows lie, or have an index in this order.

    It asks for what is sorted by; or for a time, which goes with keys; or for whom the rows belong to, in the usual order.
    """
    sort = selection.order.sort
    if sort is not None and sort.is_count:
        return True
    asked = [one for member in selection.filters for one in iterate(member.criterion())]
    columns = [one for one in asked if isinstance(one, ColumnClause)]
    is_usual = not selection.sort or selection.sort.removeprefix("-") == selection.schema.default_sort.removeprefix("-")
    if is_usual and all(getattr(one, "foreign_keys", ()) for one in columns):
        return True
    if sort is None or isinstance(sort.column.type, _TIMES):
        return any(isinstance(one.type, _TIMES) or one.primary_key for one in columns)
    return any(one.name == sort.column.key for one in columns)


def _is_long(learnt: _Learnt) -> bool:
    """Whether even the rarest word is in many rows."""
    return learnt.rows * min(learnt.hits) > MANY * SAMPLE


def _is_by_key(selection: Selection) -> bool:
    """Whether the rows are named one by one: by ticks, or by a filter of their keys."""
    is_ticked = selection.ticked is not None and not selection.ticked.is_all_but
    return is_ticked or any(one.key == KEYS for one in selection.conditions)


def _lies_together(session: AnySession, learnt: _Learnt) -> bool:
    """Whether most of a word's rows have it by the relation that the list is sorted by, and they are too many to sort."""
    if learnt.meant >= UNIFORM:
        return False
    if _is_sqlite(session):
        return learnt.own <= FEW < min(learnt.sizes)
    # PostgreSQL does not tell the number; if the sample has none, there are few enough.
    return learnt.own < COMMON and learnt.meant > 0


def _so_far(learnt: _Learnt) -> int:
    """Return how far to count rows that are found by walking: less far where they are sparse."""
    return WALKED_COUNT if learnt.meant >= SELDOM or learnt.sure > WALKED_COUNT else SELDOM_COUNT


def _counted_so_far(session: AnySession, selection: Selection, word: Lookup, learnt: _Learnt) -> Selection:
    """Return the same selection, counted to a few, first where so many of them are soonest found.

    On SQLite that was among the first rows that the index has. PostgreSQL's cannot be read in part; there it is rows that
    need no look at a related one.
    """
    is_likely = not _is_sqlite(session) and 2 * learnt.own >= learnt.meant
    places = (_in_itself(selection, word),) if is_likely else ()
    return replace(selection, count_limit=_so_far(learnt), known_rows=learnt.sure, likely_places=places)


def _in_itself(selection: Selection, word: Lookup) -> ColumnElement[bool]:
    """Whether a row has the word in itself, for PostgreSQL: exactly where a related record decides, else as it is told soonest."""
    is_related = is_looked_for_by(selection.order.relation, word)
    return occurs_in_itself(word) if is_related else is_written_in_itself(word)


def _clustered(selection: Selection, lookups: list[Lookup]) -> Lookup | None:
    """Return the first word that is searched for in the related records that the list is sorted by."""
    return next((one for one in lookups if is_looked_for_by(selection.order.relation, one)), None)


def _learnt(session: AnySession, selection: Selection, lookups: list[Lookup], clustered: Lookup | None) -> _Learnt:
    """Estimate how common each word is: on SQLite from the index where it has few rows, else from a sample of the rows."""
    if not _is_sqlite(session):
        return _sampled(session, selection, lookups, _in_itself(selection, clustered or lookups[0]))
    found = _in_index(session, selection, lookups, clustered)
    # What more than few of so many rows have, one of the sample has at least: that need not be looked at.
    is_clear = found.sure > WALKED_COUNT and clustered is None and found.rows <= FEW * SAMPLE
    if is_clear or min(found.sizes) <= FEW:
        return found
    sampled = _sampled(session, selection, lookups, false())
    return replace(sampled, own=found.own, sizes=found.sizes, sure=found.sure)


def _in_index(session: AnySession, selection: Selection, lookups: list[Lookup], clustered: Lookup | None) -> _Learnt:
    """Count what SQLite's index has for each word, no further than is few, and of its first rows those that are meant.

    PostgreSQL's cannot be read in part.
    """
    model, word = selection.schema.model, clustered or lookups[0]
    counts = [indexed_rows(one, FEW + 1) for one in lookups]
    # Counted once, before the first rows are read: for few rows that is not worthwhile.
    sizes = select(*(count.label(f"size_{place}") for place, count in enumerate(counts))).cte("sizes")
    are_many = and_(*(one > FEW for one in sizes.c))
    likely = (selection.where_some(place) for place in likely_places(model, word, 2 * WALKED_COUNT))
    sure = [case((are_many, number_of(some.limit(WALKED_COUNT + 1))), else_=0) for some in likely]
    own: ColumnElement[int] = literal(0)
    if clustered is not None:
        own = indexed_rows(clustered, FEW + 1, but=selection.order.relation)
    found = session.execute(select(most_rows(model), own, *sizes.c, *sure)).one()
    numbers, meant = found[2 : 2 + len(counts)], found[2 + len(counts) :]
    return _Learnt(rows=found[0], meant=COMMON, own=found[1], hits=(), sizes=tuple(numbers), sure=max(meant))


def _sampled(
    session: AnySession,
    selection: Selection,
    lookups: list[Lookup],
    in_itself: ColumnElement[bool],
    *,
    steps: TextualSelect | None = None,
) -> _Learnt:
    """Look at a sample of the rows: how many are meant, how many of these have the word in themselves, how many have each word."""
    key: Attribute = selection.schema.model.id
    first, last = ends_of(selection.schema.model)
    ends = select(first.label("first"), last.label("last")).cte("ends")
    size = select(func.coalesce(ends.c.last - ends.c.first + 1, 0)).scalar_subquery()
    meant = and_(*selection.criteria)
    # What is looked for alone is the rarest, as rare as what is meant.
    each = [occurs(one) for one in lookups] if len(selection.criteria) > 1 else []
    counts = (func.count().filter(one) for one in (meant, and_(in_itself, meant), *each))
    keys = _sampled_keys(ends, _STEPS if steps is None else steps)
    sampled = select(size, *counts).where(key.in_(select(keys.c.key)))
    rows, all_meant, own, *hits = session.execute(sampled).one()
    many = (FEW + 1,) * len(lookups)
    return _Learnt(rows=rows, meant=all_meant, own=own, hits=tuple(hits) or (all_meant,), sizes=many)


def _sampled_keys(ends: CTE, run: TextualSelect) -> CTE:
    """Draw keys between the ends: runs of neighbours at random places."""
    parts, steps = _PARTS.cte("parts"), run.cte("steps")
    place = cast(parts.c.part * (ends.c.last - ends.c.first + 1), Integer) + ends.c.first
    drawn = join(join(parts, steps, true()), ends, true())
    return select((place - place % RUN + steps.c.step).label("key")).select_from(drawn).cte("sample")


def _is_sqlite(session: AnySession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _listed(numbers: list[float], name: str, kind: type[ColumnType]) -> TextualSelect:
    """Write numbers as a table. In figures: SQLAlchemy would write its own list of values anew for each search."""
    rows = ", ".join(f"({number})" for number in numbers)
    return text(f"SELECT column1 AS {name} FROM (VALUES {rows}) AS listed").columns(column(name, kind))  # noqa: S608 -- numbers of our own


# The same places every time, so that a list does not change its pace when it is looked at again.
_dice = random.Random(0)  # noqa: S311 -- a sample, no secret
_PARTS = _listed([_dice.random() for _ in range(SAMPLE // RUN)], "part", Float)
_STEPS = _listed(list(range(RUN)), "step", Integer)
_MORE_STEPS = _listed(list(range(RUN * MORE)), "step", Integer)
