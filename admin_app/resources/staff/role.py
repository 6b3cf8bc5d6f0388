"""Roles: what people who sign in may do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from typing_extensions import override
from wtforms import Form

from admin_app.db.record import Record
from admin_app.domain.permissions import privileges, roles
from admin_app.domain.permissions.policy import Action
from admin_app.errors import DeletionError
from admin_app.extensions import db
from admin_app.formatting import counted
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.panel.access.access import access_of
from admin_app.panel.links import link
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import Link
from admin_app.resources.staff.privileged import PROOF_FOR, TOUCHING, held_by_others, sign_out_changed
from admin_app.resources.staff.short_sum import short_sum
from admin_app.resources.staff.word_fields import (
    FieldRightsField,
    PermissionsField,
    RowRulesField,
    WordsField,
    leave_out_closed,
)
from admin_app.web.auth.login import current_principal

NEEDS_REASON = (
    "People with this role enter a reason before they change many records at once, whatever other roles they have."
)


class RoleResource(Resource):
    """Create roles from permissions, row rules and field rights. The owner's role has all rights and cannot be changed."""

    model = Role
    description = "A role says what people can do here. A person can have several roles."
    menu_group = "Access"
    menu_order = 95
    icon = "shield"
    can_transfer = False
    cards = ()

    column_list = ("name", "permissions", "holders", "id")
    column_further_list = ("key", "created_at", "updated_at")
    column_formatters = {"permissions": short_sum}
    column_sortable_list = ("name", "created_at", "id")
    column_filters = ("name", "permissions")
    column_labels = {"holders": "People", "rows": "Records", "fields": "Fields", "needs_reason": "Ask for a reason"}
    column_default_sort = ("name", False)
    form_columns = ("name", "permissions", "rows", "fields", "needs_reason")
    proof_for: ClassVar[frozenset[str]] = PROOF_FOR
    judges_records: ClassVar[bool] = True
    form_overrides = {"permissions": PermissionsField, "rows": RowRulesField, "fields": FieldRightsField}
    form_args = {"needs_reason": {"description": NEEDS_REASON}}

    def withheld(self, records: Sequence[Record], action: Action) -> Collection[int]:
        """Protect the owner's role from everyone."""
        fixed = [one.id for one in records if one.is_fixed and action in TOUCHING]
        return [*fixed, *held_by_others(records, action, lambda role: [role])]

    def shape_form(self, form: Form, *, is_new: bool) -> None:  # noqa: ARG002 -- the same for both
        """Draw everything about one resource in one place."""
        for field in form:
            if isinstance(field, WordsField):
                field.form = form

    def fill_copy(self, form: Form, title: str) -> None:
        """Propose a name, and untick what the copying person may not give."""
        if "name" in form:
            form["name"].data = f"Copy of {title}"[: Role.__table__.columns["name"].type.length]
        leave_out_closed(form)

    def after_save(self) -> str:
        """Say who has to sign in again."""
        return sign_out_changed()

    def record_links(self, record: Record) -> Sequence[Link]:
        """Lead to the people with the role."""
        people = access_of(Staff)
        if people is None or not people.may(Action.LIST):
            return ()
        return (Link("People with this role", link(people.resource, "index_view", roles__has=record.key)),)

    def saving_note(self, record: Record) -> str:
        """Say whose sessions end when rights change; one's own continues."""
        person = current_principal()
        is_mine = person is not None and record.key in person.roles
        others = roles.number_of_holders(db.session, record, are_active=True) - is_mine
        if not others:
            return ""
        noun = f"{'other ' if is_mine else ''}{'person' if others == 1 else 'people'} with this role"
        text = "Their unsaved text is kept."
        return f"Changing permissions signs out {others:,} {noun}. {text}"

    @override
    def before_save(self, form: Form, record: Record, *, is_created: bool) -> None:
        """Require that the saving person has every right of the role, both before and after."""
        power = privileges.locked_privileges(db.session, current_principal())
        if is_created:
            record.key = roles.new_key(db.session, record.name)
        else:
            power.require_over_role(record)
        power.require([record])

    def before_delete(self, record: Record) -> None:
        """Keep roles that someone has, or that have rights the deleting person lacks."""
        privileges.locked_privileges(db.session, current_principal()).require_over_role(record)
        if number := roles.number_of_holders(db.session, record):
            people = counted(number, "person has", "people have")
            message = f"{people} this role. Remove it from them first."
            raise DeletionError(message)
