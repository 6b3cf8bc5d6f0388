"""One file a model: its place in the dashboard. Every `Resource` found here is registered, in the order of the menu."""

from __future__ import annotations

from admin_app.discovery import import_modules
from admin_app.panel.resource import Resource


def declared() -> list[type[Resource]]:
    """Return the resources that this package's modules declare."""
    modules = import_modules(__name__, __path__)
    found = {thing for module in modules for thing in vars(module).values() if _is_resource(thing, module.__name__)}
    return sorted(found, key=lambda resource: (resource.menu_order, resource.__name__))


def _is_resource(thing: object, module: str) -> bool:
    return isinstance(thing, type) and issubclass(thing, Resource) and thing.__module__.startswith(module)
