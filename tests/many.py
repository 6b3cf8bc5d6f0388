"""Many records at once: one transaction and one statement, where a record at a time would make the tests slow."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select

from admin_app.context import writing
from admin_app.db.record import Record
from admin_app.extensions import db
from admin_app.models.user import User


def many(app: Flask, model: type[Record], rows: list[dict[str, Any]]) -> list[int]:
    """Store these records of a model, and return their ids."""
    # A server may be writing beside.
    with app.app_context(), writing():
        before = db.session.scalar(select(func.max(model.id))) or 0
        db.session.execute(insert(model.__table__), rows)
        db.session.commit()
        return list(db.session.scalars(select(model.id).where(model.id > before).order_by(model.id)))


def many_users(app: Flask, count: int, **values: Any) -> list[int]:
    """Store users who differ by their addresses at least, and return their ids."""
    rows = [{"name": f"User {number}", "email": f"many{number}@example.com", **values} for number in range(count)]
    return many(app, User, rows)
