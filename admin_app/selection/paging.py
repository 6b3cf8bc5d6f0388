"""The rows of one page, and how many there are in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.extensions import AnySession
from admin_app.selection.selection import Selection
from admin_app.selection.strategy import planned


@dataclass(frozen=True)
class Page:
    """Some rows of a selection. `number` counts from 1 and is one that exists, whatever was asked for."""

    rows: Sequence[Any]
    number: int
    last: int
    count: int


def count_of(session: AnySession, selection: Selection) -> int:
    """Count the selection's rows."""
    statement = select(func.count()).select_from(selection.offer.model).where(*selection.criteria)
    return session.scalar(statement) or 0


def page_of(session: AnySession, selection: Selection, options: Sequence[ORMOption] = ()) -> Page:
    """Return the page asked for, or the last one when there are fewer by now."""
    selection = planned(session, selection)
    count = count_of(session, selection)
    last = max(-(-count // selection.per_page), 1)
    number = min(selection.page, last)
    statement = selection.statement().options(*options)
    statement = statement.limit(selection.per_page).offset((number - 1) * selection.per_page)
    return Page(session.scalars(statement).all(), number, last, count)
