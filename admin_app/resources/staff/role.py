"""Roles: what people who sign in may do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from wtforms import Form

from admin_app.domain import powers, roles
from admin_app.domain.permissions import Act
from admin_app.errors import DeletionError
from admin_app.extensions import db
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.panel.access.access import access_of
from admin_app.panel.links import link
from admin_app.panel.view_models import Link
from admin_app.panel.word_fields import FieldRightsField, PermissionsField, RowRulesField
from admin_app.resources.staff.privileged import TOUCHING, PrivilegedResource
from admin_app.text import counted
from admin_app.web.login import current_person


class RoleResource(PrivilegedResource):
    """Make roles of resources and acts, rows and fields. The owner's holds everything and stays as it is."""

    model = Role
    description = "What the people who sign in here may do. A person can have several roles."
    menu_order = 95
    can_transfer = False

    column_list = ("name", "key", "holders", "id")
    column_further_list = ("created_at", "updated_at")
    column_sortable_list = ("name", "created_at", "id")
    column_filters = ("name", "permissions")
    column_labels = {"holders": "People", "rows": "Which rows", "fields": "Which fields"}
    column_default_sort = ("name", False)
    form_columns = ("name", "permissions", "rows", "fields")
    form_overrides = {"permissions": PermissionsField, "rows": RowRulesField, "fields": FieldRightsField}

    def roles_of(self, record: Any) -> Sequence[Role]:
        """Return the role itself."""
        return [record]

    def withheld(self, records: Sequence[Any], act: Act) -> Collection[int]:
        """Leave the owner's role alone, whoever looks."""
        fixed = [one.id for one in records if one.is_fixed and act in TOUCHING]
        return [*fixed, *super().withheld(records, act)]

    def record_links(self, record: Any) -> Sequence[Link]:
        """Lead to the people who have the role."""
        people = access_of(Staff)
        if people is None or not people.may(Act.LIST):
            return ()
        return (Link("People with this role", link(people.resource, "index_view", roles__has=record.key)),)

    def saving_note(self, record: Any) -> str:
        """Say whose sessions end with other rights; one's own goes on."""
        person = current_person()
        is_mine = person is not None and record.key in person.roles
        others = roles.number_of_holders(db.session, record, are_active=True) - is_mine
        if not others:
            return ""
        noun = f"{'other ' if is_mine else ''}{'person who signs' if others == 1 else 'people who sign'} in with"
        whose = f"the {noun}" if others == 1 else f"the {others:,} {noun}"
        return f"Saving other rights ends the sessions of {whose} this role; what they typed is kept."

    def before_save(self, form: Form, record: Any, *, is_created: bool) -> None:  # noqa: ARG002 -- nothing beside the record counts
        """Give no more than whoever saves holds, before and after."""
        power = powers.taken(db.session, current_person())
        if is_created:
            record.key = roles.new_key(db.session, record.name)
        else:
            power.require_over_role(record)
        power.require([record])

    def before_delete(self, record: Any) -> None:
        """Delete no role that somebody has, nor one that holds more than whoever deletes."""
        powers.taken(db.session, current_person()).require_over_role(record)
        if number := roles.number_of_holders(db.session, record):
            people = counted(number, "person has", "people have")
            message = f"{people} this role. Take it from them first."
            raise DeletionError(message)
