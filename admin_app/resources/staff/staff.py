"""Staff: who signs in to this dashboard. For owners only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from flask import abort
from wtforms import Form

from admin_app.db.record import Record
from admin_app.domain.auth import accounts, passwords
from admin_app.domain.permissions import privileges
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.rules import problem_with
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.models.role import OWNER, Role
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, access_of, access_to
from admin_app.panel.fields import NewPasswordField, Rule
from admin_app.panel.links import link
from admin_app.panel.resource import FurtherPage, Resource
from admin_app.panel.view_models import Link, Section
from admin_app.resources.staff.access_page import AccessPage
from admin_app.resources.staff.explanation import obstacles
from admin_app.resources.staff.permissions_page import PermissionsPage, SumPage
from admin_app.resources.staff.privileged import PROOF_FOR, held_by_others, roles_by_key, sign_out_changed
from admin_app.resources.staff.rights_sum import may_be_told, rights_sum
from admin_app.resources.staff.see_as_page import SeeAsPage, may_see_as
from admin_app.resources.staff.word_fields import RolesField, leave_out_closed
from admin_app.timezones import UTC_NAME
from admin_app.web.auth.login import current_principal

NO_ROLE = "Choose at least one role."


class StaffResource(Resource):
    """Create accounts, change roles, reset passwords, switch accounts off. The last owner stays."""

    model = Staff
    noun = "colleague"
    nouns = "staff"
    description = "Staff can sign in here. Their roles say what they can do."
    menu_group = "Access"
    menu_order = 90
    icon = "user-round"
    can_transfer = False
    cards = ()

    column_list = ("name", "email", "roles", "is_active", "last_sign_in_at", "id")
    column_further_list = ("created_at", "updated_at")
    column_searchable_list = ("name", "email")
    column_sortable_list = ("name", "email", "last_sign_in_at", "id")
    column_filters = ("roles", "is_active", "email", "last_sign_in_at")
    column_labels = {"is_active": "Active", "last_sign_in_at": "Last sign-in"}
    column_default_sort = ("name", False)
    form_columns = ("name", "email", "roles", "is_active", "password")
    personal = ("name", "email")
    form_overrides = {"roles": RolesField}
    form_args = {
        "roles": {
            "description": "Roles add up. Choose at least one.",
            "validators": [Rule(lambda keys: None if keys else NO_ROLE, is_required=True)],
        }
    }
    form_extra_fields = {
        "password": NewPasswordField(
            "New password",
            description=f"{passwords.SHORTEST_PASSWORD} characters or more. Leave it empty to keep the current one.",
            validators=[Rule(lambda password: passwords.password_problem(password) if password else None)],
            render_kw={"autocomplete": "new-password"},
        )
    }

    proof_for: ClassVar[frozenset[str]] = PROOF_FOR | {"access_view"}
    judges_records: ClassVar[bool] = True
    further_pages: ClassVar[Mapping[str, FurtherPage]] = {
        "access_view": FurtherPage(
            "/access/",
            Action.EDIT,
            "change how {a_noun} signs in",
            lambda: AccessPage(staff_access()).respond(),
            is_retried=True,
        ),
        "permissions_view": FurtherPage(
            "/permissions/", Action.VIEW, "", lambda: PermissionsPage(staff_access()).respond(), methods=("GET",)
        ),
        "see_as_view": FurtherPage("/see-as/", Action.EDIT, "", lambda: SeeAsPage(staff_access()).respond()),
        "sum_view": FurtherPage("/sum/", Action.VIEW, "", lambda: SumPage(staff_access()).respond(), methods=("GET",)),
    }

    def withheld(self, records: Sequence[Record], action: Action) -> Collection[int]:
        """Protect people with rights that the signed-in person lacks, also rights they would have when switched on."""
        return held_by_others(records, action, roles_of)

    def record_sections(self, record: Record) -> Sequence[Section]:
        """Say what the person's roles give together."""
        if not may_be_told():
            return ()
        told = rights_sum(roles_of(record))
        off = (
            ()
            if record.is_active
            else (f"{access_to(self).title_of(record)} is not active, so none of this counts at present.",)
        )
        return (
            Section(
                "With their roles, they can", told.lines, (*off, *obstacles(record, access_to(self)), *told.warnings)
            ),
        )

    def fill_copy(self, form: Form, title: str) -> None:  # noqa: ARG002 -- a name is proposed to nobody
        """Untick roles that the copying person may not give."""
        leave_out_closed(form)

    def after_save(self) -> str:
        """Say who has to sign in again."""
        return sign_out_changed()

    def record_links(self, record: Record) -> Sequence[Link]:
        """Lead to the pages about sessions and about permissions."""
        access, found = access_to(self), []
        if access.reaches(record, Action.EDIT):
            found.append(Link("Access and sessions", link(self, "access_view", record)))
        if access.may(Action.VIEW) and may_be_told():
            found.append(Link("Permissions", link(self, "permissions_view", record)))
        if may_see_as(access, record):
            found.append(Link("See as this person", link(self, "see_as_view", record)))
        return found

    def as_called(self, name: str, value: object) -> object:
        """Show roles by name, or by key if they are gone, and the effective time zone if none was chosen. Forms, addresses and files have the keys."""
        if name == "roles" and isinstance(value, tuple):
            known = roles_by_key()
            return ", ".join(known[key].name if key in known else key for key in value)
        return f"{UTC_NAME} (default)" if name == "time_zone" and value == "" else value

    def shape_form(self, form: Form, *, is_new: bool) -> None:
        """Ask for a password of a new account, or leave it to the person."""
        if not is_new:
            return
        field = form["password"]
        field.label.text = "Password"
        field.description = (
            f"{passwords.SHORTEST_PASSWORD} characters or more. Leave it empty to create an invitation link instead."
        )

    def next_step(self, record: Record) -> tuple[str, str] | None:
        """Lead on to the invitation link if the account has no password yet."""
        if record.password_hash:
            return None
        return f"Next: create an invitation link for {record.name}.", link(self, "access_view", record)

    def before_save(self, form: Form, record: Record, *, is_created: bool) -> None:
        """Apply the rules of accounts: one spelling of an email, a hashed password, always an owner."""
        record.email = accounts.normalised_email(record.email)
        # Some letters become longer in lower case.
        if problem := problem_with(Staff.__table__.columns["email"], "Email", record.email):
            raise InvalidRecord({"email": problem})
        power = privileges.locked_privileges(db.session, current_principal())
        if not is_created:
            power.require_over(record)
        if is_created and not record.roles:
            # The form lacks these fields for people who may not write them.
            raise InvalidRecord({"roles": NO_ROLE})
        power.require_roles(record.roles)
        if not is_created and (OWNER not in record.roles or not record.is_active):
            privileges.require_another_owner(db.session, record)
        if form["password"].data:
            passwords.set_password(db.session, record, form["password"].data)
        elif is_created:
            record.password_hash = ""

    def before_delete(self, record: Record) -> None:
        """Refuse to delete the last owner, and people with rights that the deleting person lacks."""
        privileges.locked_privileges(db.session, current_principal()).require_over(record)
        privileges.require_another_owner(db.session, record)


def staff_access() -> Access:
    """Return the signed-in person's access to staff."""
    access = access_of(Staff)
    return access if access is not None else abort(404)


def roles_of(staff: Staff) -> Sequence[Role]:
    """Return a person's roles, also those that count only when they are switched on."""
    known = roles_by_key()
    return [known[key] for key in staff.roles if key in known]
