"""Check a batch of rows against the columns' rules and against what the database and the file already hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, func, select

from admin_app.domain.rules import is_required, problem_with
from admin_app.extensions import AnySession
from admin_app.models.caseless import caseless, is_caseless
from admin_app.text import label

Row = tuple[int, dict[str, Any]]
Problem = tuple[int, str]


def check_batch(
    session: AnySession, model: type[Any], batch: Sequence[Row], present: Mapping[Any, Any]
) -> list[Problem]:
    """Return (row number, message) for everything that does not fit; `present` are the records whose ids the rows bring."""
    columns = [column for column in model.__table__.columns if not column.primary_key and not column.info.get("secret")]
    problems = [problem for row in batch for problem in _fitting(columns, row, is_new=row[1].get("id") not in present)]
    problems += _repeated(batch, "id", "ID")
    for column in columns:
        if column.unique:
            problems += _repeated(batch, column.key, label(column.key))
            problems += _taken(session, model, column, batch)
        for foreign_key in column.foreign_keys:
            problems += _dangling(session, column, foreign_key.column, batch)
    return problems


def _fitting(columns: Sequence[Column[Any]], row: Row, *, is_new: bool) -> Iterator[Problem]:
    number, values = row
    for column in columns:
        if column.key in values or (is_new and is_required(column)):
            value = values.get(column.key)
            if problem := problem_with(column, label(column.key), value):
                yield number, problem


def _repeated(batch: Sequence[Row], key: str, label: str) -> Iterator[Problem]:
    """Find values that must be unique and stand in the batch twice."""
    first: dict[Any, int] = {}
    for number, values in batch:
        value = caseless(values.get(key))
        if value is not None and first.setdefault(value, number) != number:
            yield number, f"{label} “{values[key]}” is the same as in row {first[value]}."


def _taken(session: AnySession, model: type[Any], column: Column[Any], batch: Sequence[Row]) -> Iterator[Problem]:
    """Find unique values that another record has; rows of earlier batches are in the database by now."""
    given = {values[column.key] for _, values in batch if values.get(column.key) is not None}
    key = func.caseless(column) if is_caseless(column) else column
    wanted = {caseless(value) for value in given} if is_caseless(column) else given
    found = select(key, model.id).where(key.in_(wanted))
    rows = session.execute(found).all() if given else []
    owners = {row[0]: row[1] for row in rows}
    for number, values in batch:
        value = values.get(column.key)
        owner = owners.get(caseless(value) if is_caseless(column) else value)
        if owner is not None and owner != values.get("id"):
            yield number, f"{label(column.key)} “{values[column.key]}” is already used by ID {owner}."


def _dangling(session: AnySession, column: Column[Any], target: Column[Any], batch: Sequence[Row]) -> Iterator[Problem]:
    """Find relations to records that do not exist."""
    wanted = {values[column.key] for _, values in batch if values.get(column.key) is not None}
    known = set(session.scalars(select(target).where(target.in_(wanted)))) if wanted else set()
    for number, values in batch:
        value = values.get(column.key)
        if value is not None and value not in known:
            yield number, f"{label(column.key)} {value} does not exist."
