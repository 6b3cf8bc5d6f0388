"""Inheritance says what something is, and is read at a glance: no class of ours stands on a ladder of our own."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import Any

from flask_admin.model.filters import BaseFilter
from sqlalchemy.sql import ColumnElement
from wtforms import Field

import admin_app
from admin_app.db.record import Record
from admin_app.errors import AdminError
from admin_app.extensions import db
from admin_app.kinds.base import Kind
from admin_app.panel.kinds.base import PanelKind

MOST_STEPS = 2
# Families of small things, each of which is a kind of the one above: tables, column types, fields of forms, operators of filters and in
# SQL, errors.
FAMILIES = (Record, Kind, PanelKind, Field, BaseFilter, ColumnElement, AdminError)


def classes() -> set[type[Any]]:
    """Return every class of the package, whichever of its modules defines it."""
    modules = [import_module(found.name) for found in pkgutil.walk_packages(admin_app.__path__, "admin_app.")]
    found = (one for module in modules for one in vars(module).values() if inspect.isclass(one))
    return {one for one in found if is_ours(one)}


def is_ours(one: type[Any]) -> bool:
    # Flask-SQLAlchemy makes it, in our module's name.
    return one is not db.Model and one.__module__.partition(".")[0] == "admin_app"


def steps(one: type[Any]) -> int:
    """Count the longest way up to a class that is not ours."""
    return 1 + max((steps(base) for base in one.__bases__ if is_ours(base)), default=0)


def test_no_class_is_more_than_two_steps_from_a_library() -> None:
    far = {one for one in classes() if steps(one) > MOST_STEPS and not issubclass(one, FAMILIES)}

    assert {f"{one.__module__}.{one.__name__}" for one in far} == set()
