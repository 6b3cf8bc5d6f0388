"""The records that a person opened last: each record's page notes them, and an empty search lists them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from admin_app.db.keys import Key
from admin_app.db.types import utc_now
from admin_app.extensions import AnySession, table_of
from admin_app.models.opened_record import OpenedRecord

# Records kept for one person; older ones are deleted.
MOST_OPENED = 20
# Built once, and sent without the ORM, in a third of the time: each record's page runs these statements.
_OPENED = table_of(OpenedRecord)
_MINE = _OPENED.c.staff_id == bindparam("person")
_NOTES = {
    store: of(_OPENED)
    .values({one.name: bindparam(one.name) for one in _OPENED.columns})
    .on_conflict_do_update(index_elements=[*_OPENED.primary_key], set_={"opened_at": bindparam("opened_at")})
    for store, of in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
# The newest record that is deleted; none if there are fewer.
_LAST_KEPT = (
    select(_OPENED.c.opened_at)
    .where(_MINE)
    .order_by(_OPENED.c.opened_at.desc())
    .offset(MOST_OPENED - 1)
    .limit(1)
    .scalar_subquery()
)
_FORGET = delete(_OPENED).where(_MINE, _OPENED.c.opened_at < _LAST_KEPT)


def note_opened(session: AnySession, *, staff_id: int, table: str, record_id: Key) -> None:
    """Record that a person opened a record (not yet committed), and delete the oldest entries."""
    connection = session.connection()
    place = {"staff_id": staff_id, "table_name": table, "record_id": record_id}
    connection.execute(_NOTES[connection.dialect.name], {**place, "opened_at": utc_now()})
    connection.execute(_FORGET, {"person": staff_id})


def recently_opened(session: AnySession, staff_id: int, tables: Collection[str]) -> Sequence[tuple[str, Key]]:
    """Return the table and key of each record in these tables that a person opened, the latest first, whether it still exists or not."""
    mine = select(_OPENED.c.table_name, _OPENED.c.record_id).where(_MINE, _OPENED.c.table_name.in_(tables))
    found = session.execute(mine.order_by(_OPENED.c.opened_at.desc()), {"person": staff_id})
    return [(table, key) for table, key in found]
