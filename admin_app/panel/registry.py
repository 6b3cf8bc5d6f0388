"""Which resource shows which model: how a relation finds the page, the picker and the words of its other side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_admin import Admin

from admin_app.domain.finding import EVERYTHING, Sight, find_one, naming_columns
from admin_app.domain.nouns import names_of
from admin_app.extensions import db

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
    names = [column.key.replace("_", " ") for column in naming_columns(model, sight_of(model))]
    return f"Type an ID, or an exact {' or '.join(names)}." if names else "Type an ID."


def find(model: type[Any], text: str) -> Any:
    """Return the record that a person means by what they typed, of those they may see; raise `NotFoundError` for none, and for several."""
    noun, nouns = names_of(model)
    return find_one(db.session, model, text, noun=noun, nouns=nouns, sight=sight_of(model))


def sight_of(model: type[Any]) -> Sight:
    """Return what the person at hand may see of a model."""
    resource = resource_of(model)
    if resource is None:
        return EVERYTHING
    return Sight(resource.seen(), resource.shown(column.key for column in naming_columns(model)))
