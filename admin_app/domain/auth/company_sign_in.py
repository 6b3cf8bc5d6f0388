"""Find the account of a person whom the company's provider signed in: by issuer and subject, and by email the first time only."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import delete, select

from admin_app.db.caseless import same
from admin_app.domain.audit.recorder import describe
from admin_app.domain.auth import alerts, sessions
from admin_app.domain.auth.accounts import create_staff, normalised_email
from admin_app.domain.auth.group_roles import RolesByGroup, follow_groups, roles_of_groups
from admin_app.domain.auth.security_events import record_security_event
from admin_app.domain.permissions import privileges
from admin_app.errors import CompanySignInError, InvalidRecord
from admin_app.extensions import AnySession
from admin_app.models.change_set import Kind
from admin_app.models.company import Identity
from admin_app.models.staff import Staff

# The value of `ADMIN_COMPANY_ACCOUNTS` with which groups decide who gets an account.
BY_GROUPS = "groups"


@dataclass(frozen=True)
class CompanyPerson:
    """The signed-in person, as the company describes them. `groups` is None if it sends no groups."""

    issuer: str
    subject: str
    name: str = ""
    email: str = ""
    is_email_verified: bool = False
    groups: frozenset[str] | None = None


@dataclass(frozen=True)
class CompanyRules:
    """The operator's settings: the company's name, who gets an account, and which roles groups give."""

    name: str
    accounts: str = ""
    groups: RolesByGroup = field(default_factory=dict)


def staff_of(session: AnySession, person: CompanyPerson, rules: CompanyRules) -> Staff:
    """Return the account of a person who has signed in, with the roles that their groups give now (not yet committed).

    Nobody becomes an owner while the account has another email than the person: its links would go to somebody else.
    Raises `CompanySignInError` if the person has no account and gets none, or if the account is switched off.
    """
    staff = bound_to(session, person) or _bind(session, person, rules)
    _require_active(staff)
    is_theirs = person.is_email_verified and normalised_email(person.email) == normalised_email(staff.email)
    if person.groups is not None and follow_groups(session, staff, person.groups, rules.groups, makes_owners=is_theirs):
        _note(session, rules, f"Changed the roles of colleague “{staff.name}” by their groups")
    return staff


def staff_named(session: AnySession, email: str) -> Staff:
    """Return the account that a trusted proxy names; raise `CompanySignInError` if there is none, or it is switched off."""
    staff = account_of(session, email)
    if staff is None:
        raise _nobody(email)
    _require_active(staff)
    return staff


def identity_of(session: AnySession, staff: Staff) -> Identity | None:
    """Return the provider's identity that an account is tied to, if there is one."""
    found: Identity | None = session.scalar(select(Identity).where(Identity.staff_id == staff.id))
    return found


def unbind(session: AnySession, staff: Staff) -> None:
    """Untie an account from the provider's identity, so that the next sign-in with its email ties it anew."""
    session.execute(delete(Identity).where(Identity.staff_id == staff.id))
    record_security_event(session, staff, "Removed the company sign-in of")
    alerts.tell(session, staff, "The company sign-in was removed from the account.")


def end_sessions(session: AnySession, person: CompanyPerson, rules: CompanyRules) -> None:
    """End the sessions that a person began with the provider, because it has signed them out (not yet committed). Sessions begun with a password continue."""
    staff = bound_to(session, person)
    if staff is None or not sessions.end_begun_by_company(session, staff):
        return
    record_security_event(session, staff, f"{rules.name} ended all sessions of", actor=(None, rules.name))


def bound_to(session: AnySession, person: CompanyPerson) -> Staff | None:
    """Return the account that is tied to this person, if any."""
    tied = Identity.issuer == person.issuer, Identity.subject == person.subject
    found: Staff | None = session.scalar(select(Staff).join(Identity, Identity.staff_id == Staff.id).where(*tied))
    return found


def _bind(session: AnySession, person: CompanyPerson, rules: CompanyRules) -> Staff:
    """Tie the person to the account of their email, or to a new one."""
    if not (person.email and person.is_email_verified):
        message = f"{rules.name} does not confirm an email for you, so no account can be found. Ask an owner of this dashboard."
        raise CompanySignInError(message)
    # Of two simultaneous first sign-ins, the second waits and finds the account that the first created.
    privileges.lock(session)
    staff = account_of(session, person.email)
    if staff is not None and identity_of(session, staff) is not None:
        message = (
            f"The account {staff.email} belongs to another person at {rules.name}. Ask an owner of this dashboard."
        )
        raise CompanySignInError(message)
    staff = staff or _new(session, person, rules)
    session.flush()
    session.add(Identity(staff_id=staff.id, issuer=person.issuer, subject=person.subject))
    alerts.tell(session, staff, f"You signed in with {rules.name} for the first time.")
    return staff


def account_of(session: AnySession, email: str) -> Staff | None:
    """Return the account of this email, if there is one."""
    found: Staff | None = session.scalar(select(Staff).where(same(Staff.email, normalised_email(email))))
    return found


def _new(session: AnySession, person: CompanyPerson, rules: CompanyRules) -> Staff:
    """Create an account if the rules give the person one; otherwise raise `CompanySignInError`."""
    given = roles_of_groups(session, person.groups or (), rules.groups)
    if rules.accounts not in {"", BY_GROUPS}:
        given |= {rules.accounts}
    if not rules.accounts or not given:
        raise _nobody(person.email)
    _note(session, rules, f"Created colleague “{person.name}” at their first sign-in")
    try:
        return create_staff(
            session, name=person.name or person.email, email=person.email, roles=sorted(given), password=None
        )
    except InvalidRecord as error:
        message = f"No account can be created from what {rules.name} says. {error}"
        raise CompanySignInError(message) from error


def _require_active(staff: Staff) -> None:
    if not staff.is_active:
        message = f"The account {staff.email} is switched off. Ask an owner of this dashboard."
        raise CompanySignInError(message)


def _nobody(email: str) -> CompanySignInError:
    return CompanySignInError(f"{normalised_email(email)} has no account here. Ask an owner of this dashboard for one.")


def _note(session: AnySession, rules: CompanyRules, summary: str) -> None:
    describe(session, actor_id=None, actor=rules.name, kind=Kind.ACCESS, summary=summary, resource=Staff.__tablename__)
