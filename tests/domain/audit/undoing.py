"""Take acts back, and look at what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select

from admin_app.db.transaction import transaction
from admin_app.domain.audit.undo import UndoResult, undo
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet


def done() -> int:
    """Return the set of what was just committed."""
    found = db.session.scalar(select(func.max(ChangeSet.id)))
    assert found is not None
    return found


def take_back(set_id: int, *, insisted: Mapping[int, int] = MappingProxyType({})) -> UndoResult:
    with transaction(db.session):
        return undo(db.session, db.session.get_one(ChangeSet, set_id), insisted=insisted)


def state(model: type[Any]) -> dict[int, tuple[Any, ...]]:
    """Return every record without its version and the time of its last change."""
    db.session.expire_all()
    keys = [one.key for one in model.__table__.columns if one.key not in {"id", "version", "updated_at"}]
    return {one.id: tuple(getattr(one, key) for key in keys) for one in db.session.scalars(select(model))}


def words(outcome: UndoResult) -> list[str]:
    return [one.words for one in outcome.conflicts]
