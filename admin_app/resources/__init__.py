"""One file a model: its place in the dashboard. Every `Resource` found here is registered, in the order of the menu."""

from __future__ import annotations

from importlib import import_module

from admin_app.discovery import import_modules
from admin_app.panel.resource import Resource


def declared() -> list[type[Resource]]:
    """Return the resources that this package's modules declare."""
    modules = import_modules(__name__, __path__)
    found = {thing for module in modules for thing in vars(module).values() if _is_resource(thing, module.__name__)}
    return sorted(found, key=lambda resource: (resource.menu_order, resource.__name__))


def own(*, has_people: bool) -> list[type[Resource]]:
    """Return those of the dashboard itself: roles, and the people who sign in to it, where they do."""
    staff = import_module(f"{__name__}.staff")
    return [staff.StaffResource, staff.RoleResource] if has_people else [staff.RoleResource]


def _is_resource(thing: object, module: str) -> bool:
    return isinstance(thing, type) and issubclass(thing, Resource) and thing.__module__.startswith(module)
