"""Erase the account of a colleague who left: it signs nobody in any more, and the history replaces their name by a number."""

from __future__ import annotations

from sqlalchemy import delete, func, or_, select, update

from admin_app.db.dialects import dialect_of
from admin_app.db.keys import print_key
from admin_app.domain.audit.recorder import RECORDED
from admin_app.domain.forgetting.subject import GONE, Subject
from admin_app.errors import ForgettingError
from admin_app.extensions import AnySession, table_of
from admin_app.kinds.history import from_json_sql
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.company import DirectoryMember, DirectoryPerson, Identity
from admin_app.models.draft import Draft
from admin_app.models.forgotten import Forgotten
from admin_app.models.host_person import HostPerson
from admin_app.models.note import Note
from admin_app.models.opened_record import OpenedRecord
from admin_app.models.passkey import Passkey
from admin_app.models.password_link import PasswordLink
from admin_app.models.presence import Presence
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.two_factor import Authenticator, RecoveryCode

# Tables of a person's own: factors, sessions, identities elsewhere, opened records, and unfinished work.
_OF_ACCOUNT = (
    *(StaffSession, Passkey, PasswordLink, Authenticator, RecoveryCode),
    *(Identity, DirectoryPerson, DirectoryMember, HostPerson, Draft, Presence, OpenedRecord),
)
IN_USE = "This colleague can still sign in. Switch the account off first."


def require_left(session: AnySession, subject: Subject) -> None:
    """Raise `ForgettingError` for an account that is in use. The last owner's always is, because nobody can switch it off."""
    if is_in_use(session, subject):
        message = f"{IN_USE} Nothing was removed."
        raise ForgettingError(message)


def is_account(subject: Subject) -> bool:
    """Whether the subject is a colleague, with an account here."""
    return subject.model is Staff


def is_in_use(session: AnySession, subject: Subject) -> bool:
    """Whether the subject is a colleague who can still sign in."""
    in_use = select(Staff.id).where(Staff.id == subject.key, Staff.is_active)
    return is_account(subject) and session.scalar(in_use) is not None


def acts_of(session: AnySession, subject: Subject) -> int:
    """Return the number of acts and notes that name the person as their author."""
    if subject.model is not Staff:
        return 0
    acts = select(func.count()).select_from(ChangeSet).where(ChangeSet.actor_id == subject.key)
    notes = select(func.count()).select_from(Note).where(Note.author_id == subject.key)
    return (session.scalar(acts) or 0) + (session.scalar(notes) or 0)


def leave_account(session: AnySession, subject: Subject) -> None:
    """Delete everything that belongs to an account, and replace the person's name by a number (not yet committed)."""
    if subject.model is not Staff:
        return
    for model in _OF_ACCOUNT:
        session.execute(delete(model).where(model.staff_id == subject.key))
    locked = update(Staff).where(Staff.id == subject.key).values(password_hash="")
    session.execute(locked, execution_options=RECORDED)
    called = f"{GONE} {print_key(subject.key)}"
    acted = select(ChangeSet.actor).where(ChangeSet.actor_id == subject.key).distinct()
    names = session.scalars(acted).all()
    session.execute(update(Forgotten).where(Forgotten.actor.in_(names)).values(actor=called))
    session.execute(update(ChangeSet).where(ChangeSet.actor_id == subject.key).values(actor=called))
    written = update(Note).where(Note.author_id == subject.key).values(author=called)
    session.execute(written, execution_options=RECORDED)
    author, dialect = table_of(Note).c.author_id, dialect_of(session)
    sides = (table_of(Change).c.before, table_of(Change).c.after)
    theirs = or_(*(from_json_sql(author, side, author.name, dialect) == subject.key for side in sides))
    of_notes = select(Change.id, Change.before, Change.after).where(Change.model == Note.__tablename__, theirs)
    for key, *both in session.execute(of_notes).all():
        before, after = (one and {**one, "author": called} for one in both)
        session.execute(update(Change).where(Change.id == key).values(before=before, after=after))
