"""Compute new values in SQL, for the records for which the database's result is certain to equal Python's.

A plan reads all other records. A replacement changes few of the texts that it searches, and most texts are plain
ASCII, so the database can do most of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, and_, case, cast, false, func, literal, null, or_, true

from admin_app.db.json_values import history_columns
from admin_app.domain.plan.changes import Edit, Increase, Operation, ReplaceText, SetTo, needs_record
from admin_app.domain.plan.replacing import Replacement
from admin_app.domain.records.rules import normalised, problem_with
from admin_app.extensions import Expression, TableColumn
from admin_app.kinds import kind_of
from admin_app.kinds.text import TextKind, is_plain
from admin_app.unicode_text import composed

_LARGEST = 2**63 - 1
_ESCAPE = "\\"


@dataclass(frozen=True)
class Computed:
    """A column's new value in SQL, and the records for which it is certain."""

    value: Expression
    is_certain: ColumnElement[bool]


def computed_by(operation: Operation, dialect: str) -> Mapping[str, Computed] | None:
    """Return the new values in SQL, by field; None if the database can't compute them."""
    if not isinstance(operation, Edit) or operation.checks or needs_record(operation):
        return None
    columns, found = history_columns(operation.model), {}
    for name, change in operation.changes.items():
        way = _WAYS.get(type(change))
        one = None if way is None else way(columns[name], change, dialect)
        if one is None:
            return None
        found[name] = one
    return found


def certain(computed: Mapping[str, Computed]) -> ColumnElement[bool]:
    """Return the condition for the records whose new values are all certain."""
    return and_(true(), *(func.coalesce(one.is_certain, false()) for one in computed.values()))


def _set(column: TableColumn, change: SetTo, _dialect: str) -> Computed | None:
    value = change.value
    if normalised(column, value) != value or problem_with(column, "", value):
        return None
    return Computed(literal(value, column.type), true())


def _increased(column: TableColumn, change: Increase, dialect: str) -> Computed | None:
    if not isinstance(change.by, int) or abs(change.by) > _LARGEST:
        return None
    wide, most = cast(column, BigInteger), _LARGEST - abs(change.by)
    sum_: Expression = wide + change.by
    fits, still_fits = (kind_of(column).fits_sql(one, dialect) for one in (column, sum_))
    if fits is None or still_fits is None:
        return None
    # Values too large for the database are not even tried.
    is_small = and_(fits, wide.between(-most, most))
    is_certain = case((column.is_(None), true()), (is_small, still_fits), else_=false())
    return Computed(case((is_certain, sum_), else_=null()), is_certain)


def _replaced(column: TableColumn, change: ReplaceText, dialect: str) -> Computed | None:
    kind, asked = kind_of(column), change.replace
    if not isinstance(asked, Replacement) or asked.is_expression or not isinstance(kind, TextKind):
        return None
    find = composed(asked.find)
    if not (asked.matches_case or find.isascii()):
        # Some letters beyond ASCII have an ASCII letter as their lower case.
        return None
    has_hit = _occurs(column, find, dialect, matches_case=asked.matches_case)
    new: Expression = func.replace(column, find, asked.by, type_=Text())
    fits = kind.fits_sql(new, dialect) if asked.matches_case and not asked.is_whole_word else None
    is_certain = and_(is_plain(column, dialect), ~has_hit if fits is None else or_(~has_hit, fits))
    return Computed(column if fits is None else new, or_(column.is_(None), is_certain))


def _occurs(column: TableColumn, text: str, dialect: str, *, matches_case: bool) -> ColumnElement[bool]:
    """Whether a text of plain ASCII contains another one."""
    if dialect == "sqlite":
        # SQLite's `lower` is replaced by ours, which calls Python; LIKE folds only ASCII letters.
        like = "".join(f"{_ESCAPE}{one}" if one in f"%_{_ESCAPE}" else one for one in text)
        return func.instr(column, text) > 0 if matches_case else column.like(f"%{like}%", escape=_ESCAPE)
    plain = column.collate("C")
    return func.strpos(plain, text) > 0 if matches_case else func.strpos(func.lower(plain), text.lower()) > 0


_WAYS: Mapping[type[Any], Callable[[TableColumn, Any, str], Computed | None]] = {
    SetTo: _set,
    Increase: _increased,
    ReplaceText: _replaced,
}
