"""What the history holds, as tests compare it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet


def sets() -> list[ChangeSet]:
    return list(db.session.scalars(select(ChangeSet).order_by(ChangeSet.id)))


def last_set() -> ChangeSet:
    return sets()[-1]


def changes(set_id: int | None = None) -> list[Any]:
    wanted = last_set().id if set_id is None else set_id
    found = db.session.scalars(select(Change).where(Change.change_set_id == wanted).order_by(Change.id))
    return [(one.model, one.record_id, one.act, one.version, one.before, one.after) for one in found]


def moment(value: Any) -> str:
    return str(value.isoformat(timespec="microseconds"))
