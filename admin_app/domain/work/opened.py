"""The records that a person opened last: noted by each record's page, and read where nothing was searched for yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from admin_app.db.keys import Key
from admin_app.db.types import utc_now
from admin_app.extensions import AnySession
from admin_app.models.opened_record import OpenedRecord

# Of one person; those opened before are forgotten.
MOST_OPENED = 20
_KEY = ("staff_id", "table_name", "record_id")
_MINE = OpenedRecord.staff_id == bindparam("person")
_NEWEST = select(OpenedRecord.opened_at).where(_MINE).order_by(OpenedRecord.opened_at.desc())
# The first one that is kept no more; none where there are fewer.
_LAST_KEPT = _NEWEST.offset(MOST_OPENED - 1).limit(1).scalar_subquery()
_FORGET = delete(OpenedRecord).where(_MINE, OpenedRecord.opened_at < _LAST_KEPT)


def note_opened(session: AnySession, *, staff_id: int, table: str, record_id: Key) -> None:
    """Note that a person opened a record (not yet committed), and forget the oldest ones."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    now = utc_now()
    row = insert(OpenedRecord).values(staff_id=staff_id, table=table, record_id=record_id, opened_at=now)
    session.execute(row.on_conflict_do_update(index_elements=_KEY, set_={"opened_at": now}))
    session.execute(_FORGET, {"person": staff_id}, execution_options={"synchronize_session": False})


def opened_lately(session: AnySession, staff_id: int, tables: Collection[str]) -> Sequence[tuple[str, Key]]:
    """Return the tables and keys of the records of these tables that a person opened, the last one first, whether they still exist or not."""
    mine = select(OpenedRecord.table, OpenedRecord.record_id).where(_MINE, OpenedRecord.table.in_(tables))
    found = session.execute(mine.order_by(OpenedRecord.opened_at.desc()), {"person": staff_id})
    return [(table, key) for table, key in found]
