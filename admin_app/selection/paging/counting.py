"""Count rows with a limit, so that a million rows cost no more than a few thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, case, column, func, literal, select, table
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import aliased
from sqlalchemy.sql.expression import ScalarSelect

from admin_app.db.dialects import is_postgres
from admin_app.db.joined import local_table, own_tables
from admin_app.db.keys import is_numbered, key_of
from admin_app.db.record import Record
from admin_app.extensions import AnySession, Attribute, Expression, Statement
from admin_app.selection.selection import COUNT_LIMIT, Selection


@dataclass(frozen=True)
class Count:
    """A number of rows: exact, a lower bound, or an estimate from the database's statistics."""

    number: int
    is_exact: bool = True
    is_estimate: bool = False

    def __str__(self) -> str:
        """Return "1,204", "more than 10,000" or "about 5,000,000"."""
        if self.is_exact:
            return f"{self.number:,}"
        return f"{'about' if self.is_estimate else 'more than'} {self.number:,}"


def count_of(session: AnySession, selection: Selection) -> Count:
    """Count a selection's rows: exactly if they are few or this was asked for, else up to the limit.

    For all rows of a large table the database's statistics are read, which costs nothing. It is always one statement.
    """
    is_in_order = selection.is_counted_in_order and not selection.is_counted
    found = _in_order(selection) if is_in_order else selection.where_some()
    if not selection.is_counted and selection.known_rows > selection.count_limit:
        return bounded(selection.known_rows, selection.count_limit)
    if selection.is_counted:
        return Count(session.scalar(select(number_of(found))) or 0)
    is_whole = not selection.criteria
    model, number = selection.schema.model, _number_up_to_limit(found, selection)
    if is_whole and is_numbered(model):
        # Count along an index: with 50,000 rows that saves SQLite a tenth of the list's time. For a larger table it takes too
        # long.
        whole = select(func.count()).select_from(model).scalar_subquery()
        number = case((most_rows(model) <= selection.count_limit, whole), else_=number)
    known = _statistics(session, local_table(model)) if is_whole else literal("")
    counted, statistics = session.execute(select(number, known)).one()
    return _estimated(counted, str(statistics or "0") if is_whole else "0", selection.count_limit)


def counts_of_tables(
    session: AnySession, tables: Mapping[type[Record], ColumnElement[bool] | None], limit: int
) -> list[Count]:
    """Count the rows of several models in one statement, up to the limit and then by the database's statistics.

    A model with a condition counts only the rows that meet it; statistics know nothing about those.
    """
    wholes = [select(literal(1)).select_from(model).limit(limit + 1) for model in tables]
    numbers = [
        number_of(whole if rows is None else whole.where(rows))
        for whole, rows in zip(wholes, tables.values(), strict=True)
    ]
    known = [
        literal("") if rows is not None else _statistics(session, local_table(model)) for model, rows in tables.items()
    ]
    found = session.execute(select(*numbers, *known)).one() if tables else ()
    pairs = zip(found[: len(tables)], found[len(tables) :], strict=True)
    return [_estimated(number, str(statistics or "0"), limit) for number, statistics in pairs]


def _estimated(counted: int, statistics: str, limit: int) -> Count:
    """Return a count from a number counted up to one more than the limit, or the estimate beyond that."""
    estimate = int(float(statistics.split(maxsplit=1)[0]))
    if counted > limit and estimate > limit:
        return Count(_rounded(estimate), is_exact=False, is_estimate=True)
    return bounded(counted, limit)


def ends_of(model: type[Record]) -> Iterator[ScalarSelect[int]]:
    """Yield the lowest and the highest key as two queries: SQLite jumps to one end, but scans the table for both at once."""
    return (select(end(model.id)).scalar_subquery() for end in (func.min, func.max))


def most_rows(model: type[Record]) -> ColumnElement[int]:
    """Return an upper bound on the number of a table's rows."""
    first, last = ends_of(model)
    return func.coalesce(last - first + 1, 0)


def _number_up_to_limit(found: Statement, selection: Selection) -> ColumnElement[int]:
    """Count up to the limit, in likely places first: other rows can only add to that number."""
    some = found.limit(selection.count_limit + 1)
    # CASE is evaluated in order, up to the first true condition. Among conditions of equal cost PostgreSQL evaluates the
    # first one first.
    likely = [
        number_of(selection.where_some(place).limit(selection.count_limit + 1)) for place in selection.likely_places
    ]
    enough = [(number > selection.count_limit, literal(selection.count_limit + 1)) for number in likely]
    return case(*enough, else_=number_of(some)) if enough else number_of(some)


def _in_order(selection: Selection) -> Statement:
    """Return the query for a 1 per row in the list's order, if that order is a single segment."""
    parts = list(selection.segments())
    order = selection.order
    if len(parts) > 1 or (order.sort is not None and order.sort.is_count):
        return selection.where_some()
    # The conditions may concern only other tables, and a literal 1 names no table, so the FROM clause is kept.
    return parts[0].with_only_columns(literal(1), maintain_column_froms=True)


def number_of(rows: Statement) -> ColumnElement[int]:
    """Return the number of rows of a query."""
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


def _statistics(session: AnySession, name: Table) -> Expression:
    """Return the database's statistics of a table: a text that begins with the number of rows, or nothing."""
    if is_postgres(session):
        known = table("pg_class", column("reltuples"), column("oid"))
        quoted = session.get_bind().dialect.identifier_preparer.format_table(name)
        return select(known.c.reltuples).where(known.c.oid == func.to_regclass(quoted)).scalar_subquery()
    # Written by ANALYZE: each index's line begins with the number of rows. The migrations create the table.
    known = table("sqlite_stat1", column("stat"), column("tbl"))
    return select(known.c.stat).where(known.c.tbl == name.name).limit(1).scalar_subquery()


def _rounded(number: int) -> int:
    """Round to two digits: an estimate with more would look like a count."""
    size = 10 ** max(len(str(number)) - 2, 0)
    return int(round(number / size) * size)


def bounded(number: int, limit: int = COUNT_LIMIT) -> Count:
    """Return a count from a number counted up to one more than the limit."""
    return Count(number) if number <= limit else Count(limit, is_exact=False)


def counts_of_children(
    session: AnySession,
    children: Attribute,
    keys: Sequence[object],
    limit: int | None = COUNT_LIMIT,
    *,
    rows: ColumnElement[bool] | None = None,
) -> Mapping[object, Count]:
    """Count the children of each of these records in one statement; `children` is the parents' to-many attribute.

    `rows` says which children count, if not all. Without a limit the counts are exact, and cost as much as there are
    children. A record that was deleted meanwhile has none.
    """
    parent = children.property.parent.class_
    child = aliased(children.property.mapper.class_, flat=True)
    key = key_of(parent)
    found = select(1).where(children.of_type(child).expression, *among(child, rows))
    found = found.correlate(*own_tables(parent))
    some = (found if limit is None else found.limit(limit + 1)).subquery()
    counted = select(func.count()).select_from(some).scalar_subquery()
    found_each = session.execute(select(key, counted).select_from(parent).where(key.in_(keys)))
    counts = {row[0]: Count(row[1]) if limit is None else bounded(row[1], limit) for row in found_each}
    return {key: counts.get(key, Count(0)) for key in keys}


def among(other: type[Record], rows: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    """Return a condition on the model, rewritten for an alias of it; none for every row."""
    model = inspect_mapper(other).mapper.class_
    return [] if rows is None else [other.id.in_(select(model.id).where(rows).correlate(None))]
