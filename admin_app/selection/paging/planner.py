"""Plan how to find the rows with a word: look a rare word up in the index, or walk the list's order and test each row.

For a rare word the index is fast: read all its rows and sort them. For a common word walking is fast: the first rows of
the order soon fill a page. Each way is very slow in the other case, and the databases' planners can't tell the cases
apart. A small sample of the rows can.
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

from admin_app.db.dialects import is_postgres
from admin_app.db.keys import is_numbered
from admin_app.db.types import UtcDateTime
from admin_app.extensions import AnySession, Attribute, ColumnType
from admin_app.selection.paging.counting import ends_of, most_rows, number_of
from admin_app.selection.search.search import (
    Lookup,
    indexed_rows,
    likely_places,
    occurs,
    occurs_in_own_columns,
    occurs_lower_case_in_own_columns,
    searches_relation,
)
from admin_app.selection.selection import Selection

# The filter by primary keys, which every list has.
KEYS = "id__in"
# Up to this many rows are always read quickly.
FEW = 2000
# Rows in the sample. With five million rows, both ways cost about the same for a word in one row of several hundred.
SAMPLE = 500
# Neighbours lie on the same disk page, so reading this many costs little more than reading one.
RUN = 10
# The sample is this many times larger for several words that are common each but don't occur together in the small one.
MORE = 10
# With fewer hits than this in the sample, rows are counted only up to the second number, which is soon found.
SELDOM, SELDOM_COUNT = 10, 100
# In a table with more rows, walking counts a common word only up to the second number: each row has to be read.
MANY = 50_000
WALKED_COUNT = 500
# With one condition that reads no text, both databases count this many rows in 2 to 11 ms. With two, SQLite may have to read
# rows all over the table, which takes 340 ms: see docs/performance.md.
LIST_COUNT_LIMIT = 50_000
# A key set of this size finds its rows in about 30 ms. A larger set of ten million rows matches one in a thousand, and
# testing each row finds the first ones as fast.
LARGE_SET = 10_000
# A word with this many hits in the sample is soon found in any order.
UNIFORM = SAMPLE // 10
# A word with this many hits in the sample is common. A single hit is usually an accident.
COMMON = 2


_TIMES = (Date, DateTime, UtcDateTime)


@dataclass(frozen=True)
class _Estimate:
    """What one statement says about a search: about how many rows there are, and how many of the sample match.

    `own` are those with one of the words in their own columns: of the sample on PostgreSQL, of the index on SQLite. `hits` are
    those with each word, `sizes` the rows for each word in SQLite's index, and `sure` is a lower bound of matching rows.
    If the index says enough, no sample is read.
    """

    rows: int
    meant: int
    own: int
    hits: tuple[int, ...]
    sizes: tuple[int, ...]
    sure: int = 0


def planned(session: AnySession, selection: Selection) -> Selection:
    """Return the selection with its plan: which word the index looks up, if any, and how far to count.

    This costs one small statement for a search (two on SQLite), one for filters by links or below a record, and one for
    other filters on SQLite.
    """
    selection = _in_order(session, _walking(session, selection))
    if _is_quickly_counted(selection):
        return replace(selection, count_limit=LIST_COUNT_LIMIT)
    # Samples are drawn by random numbers, so other keys have none.
    lookups = [one for one in selection.lookups if one.is_indexed] if is_numbered(selection.schema.model) else []
    # A parent's children are found by their foreign key, selected rows by their own keys; unreadable filters match no rows.
    if not lookups or selection.parent is not None or _is_by_key(selection) or selection.problems:
        return selection
    clustered = _clustered(selection, lookups)
    estimate = _estimated(session, selection, lookups, clustered)
    is_any_few = min(estimate.sizes) <= FEW
    if estimate.meant < COMMON and not is_any_few and len(lookups) > 1 and _is_long(estimate):
        # The words are common, but seldom together: reading all rows of the rarest is the last resort.
        wide = _sampled(session, selection, lookups, false(), steps=_MORE_STEPS)
        if wide.meant >= COMMON:
            return replace(selection, count_limit=SELDOM_COUNT)
    if clustered is not None and _lies_together(session, estimate):
        selection = replace(selection, clustered=clustered)
    if estimate.meant >= COMMON and not is_any_few:
        return (
            _counted_to_limit(session, selection, clustered or lookups[0], estimate)
            if estimate.rows > MANY
            else selection
        )
    numbers = estimate.sizes if is_any_few else estimate.hits
    rarest = min(zip(numbers, lookups, strict=True), key=lambda one: (one[0], -one[1].letters))[1]
    # If many rows have the rarest word, all of them have to be read to count those that have the others too.
    limit = WALKED_COUNT if not is_any_few and _is_long(estimate) else selection.count_limit
    return replace(selection, by_index=(rarest,), count_limit=limit)


def _is_quickly_counted(selection: Selection) -> bool:
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
    """Return the selection with the key sets that are too large to look rows up by; their count is limited."""
    sets = [] if selection.problems else selection.key_sets
    some = {one: number_of(one.keys.limit(LARGE_SET + 1)) for one in sets if one.keys is not None}
    if not some:
        return selection
    numbers = session.execute(select(*some.values())).one()
    walked = tuple(one for one, number in zip(some, numbers, strict=True) if number > LARGE_SET)
    limit = WALKED_COUNT if walked and len(walked) == len(sets) else selection.count_limit
    return replace(selection, walked=walked, count_limit=limit)


def _in_order(session: AnySession, selection: Selection) -> Selection:
    """Return the selection, marked if filters match so many rows that SQLite must not use their indexes.

    SQLite would use a filter's index and sort all its rows: among ten million rows, a price between 100 and 900 took 9 s.
    """
    filters = selection.filters and not selection.problems and not selection.lookups and not _is_by_key(selection)
    if not filters or not _is_sqlite(session) or not is_numbered(selection.schema.model) or _is_of_order(selection):
        return selection
    estimate = _sampled(session, selection, [], false())
    return replace(selection, is_in_order=estimate.rows > MANY and estimate.meant >= UNIFORM)


def _is_of_order(selection: Selection) -> bool:
    """Whether a filter's rows may lie together in the list's order, or have an index in this order.

    That is so for a filter on the sorted column, on a time (times go with keys), and on the owner in the default order.
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


def _is_long(estimate: _Estimate) -> bool:
    """Whether even the rarest word is in many rows."""
    return estimate.rows * min(estimate.hits) > MANY * SAMPLE


def _is_by_key(selection: Selection) -> bool:
    """Whether even the rarest word matches many rows."""
    is_ticked = selection.ticked is not None and not selection.ticked.is_all_but
    return is_ticked or any(one.key == KEYS for one in selection.conditions)


def _lies_together(session: AnySession, estimate: _Estimate) -> bool:
    """Whether most rows with a word have it through the relation that the list is sorted by, and are too many to sort."""
    if estimate.meant >= UNIFORM:
        return False
    if _is_sqlite(session):
        return estimate.own <= FEW < min(estimate.sizes)
    # PostgreSQL's index has no count; if the sample has no such row, there are few enough.
    return estimate.own < COMMON and estimate.meant > 0


def _limit_of_count(estimate: _Estimate) -> int:
    """Return how far to count rows that are found by walking: less far if they are sparse."""
    return WALKED_COUNT if estimate.meant >= SELDOM or estimate.sure > WALKED_COUNT else SELDOM_COUNT


def _counted_to_limit(session: AnySession, selection: Selection, word: Lookup, estimate: _Estimate) -> Selection:
    """Return the selection, counted up to a small number, first in the places where that many are found fastest.

    SQLite's index was already read in part for that. PostgreSQL's can't be, so there it is the rows that match without
    a related one.
    """
    is_likely = not _is_sqlite(session) and 2 * estimate.own >= estimate.meant
    places = (_in_own_columns(selection, word),) if is_likely else ()
    return replace(selection, count_limit=_limit_of_count(estimate), known_rows=estimate.sure, likely_places=places)


def _in_own_columns(selection: Selection, word: Lookup) -> ColumnElement[bool]:
    """Return the condition that the row's own columns have the word, for PostgreSQL: exact if the list is sorted by the related record, else the fastest."""
    is_related = searches_relation(selection.order.relation, word)
    return occurs_in_own_columns(word) if is_related else occurs_lower_case_in_own_columns(word)


def _clustered(selection: Selection, lookups: list[Lookup]) -> Lookup | None:
    """Return the first word that is searched in the related records that the list is sorted by."""
    return next((one for one in lookups if searches_relation(selection.order.relation, one)), None)


def _estimated(session: AnySession, selection: Selection, lookups: list[Lookup], clustered: Lookup | None) -> _Estimate:
    """Estimate how common each word is: on SQLite from the index if it has few rows, else from a sample."""
    if not _is_sqlite(session):
        return _sampled(session, selection, lookups, _in_own_columns(selection, clustered or lookups[0]))
    found = _in_index(session, selection, lookups, clustered)
    # A word in so many rows would have hits in the sample, so it isn't read.
    is_clear = found.sure > WALKED_COUNT and clustered is None and found.rows <= FEW * SAMPLE
    if is_clear or min(found.sizes) <= FEW:
        return found
    sampled = _sampled(session, selection, lookups, false())
    return replace(sampled, own=found.own, sizes=found.sizes, sure=found.sure)


def _in_index(session: AnySession, selection: Selection, lookups: list[Lookup], clustered: Lookup | None) -> _Estimate:
    """Count the rows of each word in SQLite's index up to a limit, and the matching ones among its first rows.

    PostgreSQL's index can't be read in part.
    """
    model, word = selection.schema.model, clustered or lookups[0]
    counts = [indexed_rows(one, FEW + 1) for one in lookups]
    # The sizes come first: for a rare word the first rows need not be read.
    sizes = select(*(count.label(f"size_{place}") for place, count in enumerate(counts))).cte("sizes")
    are_many = and_(*(one > FEW for one in sizes.c))
    likely = (selection.where_some(place) for place in likely_places(model, word, 2 * WALKED_COUNT))
    sure = [case((are_many, number_of(some.limit(WALKED_COUNT + 1))), else_=0) for some in likely]
    own: ColumnElement[int] = literal(0)
    if clustered is not None:
        own = indexed_rows(clustered, FEW + 1, but=selection.order.relation)
    found = session.execute(select(most_rows(model), own, *sizes.c, *sure)).one()
    numbers, meant = found[2 : 2 + len(counts)], found[2 + len(counts) :]
    return _Estimate(rows=found[0], meant=COMMON, own=found[1], hits=(), sizes=tuple(numbers), sure=max(meant))


def _sampled(
    session: AnySession,
    selection: Selection,
    lookups: list[Lookup],
    in_own_columns: ColumnElement[bool],
    *,
    steps: TextualSelect | None = None,
) -> _Estimate:
    """Read a sample of the rows: how many match, how many of these have the word themselves, how many have each word."""
    key: Attribute = selection.schema.model.id
    first, last = ends_of(selection.schema.model)
    ends = select(first.label("first"), last.label("last")).cte("ends")
    size = select(func.coalesce(ends.c.last - ends.c.first + 1, 0)).scalar_subquery()
    meant = and_(*selection.criteria)
    # A single word without other conditions has as many hits as the whole selection.
    each = [occurs(one) for one in lookups] if len(selection.criteria) > 1 else []
    counts = (func.count().filter(one) for one in (meant, and_(in_own_columns, meant), *each))
    keys = _sampled_keys(ends, _STEPS if steps is None else steps)
    sampled = select(size, *counts).where(key.in_(select(keys.c.key)))
    rows, all_meant, own, *hits = session.execute(sampled).one()
    many = (FEW + 1,) * len(lookups)
    return _Estimate(rows=rows, meant=all_meant, own=own, hits=tuple(hits) or (all_meant,), sizes=many)


def _sampled_keys(ends: CTE, run: TextualSelect) -> CTE:
    """Draw keys between the ends: runs of neighbours at random positions."""
    parts, steps = _PARTS.cte("parts"), run.cte("steps")
    place = cast(parts.c.part * (ends.c.last - ends.c.first + 1), Integer) + ends.c.first
    drawn = join(join(parts, steps, true()), ends, true())
    return select((place - place % RUN + steps.c.step).label("key")).select_from(drawn).cte("sample")


def _is_sqlite(session: AnySession) -> bool:
    return not is_postgres(session)


def _listed(numbers: list[float], name: str, kind: type[ColumnType]) -> TextualSelect:
    """Return numbers as a table. As plain SQL, because SQLAlchemy would compile its list of values again for each search."""
    rows = ", ".join(f"({number})" for number in numbers)
    return text(f"SELECT column1 AS {name} FROM (VALUES {rows}) AS listed").columns(column(name, kind))  # noqa: S608 -- numbers of our own


# The same positions every time, so that a list is equally fast when it is opened again.
_dice = random.Random(0)  # noqa: S311 -- a sample, no secret
_PARTS = _listed([_dice.random() for _ in range(SAMPLE // RUN)], "part", Float)
_STEPS = _listed(list(range(RUN)), "step", Integer)
_MORE_STEPS = _listed(list(range(RUN * MORE)), "step", Integer)
