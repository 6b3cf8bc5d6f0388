"""What the dashboard takes from the application around: its database, its models, and its settings for the dashboard."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import URL
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import DeclarativeBase

from admin_app import resources as packaged
from admin_app.config import flask_config
from admin_app.embedding.mirror import RENAMED, mirror, mirror_of
from admin_app.errors import ConfigurationError
from admin_app.extensions import TABLE_PREFIX, Values
from admin_app.extensions import db as own_db
from admin_app.formatting import humps_apart, label
from admin_app.panel.resource import Resource

NO_PREFIX = (
    "Set ADMIN_TABLE_PREFIX in the environment, like ADMIN_TABLE_PREFIX=admin_, before the program starts: "
    "the dashboard's tables stand beside the application's, and their names begin with it."
)


@dataclass(frozen=True)
class Surroundings:
    """The dashboard's configuration, and the folder for its files."""

    config: Values
    instance: Path


def of(app: Flask, host_db: SQLAlchemy) -> Surroundings:
    """Return the dashboard's configuration from the application; raise `ConfigurationError` if it cannot work."""
    if not TABLE_PREFIX:
        raise ConfigurationError(NO_PREFIX)
    if clash := sorted(set(host_db.metadata.tables) & set(own_db.metadata.tables)):
        message = (
            f"The application has a table {clash[0]}, as the dashboard does: set ADMIN_TABLE_PREFIX to something else."
        )
        raise ConfigurationError(message)
    with app.app_context():
        url = _address(host_db.engine.url)
    instance = Path(app.instance_path) / "dashboard"
    settings = {**os.environ, **{name: str(value) for name, value in app.config.items() if name.startswith("ADMIN_")}}
    settings |= {"DATABASE_URL": url.render_as_string(hide_password=False), "ADMIN_TABLE_PREFIX": TABLE_PREFIX}
    if app.secret_key and not settings.get("ADMIN_SECRET_KEY"):
        # A key different from the application's: neither accepts what the other has signed.
        key = app.secret_key if isinstance(app.secret_key, bytes) else app.secret_key.encode()
        settings["ADMIN_SECRET_KEY"] = hashlib.sha256(b"dashboard of " + key).hexdigest()
    return Surroundings(flask_config(settings, instance), instance)


def _address(url: URL) -> URL:
    """Return the database's address with the dashboard's own driver."""
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database in {None, "", ":memory:"}:
        message = "The dashboard shares the application's database: an SQLite database in memory cannot be shared."
        raise ConfigurationError(message)
    return url.set(drivername="postgresql") if backend == "postgresql" else url


def resources_over(
    declared: Sequence[type[Resource]], host_db: SQLAlchemy, *, reserved: Collection[str], has_people: bool
) -> list[type[Resource]]:
    """Return the resources over our mirrored models and the dashboard's own resources, in the order of the menu."""
    base = cast("type[DeclarativeBase]", host_db.Model)
    registries = {base.registry, *(inspect_mapper(one.model).registry for one in declared)}
    mirror(registries, reserved)
    for one in declared:
        if one.model.__table__.metadata.info.get("bind_key") is not None:
            message = f"{one.__name__}: its model is in another database than the application's first."
            raise ConfigurationError(message)
    over = [type(one.__name__, (one,), {"model": mirror_of(one.model), **_words(one)}) for one in declared]
    return sorted([*over, *packaged.own(has_people=has_people)], key=lambda one: (one.menu_order, one.__name__))


def _words(one: type[Resource]) -> Values:
    """Return the nouns for the records, from the name of the application's model."""
    labels = {name: label(own) for own, name in RENAMED.items()}
    words = {
        "noun": one.noun or humps_apart(one.model.__name__).lower(),
        "column_labels": labels | dict(one.column_labels),
    }
    return {**words, "__module__": one.__module__, "__doc__": one.__doc__}
