"""The resources of the dashboard's own people: staff and roles."""

from __future__ import annotations

from admin_app.resources.staff.role import RoleResource
from admin_app.resources.staff.staff import StaffResource

__all__ = ["RoleResource", "StaffResource"]
