"""Which resource a command means: by its model's name, in the singular or as it is called in the menu."""

from __future__ import annotations

from collections.abc import Iterable

from admin_app.errors import NotFoundError
from admin_app.panel.resource import Resource


def resource_named(name: str, offered: Iterable[Resource]) -> Resource:
    """Find a resource of those a command is for; raise `NotFoundError` with what there is."""
    found = {resource.endpoint: resource for resource in offered}
    named = found.get(name) or next((resource for resource in found.values() if resource.nouns == name), None)
    if named is None:
        message = f"“{name}” does not exist. Choose from: {', '.join(sorted(found))}."
        raise NotFoundError(message)
    return named
