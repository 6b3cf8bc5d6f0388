"""Drafts: what a person typed into a form that could not be sent. Nobody else gets to see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, delete, select, update

from admin_app.db.limits import LONGEST_TEXT
from admin_app.db.types import utc_now
from admin_app.domain.clock import latest
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.extensions import AnySession
from admin_app.models.draft import Draft
from admin_app.models.staff import Staff

LIFETIME = timedelta(hours=24)
# A person has a few forms open when a session ends; more would let somebody fill the database.
MOST_DRAFTS = 10
# Longest draft of one form in characters: its longest text, and room for the rest.
LONGEST_DRAFT = LONGEST_TEXT + 100_000
# A key that a page has made up, as hard to guess as ours.
_KEY = re.compile(r"[\w-]{22,32}", re.ASCII)
# Every form runs this statement. Building it anew each time takes four times as long.
_NEWEST = (
    select(Draft.key, Draft.created_at)
    .where(
        Draft.staff_id == bindparam("person_id"),
        Draft.address == bindparam("address"),
        Draft.created_at > bindparam("kept_since"),
    )
    .order_by(Draft.created_at.desc())
    .limit(1)
)


def keep_draft(
    session: AnySession, staff_id: int, *, address: str, fields: Sequence[tuple[str, str]], key: str = ""
) -> Draft | None:
    """Save a form's fields (not yet committed); None if there is no such person, or the fields are too long.

    With a key, this person's draft of that key is replaced. The caller leaves out secrets. Old drafts are deleted: those
    of yesterday, and the person's oldest above ten.
    """
    is_too_long = sum(len(name) + len(value) for name, value in fields) > LONGEST_DRAFT
    if is_too_long or session.get(Staff, staff_id) is None:
        return None
    session.execute(delete(Draft).where(Draft.key == storable(key), Draft.staff_id == staff_id))
    draft = Draft(staff_id=staff_id, address=address, fields=[[name, storable(value)] for name, value in fields])
    if _KEY.fullmatch(key) and session.get(Draft, key) is None:
        draft.key = key
    session.execute(delete(Draft).where(Draft.created_at < _kept_since()))
    # A draft that was saved while a clock was ahead is not lost, and counts as no newer than one saved now.
    session.execute(update(Draft).where(Draft.created_at > latest(utc_now())).values(created_at=utc_now()))
    session.add(draft)
    session.flush()
    newest = select(Draft.key).where(Draft.staff_id == staff_id).order_by(Draft.created_at.desc(), Draft.key)
    too_old = session.scalars(newest.offset(MOST_DRAFTS)).all()
    session.execute(delete(Draft).where(Draft.key.in_(too_old)))
    return draft


def draft_of(session: AnySession, person: AnyPrincipal, key: str, *, address: str) -> Draft | None:
    """Return this person's draft for the form at this address; None if it is another person's, another form's or expired."""
    draft = session.get(Draft, storable(key)) if key else None
    is_theirs = draft is not None and draft.staff_id == person.id and draft.address == address
    return draft if draft is not None and is_theirs and draft.created_at > _kept_since() else None


def newest_draft(session: AnySession, person: AnyPrincipal, *, address: str) -> Row[str, datetime] | None:
    """Return the key and the time of this person's newest draft for the form at this address."""
    return session.execute(_NEWEST, {"person_id": person.id, "address": address, "kept_since": _kept_since()}).first()


def drafts_of(session: AnySession, person: AnyPrincipal) -> Sequence[Row[str, str, datetime]]:
    """Return the key, the form's address and the time of each of this person's drafts, the newest first."""
    mine = Draft.staff_id == person.id, Draft.created_at > _kept_since()
    wanted = select(Draft.key, Draft.address, Draft.created_at).where(*mine)
    return session.execute(wanted.order_by(Draft.created_at.desc(), Draft.key)).all()


def drop_draft(session: AnySession, person: AnyPrincipal, key: str) -> None:
    """Delete one of this person's drafts (not yet committed)."""
    session.execute(delete(Draft).where(Draft.key == storable(key), Draft.staff_id == person.id))


def _kept_since() -> datetime:
    return utc_now() - LIFETIME


def storable(text: str) -> str:
    """Remove characters that no text column can hold; a form would refuse them anyway."""
    return text.replace("\0", "").encode(errors="replace").decode()
