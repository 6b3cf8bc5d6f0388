"""A person whose rights change must sign in again. A session listener ensures it in the transaction of the change, so no write path can forget.

Earlier tokens are void afterwards, and so are password links: a link that was handed out while its person could do less
must not open an account that can do more. A change of a name ends no session. The number of statements does not depend
on the number of people.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from admin_app.db.dialects import dialect_of
from admin_app.db.json_values import has_key
from admin_app.db.keys import key_from
from admin_app.db.session_state import state_of
from admin_app.domain.audit.entry import AuditEntry
from admin_app.domain.audit.recorder import begin_change_set, entry_of
from admin_app.domain.auth import passwords, sessions
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.extensions import AnySession, Statement, Values, table_of
from admin_app.kinds.history import from_json_sql
from admin_app.models.change_set import Change, Did
from admin_app.models.role import Role
from admin_app.models.staff import Staff

_STAFF, _ROLE = Staff.__tablename__, Role.__tablename__
_TABLES = {_STAFF: table_of(Staff), _ROLE: table_of(Role)}
# The columns that determine rights, by table.
RIGHTS = {_STAFF: ("roles", "is_active"), _ROLE: ("permissions", "rows", "fields")}


@dataclass
class _LastCommit:
    """How many people a session's last commit signed out."""

    signed_out: int = 0


def number_signed_out(session: AnySession) -> int:
    """Return how many people have to sign in again after the session's last commit, without the acting person and people who can no longer sign in."""
    return state_of(session, _LastCommit).signed_out


def rights_fingerprint(holder: AnyPrincipal) -> str:
    """Return a text that changes with the person's rights: with their roles, or with a role's permissions."""
    rights = ((one.key, one.permissions, one.rows, one.fields) for one in holder.held_roles)
    return hashlib.sha256(repr(sorted(rights)).encode()).hexdigest()[:16]


def sign_out_changed(session: Session) -> None:
    """End the sessions and the links of everybody whose rights this transaction changed."""
    if session.in_nested_transaction():
        return
    session.flush()
    last = state_of(session, _LastCommit)
    last.signed_out = 0
    entry = entry_of(session)
    if not _may_concern_rights(entry):
        return
    people = select(Staff.id).where(_concerned(session, begin_change_set(session)))
    others = people.where(Staff.is_active, Staff.id.is_distinct_from(entry.heading.get("actor_id")))
    last.signed_out = session.scalar(select(func.count()).select_from(others.subquery())) or 0
    sessions.end_all_of(session, people)
    passwords.end_links_of(session, people)


def _may_concern_rights(entry: AuditEntry) -> bool:
    """Whether the database has to be asked. A sign-in changes its person too, and must not take longer for this check."""
    is_written = entry.set_id is not None and any(table in RIGHTS for _, table in entry.counts)
    return is_written or any(_is_about_rights(row) for row in entry.pending.values())


def _is_about_rights(row: Values) -> bool:
    names = RIGHTS.get(row["model"], ())
    # A new person has no session yet, and a new role has no holders.
    if not names or row["act"] is Did.CREATE:
        return False
    return row["act"] is Did.DELETE or not {*names}.isdisjoint(row["after"])


def _concerned(session: AnySession, set_id: int) -> ColumnElement[bool]:
    """Select the people whose rights a change set changed, by their own row or by one of their roles."""
    key = union_all(
        select(Role.key).where(Role.id.in_(_touched(session, set_id, _ROLE))), _keys_of_gone(session, set_id)
    ).subquery()
    has_one = Staff.roles.like(literal('%"').concat(key.c.key).concat('"%'))
    return or_(Staff.id.in_(_touched(session, set_id, _STAFF)), exists(select(1).select_from(key).where(has_one)))


def _touched(session: AnySession, set_id: int, table: str) -> Statement:
    """Select the records of a table whose rights changed. A new or restored account has no sessions to end."""
    after: Any = Change.after
    names = or_(*(has_key(after, name, dialect_of(session)) for name in RIGHTS[table]))
    mine = (Change.change_set_id == set_id, Change.model == table, Change.act == Did.UPDATE)
    return select(key_from(_TABLES[table], Change.record_id)).where(*mine, names)


def _keys_of_gone(session: AnySession, set_id: int) -> Statement:
    """Select the keys of deleted roles. `domain.permissions.privileges` sees to it that nobody has one; anybody who does has lost rights."""
    before: Any = Change.before
    mine = (Change.change_set_id == set_id, Change.model == _ROLE, Change.act == Did.DELETE)
    return select(from_json_sql(Role.__table__.c.key, before, "key", dialect_of(session))).where(*mine)
