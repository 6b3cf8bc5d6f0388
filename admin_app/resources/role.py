"""Roles: what people who sign in may do."""

from __future__ import annotations

from admin_app.models.role import Role
from admin_app.panel.resource import ResourceView


class RoleResource(ResourceView):
    """Make roles of resources and acts, and change them. The owner's holds everything and stays as it is."""

    record = Role
    description = "What the people who sign in here may do. A person can have several roles."
    menu_order = 95
    can_transfer = False

    column_list = ("name", "key", "created_at", "id")
    column_further_list = ("updated_at",)
    column_sortable_list = ("name", "created_at", "id")
    column_filters = ("name",)
    column_default_sort = ("name", False)
    form_columns = ("name",)
