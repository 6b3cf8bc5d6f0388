"""What a person chose on an export page the last time, by resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from admin_app.extensions import AnySession
from admin_app.models.export_choice import ExportChoice


def choice_of(session: AnySession, staff_id: int | None, resource: str) -> Mapping[str, Any]:
    """Return what was chosen, nothing where nothing was."""
    found = session.scalar(select(ExportChoice.choice).where(*_key(staff_id, resource)))
    return found or {}


def remember(session: AnySession, staff_id: int | None, resource: str, choice: Mapping[str, Any]) -> None:
    """Keep it for the next time (not yet committed)."""
    kept = session.scalar(select(ExportChoice).where(*_key(staff_id, resource)).with_for_update())
    if kept is None:
        kept = ExportChoice(staff_id=staff_id, resource=resource)
        session.add(kept)
    kept.choice = dict(choice)


def _key(staff_id: int | None, resource: str) -> tuple[Any, Any]:
    return ExportChoice.staff_id == staff_id, ExportChoice.resource == resource
