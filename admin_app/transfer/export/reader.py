"""Read a selection row by row, as plain values, in one transaction that lives as long as the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, and_, select, text, type_coerce
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.util import AliasedClass
from sqlalchemy.types import NULLTYPE

from admin_app.db.attributes import stored_columns
from admin_app.db.connection import with_snapshot
from admin_app.db.record import Record, title_of
from admin_app.errors import TransferError
from admin_app.extensions import Attribute, Statement
from admin_app.formatting import number
from admin_app.kinds import kind_of
from admin_app.relations import ManyToMany, relation_of
from admin_app.selection.paging.counting import among, count_of, counts_of_children
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection
from admin_app.transfer.columns import ExportColumn
from admin_app.value_lists import list_of

# Rows fetched at a time: memory holds this many, whatever the length of the list.
BATCH = 1000
_STREAMED = {"yield_per": BATCH}

RowValues = Sequence[object]


def exported_rows(
    engine: Engine,
    selection: Selection,
    columns: Sequence[ExportColumn],
    *,
    set_interrupt: Callable[[Callable[[], None]], object] | None = None,
    on_total: Callable[[int], object] | None = None,
    line: Callable[[RowValues, str], Any] | None = None,
) -> Iterator[RowValues]:
    """Yield the values of every row of the selection, in order, each exactly once, as of one moment.

    `set_interrupt` gets a function that cancels the current statement, from any thread. With `on_total` the rows are
    counted before they are read, otherwise afterwards. `line` may combine the columns into one expression, by which
    the database of this name writes whole lines of a file: those then replace the rows.

    An error ends the iteration, and the file must not be completed. Raises `TransferError` if the number of rows
    differs from the count.
    """
    with (
        with_snapshot(engine).connect() as connection,
        _stoppable(connection, set_interrupt),
        Session(connection) as session,
    ):
        if session.get_bind().dialect.name == "postgresql":
            # It plans a cursor for its first tenth: by an index, row after row from all over the disk. All are wanted.
            session.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
        selection = planned(session, selection)
        counted = replace(selection, is_counted=True)
        total = None
        if on_total is not None:
            total = count_of(session, counted).number
            on_total(total)
        reader, read = _Reader(session, selection.schema.model, columns, line), 0
        for segment in selection.segments():
            for batch in reader.batches(segment):
                read += len(batch)
                yield from batch
        total = count_of(session, counted).number if total is None else total
        if read != total:
            message = f"{number(read)} rows were read, but there are {number(total)}. The file is not complete."
            raise TransferError(message)


def title_column(model: type[Record]) -> Attribute | None:
    """Return the column that names all of a model's records, unless it names them in a way of its own."""
    title = title_of(model)
    column = stored_columns(model).get(title)
    is_of_all = model.__str__ is Record.__str__ and not (column is not None and column.nullable)
    return getattr(model, title) if title and is_of_all else None


class _Reader:
    """One statement for all columns of a segment's rows: related ones by a join, children counted for each batch."""

    def __init__(
        self,
        session: Session,
        model: type[Record],
        columns: Sequence[ExportColumn],
        line: Callable[[RowValues, str], Any] | None = None,
    ) -> None:
        self.session, self.model, self.columns = session, model, columns
        relations = {
            column.relation.key: column.relation
            for column in columns
            if column.relation is not None and not column.is_count and not column.is_links
        }
        self.others = {key: aliased(relation.property.mapper.class_, flat=True) for key, relation in relations.items()}
        self.relations = relations
        self.rows = {column.relation.key: column.rows for column in columns if column.relation is not None}
        self.asked = [self._asked(column) for column in columns]
        # Beside a whole record the ORM has to know its columns again, so there it converts them itself.
        self.has_records = any(map(_is_record, self.asked))
        is_plain = not self.has_records and not any(column.is_count or column.is_links for column in columns)
        self.line = line(self.asked, session.get_bind().dialect.name) if line is not None and is_plain else None

    def _asked(self, column: ExportColumn) -> Any:
        """Return what the statement asks for: a column, the key whose children are counted, or a whole record to name it."""
        if column.is_count or column.is_links:
            return self.model.id
        if column.relation is None:
            return self.model if column.column is None else column.column
        other = self.others[column.relation.key]
        named_by = column.column if column.column is not None else title_column(column.relation.property.mapper.class_)
        return other if named_by is None else getattr(other, named_by.key)

    def batches(self, segment: Statement) -> Iterator[Sequence[RowValues]]:
        """Yield the segment's rows, or lines."""
        if self.line is not None:
            statement = self._joined(segment.with_only_columns(self.line, maintain_column_froms=True))
            with closing(self.session.connection().execute(statement, execution_options=_STREAMED)) as lines:
                yield from lines.scalars().partitions()
            return
        # The values as the driver gives them, converted column by column below: SQLAlchemy would do it cell by cell.
        dialect = self.session.get_bind().dialect
        readers = [None if self.has_records else kind_of(asked).row_reader(dialect) for asked in self.asked]
        raw = [
            asked if read is None else type_coerce(asked, NULLTYPE)
            for asked, read in zip(self.asked, readers, strict=True)
        ]
        statement = self._joined(segment.with_only_columns(*raw, maintain_column_froms=True))
        source = self.session if self.has_records else self.session.connection()
        with closing(source.execute(statement, execution_options=_STREAMED)) as result:
            for rows in result.partitions():
                cells = zip(*rows, strict=True)
                read_cells = [
                    values if read is None else list(map(read, values))
                    for read, values in zip(readers, cells, strict=True)
                ]
                yield list(zip(*map(self._finished, self.columns, read_cells), strict=True))

    def _joined(self, statement: Statement) -> Statement:
        for key, other in self.others.items():
            # Records that may not be told of are as if there were none. Beside the relation: the condition is about the
            # model itself, and SQLAlchemy would say part of it of the alias.
            told = among(other, self.rows[key])
            statement = statement.outerjoin(other, and_(self.relations[key].of_type(other), *told))
        return statement

    def _finished(self, column: ExportColumn, values: RowValues) -> RowValues:
        if column.is_count and column.relation is not None:
            counts = counts_of_children(self.session, column.relation, values, limit=None, rows=column.rows)
            return [counts[key].number for key in values]
        if column.is_links and column.relation is not None:
            found = self._linked(column, column.relation, values)
            return [list_of(found[key]) if key in found else None for key in values]
        if column.relation is None and column.column is None:
            return [getattr(record, column.key) for record in values]
        if column.column is None:
            return [None if value is None else str(value) for value in values]
        return values

    def _linked(self, column: ExportColumn, attribute: Attribute, keys: Sequence[object]) -> dict[object, list[str]]:
        """Return what these records are linked with, by one statement: the names, or what the column holds."""
        relation = relation_of(attribute)
        assert isinstance(relation, ManyToMany)  # noqa: S101 -- for mypy
        named = column.column if column.column is not None else title_column(relation.target)
        other, key = aliased(relation.target, flat=True), relation.own
        statement = (
            select(key, other if named is None else getattr(other, named.key))
            .select_from(relation.model)
            .join(attribute.of_type(other))
            .where(key.in_(keys), *among(other, column.rows))
            .order_by(key, getattr(other, relation.other_name))
        )
        found: dict[object, list[str]] = {}
        for key, one in self.session.execute(statement):
            found.setdefault(key, []).append(str(one))
        return found


def _is_record(asked: Any) -> bool:
    """Whether a whole record is asked for, and not a column."""
    return isinstance(asked, type | AliasedClass)


@contextmanager
def _stoppable(connection: Connection, set_interrupt: Callable[[Callable[[], None]], object] | None) -> Iterator[None]:
    """Hand out what stops the connection's statement, for as long as the connection is ours; both drivers allow it."""
    driver: Any = connection.connection.driver_connection
    told = set_interrupt or (lambda _stop: None)
    told(driver.interrupt if connection.dialect.name == "sqlite" else driver.cancel)
    try:
        yield
    finally:
        told(lambda: None)
