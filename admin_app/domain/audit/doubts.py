"""Find out whether a transaction took effect although its commit was never answered: its change set, written in the same transaction, tells."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from admin_app.db.limits import as_key
from admin_app.extensions import AnySession
from admin_app.models.change_set import ChangeSet


@dataclass(frozen=True)
class Doubt:
    """A change set that may be in the history. The id alone does not identify it: a replica that takes over may assign it again."""

    set_id: int
    request_id: str

    def __str__(self) -> str:
        """Write it for a form's field."""
        return f"{self.set_id}-{self.request_id}"


def read_doubt(words: str) -> Doubt | None:
    """Read it from a form's field; None if the field holds something else."""
    set_id, _, request_id = words.partition("-")
    key = as_key(ChangeSet, set_id)
    return Doubt(key, request_id) if key is not None and request_id else None


def is_done(session: AnySession, doubt: Doubt, *, actor_id: int) -> bool:
    """Whether this person's transaction was committed."""
    wanted = select(ChangeSet.id).where(
        ChangeSet.id == doubt.set_id, ChangeSet.request_id == doubt.request_id, ChangeSet.actor_id == actor_id
    )
    return session.scalar(wanted) is not None
