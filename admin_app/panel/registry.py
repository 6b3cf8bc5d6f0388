"""Which resource shows which model: how a relation finds the page, the picker and the words of its other side."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask import Flask, current_app

from admin_app.db.record import Record
from admin_app.panel.resource import Resource


def register(app: Flask, found: Iterable[Resource]) -> None:
    """Note the application's resources, in the order of the menu."""
    app.extensions["resources"] = {resource.model: resource for resource in found}


def resources() -> Collection[Resource]:
    """Return the application's resources in the order of the menu."""
    return _by_model().values()


def resource_of(model: type[Record]) -> Resource | None:
    """Return the resource of a model, or None when it has no place in the dashboard."""
    return _by_model().get(model)


def resource_at(endpoint: str | None) -> Resource | None:
    """Return the resource whose pages have this endpoint, or None."""
    return next((one for one in resources() if one.endpoint == endpoint), None)


def _by_model() -> dict[type[Record], Resource]:
    found: dict[type[Record], Resource] = current_app.extensions["resources"]
    return found
