"""Create one record from a form that is sent twice: by a double click, a reload, or a proxy that retries."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from admin_app.db.dialects import insert_into
from admin_app.db.keys import Key
from admin_app.db.types import utc_now
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.extensions import AnySession
from admin_app.models.submission import Submission

LIFETIME = timedelta(hours=24)


def new_key() -> str:
    """Return a key for a form that is drawn now."""
    return secrets.token_urlsafe(16)


def digest_of(person: AnyPrincipal, table: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return a digest of a submission: its sender and its fields, the form's key among them.

    With the key as the only field it identifies the form itself, whatever was changed before it was sent again.
    """
    parts = [str(person.id), table, *(part for field in sorted(fields) for part in field)]
    return hashlib.sha256("\0".join(f"{len(part)}:{part}" for part in parts).encode(errors="replace")).hexdigest()


def claim(session: AnySession, person: AnyPrincipal, digest: str) -> Key | None:
    """Return the id of the record that this submission created already; None if the caller has to create it (not yet committed).

    On PostgreSQL the second of two simultaneous submissions waits here for the first; on SQLite it waits at the begin of its transaction.
    """
    staff_id = person.id
    if (made := made_by(session, digest)) is not None:
        return made
    now = utc_now()
    # A submission this far in the future was written by a clock that was ahead, and would stay until then.
    is_over = or_(Submission.created_at < now - LIFETIME, Submission.created_at > now + LIFETIME)
    session.execute(delete(Submission).where(is_over))
    row = insert_into(session, Submission).values(digest=digest, staff_id=staff_id, created_at=now)
    is_first = session.scalar(row.on_conflict_do_nothing().returning(Submission.digest)) is not None
    return None if is_first else made_by(session, digest)


def settle(session: AnySession, digest: str, record_id: Key) -> None:
    """Store which record the submission created (not yet committed)."""
    session.execute(update(Submission).where(Submission.digest == digest).values(record_id=record_id))


def made_by(session: AnySession, digest: str) -> Key | None:
    """Return the id of the record that this submission, or this form, created."""
    return session.scalar(select(Submission.record_id).where(Submission.digest == digest))
