"""The records that a person opened and changed last, shown before anything is typed into the search."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select, true

from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.domain.audit.reader import recently_changed
from admin_app.domain.permissions.policy import Action
from admin_app.domain.work.opened import recently_opened
from admin_app.extensions import db, table_of
from admin_app.panel.access.access import Access
from admin_app.panel.everywhere.records import named
from admin_app.panel.everywhere.view_models import Found, Group
from admin_app.web.auth.login import current_principal, seen_as

# The most records of each of the two groups.
MOST_RECENT = 8

Place = tuple[str, Key]


def recent_of(open_: Sequence[Access]) -> list[Group]:
    """Return the records that the person opened last, and other records that they changed last, if their lists still have them.

    What a person opened is theirs alone: a colleague who sees the dashboard as them is not shown it.
    """
    person = current_principal()
    if person is None:
        return []
    tables = [_table(access) for access in open_]
    opened = [] if seen_as() is not None else recently_opened(db.session, person.id, tables)
    changed = recently_changed(db.session, person.id, tables, most=MOST_RECENT)
    there = {place: found for access in open_ for place, found in _there(access, {*opened, *changed})}
    first = [place for place in opened if place in there][:MOST_RECENT]
    others = [place for place in changed if place in there and place not in first]
    groups = (("Recently opened", first), ("Recently changed by you", others))
    return [Group(label, tuple(there[place] for place in places)) for label, places in groups if places]


def _there(access: Access, places: Collection[Place]) -> Iterator[tuple[Place, Found]]:
    """Yield the records that the person's list has, each with its name."""
    table = _table(access)
    for key, record in _present(access, [key for name, key in places if name == table]).items():
        yield (table, key), named(access, record)


def _present(access: Access, keys: Sequence[Key]) -> dict[Key, Record]:
    model, rows = access.resource.model, access.rows(Action.LIST)
    if not keys:
        return {}
    wanted = select(model).where(model.id.in_(keys), true() if rows is None else rows)
    return {record.id: record for record in db.session.scalars(wanted)}


def _table(access: Access) -> str:
    return str(table_of(access.resource.model).name)
