"""A record's pages, and what became of it meanwhile."""

from __future__ import annotations

from typing import Any

from flask import Flask

from admin_app.extensions import db


def at(record: Any, view: str = "edit") -> str:
    return f"/admin/{type(record).__name__.lower()}/{view}/?id={record.id}"


def now(app: Flask, record: Any) -> Any:
    with app.app_context():
        return db.session.get(type(record), record.id)
