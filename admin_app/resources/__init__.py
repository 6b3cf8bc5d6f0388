"""One file per model: its place in the dashboard. Every `Resource` found here is registered, in menu order."""

from __future__ import annotations

from importlib import import_module

from admin_app.discovery import import_modules
from admin_app.panel.resource import Resource


def declared() -> list[type[Resource]]:
    """Return the resources declared in the modules of this package."""
    modules = import_modules(__name__, __path__)
    found = {thing for module in modules for thing in vars(module).values() if _is_resource(thing, module.__name__)}
    return sorted(found, key=lambda resource: (resource.menu_order, resource.__name__))


def own(*, has_people: bool) -> list[type[Resource]]:
    """Return the dashboard's own resources: roles, and staff if people sign in with accounts here."""
    staff = import_module(f"{__name__}.staff")
    return [staff.StaffResource, staff.RoleResource] if has_people else [staff.RoleResource]


def _is_resource(thing: object, module: str) -> bool:
    return isinstance(thing, type) and issubclass(thing, Resource) and thing.__module__.startswith(module)
