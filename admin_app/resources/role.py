"""Roles: what people who sign in may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import Form

from admin_app.domain import powers, roles
from admin_app.domain.permissions import Act
from admin_app.errors import DeletionError
from admin_app.extensions import db
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.panel.elements import Link
from admin_app.panel.powerful import TOUCHING, Powerful
from admin_app.panel.registry import resource_of
from admin_app.panel.word_fields import FieldRightsField, PermissionsField, RowRulesField
from admin_app.text import counted
from admin_app.web.login import current_person


class RoleResource(Powerful):
    """Make roles of resources and acts, rows and fields. The owner's holds everything and stays as it is."""

    record = Role
    description = "What people who sign in here can do. A person can have several roles."
    menu_order = 95
    can_transfer = False

    column_list = ("name", "key", "holders", "id")
    column_further_list = ("created_at", "updated_at")
    column_sortable_list = ("name", "created_at", "id")
    column_filters = ("name", "permissions")
    column_labels = {"holders": "People", "rows": "Records", "fields": "Fields"}
    column_default_sort = ("name", False)
    form_columns = ("name", "permissions", "rows", "fields")
    form_overrides = {"permissions": PermissionsField, "rows": RowRulesField, "fields": FieldRightsField}

    def roles_of(self, record: Any) -> Sequence[Role]:
        """Return the role itself."""
        return [record]

    def reached(self, records: Sequence[Any], act: Act) -> Any:
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
        person = current_person()
        is_mine = person is not None and record.key in person.roles
        others = roles.number_of_holders(db.session, record, are_active=True) - is_mine
        if not others:
            return ""
        noun = f"{'other ' if is_mine else ''}{'person' if others == 1 else 'people'} with this role"
        text = "Their unsaved text is kept."
        return f"Changing permissions signs out {others:,} {noun}. {text}"

    def on_model_change(self, form: Form, model: Role, is_created: bool) -> None:  # noqa: ARG002, FBT001 -- Flask-Admin's signature
        """Give no more than whoever saves holds, before and after."""
        power = powers.taken(db.session, current_person())
        if is_created:
            model.key = roles.new_key(db.session, model.name)
        else:
            power.require_over_role(model)
        power.require([model])

    def on_model_delete(self, model: Role) -> None:
        """Delete no role that somebody has, nor one that holds more than whoever deletes."""
        powers.taken(db.session, current_person()).require_over_role(model)
        if number := roles.number_of_holders(db.session, model):
            people = counted(number, "person has", "people have")
            message = f"{people} this role. Remove it from them first."
            raise DeletionError(message)
