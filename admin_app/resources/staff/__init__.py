"""The resources of this dashboard's own people: who signs in, and what their roles are."""

from __future__ import annotations

from admin_app.resources.staff.role import RoleResource
from admin_app.resources.staff.staff import StaffResource

__all__ = ["RoleResource", "StaffResource"]
