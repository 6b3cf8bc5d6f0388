"""Redirects from the id of a merged record to the record that survived."""

from __future__ import annotations

from sqlalchemy import delete, select

from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.extensions import AnySession, table_of
from admin_app.models.change_set import Change, ChangeSet, Did
from admin_app.models.redirect import Redirect

# The most redirects that are followed: a survivor may have been merged in turn, but nobody merges more often.
LONGEST_CHAIN = 20


def redirect_to(session: AnySession, model: type[Record], gone: Key, target: Key, *, set_id: int) -> None:
    """Redirect a deleted record's id to another record from now on (not yet committed)."""
    name = table_of(model).name
    session.execute(delete(Redirect).where(Redirect.model == name, Redirect.record_id == gone))
    session.add(Redirect(model=name, record_id=gone, target_id=target, change_set_id=set_id))


def survivor_of(session: AnySession, model: type[Record], key: Key) -> Key | None:
    """Return the key of the record that this one was merged into, over any number of merges; None if it exists, or was not merged."""
    target = key
    for _ in range(LONGEST_CHAIN):
        if session.get(model, target) is not None:
            return None if target == key else target
        redirect = _redirect(session, model, target)
        if redirect is None or not _holds(session, redirect):
            return None
        target = redirect.target_id
    return None


def merged_into(session: AnySession, model: type[Record], key: Key) -> list[Key]:
    """Return the keys of the records that were merged into this one, also over several merges, and do not exist again."""
    found: list[Key] = []
    asked = [key]
    while asked:
        wanted = select(Redirect).where(Redirect.model == table_of(model).name, Redirect.target_id.in_(asked))
        leading = [one for one in session.scalars(wanted) if _holds(session, one)]
        asked = [one.record_id for one in leading if one.record_id not in {key, *found}]
        asked = [one for one in asked if session.get(model, one) is None]
        found += asked
    return found


def is_merged_by(session: AnySession, model: type[Record], deletion: Change) -> bool:
    """Whether a deletion was a merge into another record, even if that was deleted since."""
    redirect = _redirect(session, model, deletion.record_id)
    return redirect is not None and _is_of(session, deletion.change_set_id, redirect.change_set_id)


def _redirect(session: AnySession, model: type[Record], key: Key) -> Redirect | None:
    wanted = select(Redirect).where(Redirect.model == table_of(model).name, Redirect.record_id == key)
    found: Redirect | None = session.scalar(wanted)
    return found


def _holds(session: AnySession, redirect: Redirect) -> bool:
    """Whether the redirect is valid: the record's last change was this merge, or its redo after an undo. A record without a history is believed."""
    here = (Change.model == redirect.model, Change.record_id == redirect.record_id)
    last = session.scalar(select(Change).where(*here).order_by(Change.id.desc()).limit(1))
    if last is None:
        return True
    return last.act == Did.DELETE and _is_of(session, last.change_set_id, redirect.change_set_id)


def _is_of(session: AnySession, set_id: int | None, merge: int) -> bool:
    """Whether a change set is the merge, or a redo of it. An undo has a higher number than the change set that it undoes."""
    while set_id is not None and set_id > merge:
        set_id = session.scalar(select(ChangeSet.undoes_id).where(ChangeSet.id == set_id))
    return set_id == merge
