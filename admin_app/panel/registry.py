"""Which resource shows which model: how a relation finds the page, the picker and the words of its other side."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from admin_app.domain.naming import names_of
from admin_app.domain.records.lookup import EVERYTHING, VisibleScope, find_one, naming_columns
from admin_app.extensions import db
from admin_app.panel.standing import standing

if TYPE_CHECKING:
    from admin_app.panel.resource import ResourceView


def register(app: Flask, found: Iterable[ResourceView]) -> None:
    """Note the application's resources, in the order of the menu."""
    app.extensions["resources"] = {resource.model: resource for resource in found}


def resources() -> Collection[ResourceView]:
    """Return the application's resources in the order of the menu."""
    return _by_model().values()


def resource_of(model: type[Any]) -> ResourceView | None:
    """Return the resource of a model, or None when it has no place in the dashboard."""
    return _by_model().get(model)


def _by_model() -> dict[type[Any], ResourceView]:
    found: dict[type[Any], ResourceView] = current_app.extensions["resources"]
    return found


def typing_hint(model: type[Any]) -> str:
    """Say what to type where a record of this model is meant."""
    return standing().implies((model, "typing hint"), lambda: _typing_hint(model))


def _typing_hint(model: type[Any]) -> str:
    names = [column.key.replace("_", " ") for column in naming_columns(model, sight_of(model))]
    return f"Type an ID, or an exact {' or '.join(names)}." if names else "Type an ID."


def find(model: type[Any], text: str) -> Any:
    """Return the record that a person means by what they typed, of those they may see; raise `NotFoundError` for none, and for several."""
    noun, nouns = names_of(model)
    return find_one(db.session, model, text, noun=noun, nouns=nouns, visible_scope=sight_of(model))


def sight_of(model: type[Any]) -> VisibleScope:
    """Return what the person at hand may see of a model."""
    resource = resource_of(model)
    if resource is None:
        return EVERYTHING
    return VisibleScope(resource.seen(), resource.shown(column.key for column in naming_columns(model)))
