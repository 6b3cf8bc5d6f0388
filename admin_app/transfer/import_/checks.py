"""Check a batch of rows against the columns' rules, against each other, and against what they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select

from admin_app.db.limits import highest_to_give
from admin_app.db.record import Record
from admin_app.domain.records.rules import is_required, problem_with
from admin_app.extensions import AnySession, TableColumn
from admin_app.formatting import label, number
from admin_app.transfer.import_.unique_values import NumberedRow, Problem, same
from admin_app.transfer.import_.wording import about


def check_batch(
    session: AnySession, model: type[Record], batch: Sequence[NumberedRow], present: Mapping[int, object]
) -> list[Problem]:
    """Return (row number, message) for everything that does not fit; `present` are the records whose ids the rows bring."""
    columns = [column for column in model.__table__.columns if not column.primary_key and not column.info.get("secret")]
    problems = [problem for row in batch for problem in _fitting(columns, row, is_new=row[1].get("id") not in present)]
    problems += _without_room(model.__table__.c.id, batch, present)
    problems += _repeated(batch, model.__table__.c.id, "ID")
    for column in columns:
        if column.unique:
            problems += _repeated(batch, column, label(column.key))
        for foreign_key in column.foreign_keys:
            problems += _dangling(session, column, foreign_key.column, batch)
    return problems


def _fitting(columns: Sequence[TableColumn], row: NumberedRow, *, is_new: bool) -> Iterator[Problem]:
    row_number, values = row
    for column in columns:
        if column.key in values or (is_new and is_required(column)):
            value = values.get(column.key)
            if problem := problem_with(column, label(column.key), value):
                yield row_number, about(label(column.key), value, problem)


def _without_room(key: TableColumn, batch: Sequence[NumberedRow], present: Mapping[int, object]) -> Iterator[Problem]:
    """Find new records whose ids would leave no room for those made after them."""
    highest = highest_to_give(key)
    for row_number, values in batch:
        if values.get("id", 0) > highest and values["id"] not in present:
            problem = f"a new record's ID must be {number(highest)} or less, so that later records have room."
            yield row_number, about("ID", values["id"], problem)


def _repeated(batch: Sequence[NumberedRow], column: TableColumn, label: str) -> Iterator[Problem]:
    """Find values that must be unique and stand in the batch twice."""
    first: dict[object, int] = {}
    for row_number, values in batch:
        value = same(column, values.get(column.key))
        if value is not None and first.setdefault(value, row_number) != row_number:
            yield row_number, about(label, values[column.key], f"the same as in row {first[value]}.")


def _dangling(
    session: AnySession, column: TableColumn, target: TableColumn, batch: Sequence[NumberedRow]
) -> Iterator[Problem]:
    """Find relations to records that do not exist."""
    wanted = {values[column.key] for _, values in batch if values.get(column.key) is not None}
    known = set(session.scalars(select(target).where(target.in_(wanted)))) if wanted else set()
    for row_number, values in batch:
        value = values.get(column.key)
        if value is not None and value not in known:
            yield row_number, about(label(column.key), value, "it does not exist.")
