"""The present values of the selected records: “same for all: Berlin”, “3 different: Berlin (40), Rome (12), empty (8)”."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select

from admin_app import formatting
from admin_app.context import reading
from admin_app.extensions import Statement, db
from admin_app.kinds import kind_of
from admin_app.panel.access.access import Access
from admin_app.panel.in_time import within
from admin_app.panel.kinds import value_cell
from admin_app.panel.plan.operations.fields import EditableField
from admin_app.panel.record_cells import cell_of_value
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection

# Seconds that the page waits for the values of all its fields together.
LIMIT = 1.0
# Values shown per field, and characters shown per value.
MOST_NAMED, LONGEST_NAME = 3, 40
TOO_MANY = "Too many records to look at."
EMPTY = "empty"


@dataclass(frozen=True)
class PresentValues:
    """How many different values there are, and the most frequent with their numbers of records."""

    different: int
    commonest: Sequence[tuple[object, int]]


def present_values(access: Access, selection: Selection, fields: Iterable[EditableField]) -> dict[str, str]:
    """Return the present values of each field in words."""
    end = time.monotonic() + LIMIT
    with reading():
        # A field of links has no single value to compare.
        asked = [one for one in fields if one.takes_value]
        found = {one.name: within(LIMIT, end, partial(_present, selection, one)) for one in asked}
    return {name: TOO_MANY if one is None else _words(access, name, one) for name, one in found.items()}


def _present(selection: Selection, one: EditableField) -> PresentValues:
    rows = db.session.execute(_statement(selection, one)).all()
    return PresentValues(rows[0][2] if rows else 0, [(value, number) for value, number, _ in rows])


def _statement(selection: Selection, one: EditableField) -> Statement:
    """Count the records by value; an empty text counts as no value."""
    column = one.compared
    value = func.nullif(column, "", type_=column.type) if kind_of(column).normaliser is not None else column
    number = func.count().label("number")
    grouped = select(value.label("value"), number).select_from(selection.schema.model)
    groups = grouped.where(*planned(db.session, selection).criteria).group_by(value).subquery()
    found = select(groups.c.value, groups.c.number, func.count().over())
    return found.order_by(groups.c.number.desc(), groups.c.value.is_(None), groups.c.value).limit(MOST_NAMED)


def _words(access: Access, name: str, present: PresentValues) -> str:
    if not present.different:
        return ""
    named = _names(access, name, [value for value, _ in present.commonest])
    if present.different == 1:
        ((value, _),) = present.commonest
        return f"Same for all: {named[value]}"
    different = f"{formatting.number(present.different)} different"
    if present.different > MOST_NAMED and present.commonest[0][1] == 1:
        return different
    counted = [f"{named[value]} ({formatting.number(number)})" for value, number in present.commonest]
    return f"{different}: {', '.join(counted)}{', …' if present.different > MOST_NAMED else ''}"


def _names(access: Access, name: str, values: Sequence[object]) -> Mapping[object, str]:
    """Return the values as a person reads them; related records have their names if the person may see them."""
    relation = access.resource.relation(name)
    if relation is None:
        cells = {one: value_cell(access.resource.as_called(name, one), is_whole=False) for one in values}
        named = {one: cell.title if cell.iso and cell.title else cell.text for one, cell in cells.items()}
    else:
        told = relation.other.in_([one for one in values if one is not None])
        others = db.session.execute(select(relation.other, relation.target).where(told))
        named = {key: cell_of_value(one).text for key, one in others}
    short = {one: " ".join(text.split()) for one, text in named.items()}
    return {one: EMPTY if one is None else _cut(short.get(one, f"{one}")) for one in values}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
