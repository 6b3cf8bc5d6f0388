"""The groups of similar records that a job found, in order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select

from admin_app.extensions import AnySession
from admin_app.models.found_group import FoundGroup


def keep(session: AnySession, *, job_id: int, keys: Sequence[str]) -> int:
    """Store the next groups of a job (not yet committed); return how many it has now."""
    number = number_of(session, job_id=job_id)
    if keys:
        rows = [{"job_id": job_id, "number": place, "key": key} for place, key in enumerate(keys, number + 1)]
        session.execute(insert(FoundGroup), rows)
    return number + len(keys)


def forget(session: AnySession, *, job_id: int) -> None:
    """Delete the groups of a job that begins anew (not yet committed)."""
    session.execute(delete(FoundGroup).where(FoundGroup.job_id == job_id))


def number_of(session: AnySession, *, job_id: int) -> int:
    """Return how many groups a job has found."""
    return session.scalar(select(func.max(FoundGroup.number)).where(FoundGroup.job_id == job_id)) or 0


def keys_behind(session: AnySession, *, job_id: int, number: int, limit: int) -> Sequence[str]:
    """Return the keys of the groups after a number."""
    mine = (FoundGroup.job_id == job_id, FoundGroup.number > number)
    return session.scalars(select(FoundGroup.key).where(*mine).order_by(FoundGroup.number).limit(limit)).all()
