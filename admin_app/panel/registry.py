"""The registry of resources: finds the resource of a model, for the pages and pickers of related records."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask import Flask, current_app
from sqlalchemy import inspect as inspect_mapper

from admin_app.db.joined import is_joined
from admin_app.db.json_values import recorded
from admin_app.db.known_tables import require_distinct
from admin_app.db.record import Record
from admin_app.errors import ConfigurationError
from admin_app.panel.resource import Resource


def register(app: Flask, found: Iterable[Resource]) -> None:
    """Register the application's resources, in the order of the menu.

    Raises `ConfigurationError` for a derived class with its own table whose base class has no resource, and for two models
    of one name.
    """
    known = {resource.model: resource for resource in found}
    require_distinct(recorded())
    for model in known:
        first = inspect_mapper(model).base_mapper.class_
        if is_joined(model) and first not in known:
            message = f"{model.__name__} has a table of its own beside that of {first.__name__}, by which the history knows its records: give {first.__name__} a resource, too."
            raise ConfigurationError(message)
    _require_own_endpoints(known.values())
    app.extensions["resources"] = known


def _require_own_endpoints(found: Iterable[Resource]) -> None:
    """Raise `ConfigurationError` for two models whose addresses would be the same."""
    known: dict[str, Resource] = {}
    for one in found:
        if (other := known.setdefault(one.endpoint, one)) is not one:
            message = f"{type(other).__name__} and {type(one).__name__} have the same address, {one.endpoint}, by the names of their models: give one model's class another name."
            raise ConfigurationError(message)


def resources() -> Collection[Resource]:
    """Return the application's resources in the order of the menu."""
    return _by_model().values()


def resource_of(model: type[Record]) -> Resource | None:
    """Return the resource of a model; None if it has none."""
    return _by_model().get(model)


def resource_at(endpoint: str | None) -> Resource | None:
    """Return the resource whose pages have this endpoint, or None."""
    return next((one for one in resources() if one.endpoint == endpoint), None)


def _by_model() -> dict[type[Record], Resource]:
    found: dict[type[Record], Resource] = current_app.extensions["resources"]
    return found
