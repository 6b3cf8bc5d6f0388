"""Which resource shows which model: how a relation finds the page, the picker and the words of its other side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_admin import Admin

from admin_app.domain.finding import naming_columns

if TYPE_CHECKING:
    from admin_app.panel.resource import ResourceView


def resources() -> Iterator[ResourceView]:
    """Yield the application's resources in the order of the menu."""
    from admin_app.panel.resource import ResourceView  # noqa: PLC0415 -- the resource's own parts use this module

    admin: Admin = current_app.extensions["admin"][0]
    yield from (view for view in admin._views if isinstance(view, ResourceView))  # noqa: SLF001 -- Flask-Admin has no other list of its views


def resource_of(model: type[Any]) -> ResourceView | None:
    """Return the resource of a model, or None when it has no place in the dashboard."""
    return next((resource for resource in resources() if resource.model is model), None)


def typing_hint(model: type[Any]) -> str:
    """Say what to type where a record of this model is meant."""
    names = [column.key.replace("_", " ") for column in naming_columns(model)]
    return f"Type an ID, or an exact {' or '.join(names)}." if names else "Type an ID."
