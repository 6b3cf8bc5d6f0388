"""The company's directory manages accounts by a token: who joins, who leaves, and who is in which group.

A stolen token must not give more rights than the directory can. So the directory makes nobody an owner, and cannot
change the email of, or switch on, an account with more rights than it gives; the email is how people find their
account. Nor can it change the email of people with a password or passkey here: a password link could then take over
the account later. It can take rights from everybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, or_, select

from admin_app.db.caseless import same
from admin_app.db.limits import as_key
from admin_app.domain.auth.accounts import create_staff, disable, normalised_email
from admin_app.domain.auth.group_roles import RolesByGroup, follow_groups
from admin_app.domain.auth.tokens import digest
from admin_app.domain.permissions import privileges
from admin_app.domain.permissions.policy import rights_given_by
from admin_app.domain.permissions.privileges import Privileges
from admin_app.domain.records.rules import normalised, problem_with
from admin_app.errors import AlreadyThere, BeyondDirectory, InvalidRecord, NotFoundError, PrivilegeError
from admin_app.extensions import AnySession
from admin_app.models.company import LONGEST_NAME, DirectoryGroup, DirectoryMember, DirectoryPerson, DirectoryToken
from admin_app.models.passkey import Passkey
from admin_app.models.role import OWNER, Role
from admin_app.models.staff import Staff


@dataclass(frozen=True)
class PersonValues:
    """A person as the directory describes them."""

    user_name: str
    name: str
    email: str
    is_active: bool
    external_id: str | None


@dataclass(frozen=True)
class GroupValues:
    """A group as the directory describes it; its members are keys of accounts."""

    name: str
    external_id: str | None
    members: frozenset[int]


@dataclass(frozen=True)
class Rules:
    """The operator's settings: the role that everybody gets, if any, and the roles that groups give."""

    role: str
    groups: RolesByGroup

    @property
    def given(self) -> frozenset[str]:
        """The keys of the roles that the directory may give; never the owner's."""
        return frozenset({self.role}).union(*self.groups.values()) - {"", OWNER}


# ---- tokens


def make_token(session: AnySession) -> str:
    """Return a new token for the directory (not yet committed); earlier tokens are no longer valid."""
    end_tokens(session)
    token = secrets.token_urlsafe(32)
    session.add(DirectoryToken(token_hash=digest(token)))
    return token


def end_tokens(session: AnySession) -> None:
    """Revoke all tokens."""
    session.execute(delete(DirectoryToken))


def is_token(session: AnySession, token: str) -> bool:
    """Whether this is a valid token."""
    return session.scalar(select(DirectoryToken.id).where(DirectoryToken.token_hash == digest(token))) is not None


# ---- people


def people(
    session: AnySession, wanted: Sequence[ColumnElement[bool]], *, start: int, count: int
) -> tuple[int, Sequence[Staff]]:
    """Return the number of wanted accounts that the directory sees, and a page of them."""
    seen = select(Staff).outerjoin(DirectoryPerson, DirectoryPerson.staff_id == Staff.id).where(_is_seen(), *wanted)
    number = session.scalar(select(func.count()).select_from(seen.subquery())) or 0
    return number, session.scalars(seen.order_by(Staff.id).offset(start - 1).limit(count)).all()


def is_called(user_name: str) -> ColumnElement[bool]:
    """Return the condition on accounts with this user name in the directory; before the directory has named an account, its email is the name."""
    unnamed = DirectoryPerson.id.is_(None) & same(Staff.email, normalised_email(user_name))
    return or_(func.lower(DirectoryPerson.user_name) == user_name.lower(), unnamed)


def person_of_key(session: AnySession, key: int) -> Staff:
    """Return the account with this key if the directory sees it; otherwise raise `NotFoundError`."""
    _, found = people(session, [Staff.id == as_key(Staff, str(key))], start=1, count=1)
    if not found:
        message = f"There is no user {key}."
        raise NotFoundError(message)
    return found[0]


def facts_of(session: AnySession, staff: Staff) -> DirectoryPerson | None:
    """Return the directory's own data about an account, if it has given any."""
    found: DirectoryPerson | None = session.scalar(select(DirectoryPerson).where(DirectoryPerson.staff_id == staff.id))
    return found


def add_person(session: AnySession, values: PersonValues, rules: Rules) -> Staff:
    """Create an account, or take over one that is switched off (not yet committed); raise `AlreadyThere` if there is one in use."""
    privileges.lock(session)
    staff = session.scalar(select(Staff).where(same(Staff.email, normalised_email(values.email))))
    if staff is not None and (staff.is_active or facts_of(session, staff) is not None):
        message = f"The user {values.user_name} already exists."
        raise AlreadyThere(message)
    if staff is None:
        given = [rules.role] if rules.role else []
        staff = create_staff(session, name=values.name, email=values.email, roles=given, password=None)
    session.flush()
    return change_person(session, staff, values, rules)


def change_person(session: AnySession, staff: Staff, values: PersonValues, rules: Rules) -> Staff:
    """Change an account as the directory says (not yet committed). A person who is switched off is signed out; the last owner stays.

    Raises `BeyondDirectory` for another email or switching on of an account with more rights than the directory
    gives, and for another email of an account that signs in here.
    """
    privileges.lock(session)
    _require_harmless(session, staff, values, rules)
    if staff.is_active and not values.is_active:
        disable(session, staff)
    staff.name, staff.email, staff.is_active = _checked(session, staff, values)
    facts = facts_of(session, staff)
    if facts is None:
        facts = DirectoryPerson(staff_id=staff.id)
        session.add(facts)
    facts.user_name, facts.external_id = values.user_name[:LONGEST_NAME], values.external_id
    session.flush()
    return staff


def drop_person(session: AnySession, staff: Staff, rules: Rules) -> None:
    """Switch off an account that the directory has removed (not yet committed). The history keeps the person's name."""
    if staff.is_active:
        disable(session, staff)
    session.execute(delete(DirectoryPerson).where(DirectoryPerson.staff_id == staff.id))
    session.execute(delete(DirectoryMember).where(DirectoryMember.staff_id == staff.id))
    follow_groups(session, staff, (), rules.groups)


def _require_harmless(session: AnySession, staff: Staff, values: PersonValues, rules: Rules) -> None:
    tried = {
        "change the email of": staff.email != normalised_email(values.email),
        "switch on": values.is_active and not staff.is_active,
    }
    attempt = next((words for words, is_tried in tried.items() if is_tried), None)
    if attempt is None:
        return
    if _is_beyond(session, staff, rules):
        reason = "has permissions that SCIM may not give"
    elif staff.email != normalised_email(values.email) and _signs_in_here(session, staff):
        reason = "signs in here with a password or passkey"
    else:
        return
    message = f"{staff.name} {reason}, so SCIM may not {attempt} this account. An owner of the dashboard may."
    raise BeyondDirectory(message, staff.id, attempt)


def _signs_in_here(session: AnySession, staff: Staff) -> bool:
    is_theirs = Passkey.staff_id == staff.id
    return bool(staff.password_hash) or session.scalar(select(Passkey.id).where(is_theirs).limit(1)) is not None


def _is_beyond(session: AnySession, staff: Staff, rules: Rules) -> bool:
    """Whether an account, switched off or not, has more rights than the directory may give."""
    if OWNER in staff.roles:
        return True
    given = session.scalars(select(Role).where(Role.key.in_(rules.given))).all()
    try:
        Privileges(session, rights_given_by(given)).require_over(staff)
    except PrivilegeError:
        return True
    return False


def _is_seen() -> ColumnElement[bool]:
    return or_(Staff.is_active, DirectoryPerson.id.is_not(None))


def _checked(session: AnySession, staff: Staff, values: PersonValues) -> tuple[str, str, bool]:
    columns = Staff.__table__.columns
    name, email = str(normalised(columns["name"], values.name)), normalised_email(values.email)
    problems = {
        label: problem_with(columns[label], label, value) for label, value in (("name", name), ("email", email))
    }
    if found := {label: problem for label, problem in problems.items() if problem}:
        raise InvalidRecord(found)
    with session.no_autoflush:
        other = session.scalar(select(Staff.id).where(same(Staff.email, email), Staff.id != staff.id))
    if other is not None:
        message = f"{email} already has an account."
        raise AlreadyThere(message)
    return name, email, values.is_active


# ---- groups


def groups(
    session: AnySession, wanted: Sequence[ColumnElement[bool]], *, start: int, count: int
) -> tuple[int, Sequence[DirectoryGroup]]:
    """Return the number of wanted groups, and a page of them."""
    chosen = select(DirectoryGroup).where(*wanted)
    number = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    return number, session.scalars(chosen.order_by(DirectoryGroup.id).offset(start - 1).limit(count)).all()


def group_of_key(session: AnySession, key: int) -> DirectoryGroup:
    """Return the group with this key, or raise `NotFoundError`."""
    is_it = DirectoryGroup.id == as_key(DirectoryGroup, str(key))
    group: DirectoryGroup | None = session.scalar(select(DirectoryGroup).where(is_it))
    if group is None:
        message = f"There is no group {key}."
        raise NotFoundError(message)
    return group


def members_of(session: AnySession, group: DirectoryGroup) -> dict[int, str]:
    """Return the names of a group's members, by the keys of their accounts."""
    chosen = select(Staff.id, Staff.name).join(DirectoryMember, DirectoryMember.staff_id == Staff.id)
    found = session.execute(chosen.where(DirectoryMember.group_id == group.id).order_by(Staff.id))
    return {row.id: row.name for row in found}


def groups_of(session: AnySession, staff: Staff) -> Sequence[DirectoryGroup]:
    """Return the groups that a person is in."""
    chosen = select(DirectoryGroup).join(DirectoryMember, DirectoryMember.group_id == DirectoryGroup.id)
    return session.scalars(chosen.where(DirectoryMember.staff_id == staff.id).order_by(DirectoryGroup.id)).all()


def add_group(session: AnySession, values: GroupValues, rules: Rules) -> DirectoryGroup:
    """Create a group (not yet committed); raise `AlreadyThere` if it exists."""
    group = DirectoryGroup()
    return change_group(session, group, values, rules)


def change_group(session: AnySession, group: DirectoryGroup, values: GroupValues, rules: Rules) -> DirectoryGroup:
    """Change a group as the directory says (not yet committed). Members' roles change at once."""
    privileges.lock(session)
    with session.no_autoflush:
        same_name = session.scalar(select(DirectoryGroup.id).where(DirectoryGroup.name == values.name))
    if same_name not in {None, group.id}:
        message = f"The group {values.name} already exists."
        raise AlreadyThere(message)
    was_renamed = group.name != values.name
    group.name, group.external_id = values.name, values.external_id
    session.add(group)
    session.flush()
    before = frozenset(members_of(session, group))
    known = _known(session, values.members)
    _set_members(session, group, before, known)
    _follow(session, before | known if was_renamed else before ^ known, rules)
    return group


def drop_group(session: AnySession, group: DirectoryGroup, rules: Rules) -> None:
    """Delete a group (not yet committed): its members lose the roles that it gave."""
    before = frozenset(members_of(session, group))
    session.delete(group)
    session.flush()
    _follow(session, before, rules)


def _known(session: AnySession, keys: Collection[int]) -> frozenset[int]:
    return frozenset(session.scalars(select(Staff.id).where(Staff.id.in_(keys))))


def _set_members(session: AnySession, group: DirectoryGroup, before: frozenset[int], wanted: frozenset[int]) -> None:
    gone = DirectoryMember.staff_id.in_(before - wanted)
    session.execute(delete(DirectoryMember).where(DirectoryMember.group_id == group.id, gone))
    session.add_all(DirectoryMember(group_id=group.id, staff_id=one) for one in sorted(wanted - before))
    session.flush()


def _follow(session: AnySession, keys: Collection[int], rules: Rules) -> None:
    for staff in session.scalars(select(Staff).where(Staff.id.in_(keys)).order_by(Staff.id)).all():
        names = [one.name for one in groups_of(session, staff)]
        follow_groups(session, staff, names, rules.groups, makes_owners=False)
