"""The records that a person changed last, for a search in which nothing was typed yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select, true

from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.domain.audit.reader import changed_lately
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db, table_of
from admin_app.panel.access.access import Access
from admin_app.panel.everywhere.records import named
from admin_app.panel.everywhere.view_models import Found
from admin_app.web.auth.login import current_principal

MOST_RECENT = 8


def recent_of(open_: Sequence[Access]) -> Iterator[Found]:
    """Yield the records that the person changed last and that their lists still have."""
    person = current_principal()
    by_table = {_table(access): access for access in open_}
    changed = [] if person is None else changed_lately(db.session, person.id, list(by_table), most=MOST_RECENT)
    there = {
        table: _present(access, [key for name, key in changed if name == table]) for table, access in by_table.items()
    }
    for table, key in changed:
        if key in there[table]:
            yield named(by_table[table], there[table][key])


def _present(access: Access, keys: Sequence[Key]) -> dict[Key, Record]:
    model, rows = access.resource.model, access.rows(Action.LIST)
    if not keys:
        return {}
    wanted = select(model).where(model.id.in_(keys), true() if rows is None else rows)
    return {record.id: record for record in db.session.scalars(wanted)}


def _table(access: Access) -> str:
    return str(table_of(access.resource.model).name)
