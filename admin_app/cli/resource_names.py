"""Find the resource that a command names: by its model's name, in the singular, or by its name in the menu."""

from __future__ import annotations

from collections.abc import Iterable

from admin_app.errors import NotFoundError
from admin_app.panel.registry import resources
from admin_app.panel.resource import Resource


def resource_named(name: str, offered: Iterable[Resource]) -> Resource:
    """Find a resource among those offered; raise `NotFoundError` with the known names."""
    found = {resource.endpoint: resource for resource in offered}
    named = found.get(name) or next((resource for resource in found.values() if resource.nouns == name), None)
    if named is None:
        message = f"“{name}” does not exist. Choose from: {', '.join(sorted(found))}."
        raise NotFoundError(message)
    return named


def transferable(name: str) -> Resource:
    """Find a resource that the command line can import and export; raise `NotFoundError` with the known names."""
    return resource_named(name, (one for one in resources() if one.can_transfer))
