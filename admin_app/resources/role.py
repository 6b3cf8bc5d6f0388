"""Roles: what people who sign in may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import Form

from admin_app.domain.permissions import privileges, roles
from admin_app.domain.permissions.policy import Action
from admin_app.errors import DeletionError
from admin_app.extensions import db
from admin_app.formatting import counted
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.panel.elements import Link
from admin_app.panel.powerful import TOUCHING, Powerful
from admin_app.panel.registry import resource_of
from admin_app.panel.word_fields import FieldRightsField, PermissionsField, RowRulesField
from admin_app.web.auth.login import current_principal


class RoleResource(Powerful):
    """Make roles of resources and acts, rows and fields. The owner's holds everything and stays as it is."""

    record = Role
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

    def reached(self, records: Sequence[Any], act: Action) -> Any:
        """Leave the owner's role alone, whoever looks."""
        found = super().reached(records, act)
        return found if act not in TOUCHING else [one.id for one in records if one.id in found and not one.is_fixed]

    def record_links(self, record: Any) -> Sequence[Link]:
        """Lead to the people who have the role."""
        people = resource_of(Staff)
        if people is None or not people.is_accessible():
            return ()
        return (Link("People with this role", people.link("index_view", roles__has=record.key)),)

    def saving_note(self, record: Any) -> str:
        """Say whose sessions end with other rights; one's own goes on."""
        person = current_principal()
        is_mine = person is not None and record.key in person.roles
        others = roles.number_of_holders(db.session, record, are_active=True) - is_mine
        if not others:
            return ""
        noun = f"{'other ' if is_mine else ''}{'person who signs' if others == 1 else 'people who sign'} in with"
        whose = f"the {noun}" if others == 1 else f"the {others:,} {noun}"
        return f"Saving other rights ends the sessions of {whose} this role; what they typed is kept."

    def on_model_change(self, form: Form, model: Role, is_created: bool) -> None:  # noqa: ARG002, FBT001 -- Flask-Admin's signature
        """Give no more than whoever saves holds, before and after."""
        power = privileges.locked_privileges(db.session, current_principal())
        if is_created:
            model.key = roles.new_key(db.session, model.name)
        else:
            power.require_over_role(model)
        power.require([model])

    def on_model_delete(self, model: Role) -> None:
        """Delete no role that somebody has, nor one that holds more than whoever deletes."""
        privileges.locked_privileges(db.session, current_principal()).require_over_role(model)
        if number := roles.number_of_holders(db.session, model):
            people = counted(number, "person has", "people have")
            message = f"{people} this role. Take it from them first."
            raise DeletionError(message)
