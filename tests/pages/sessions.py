"""The sessions that the store holds: read, and changed as if time had passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from admin_app.extensions import db
from admin_app.models.staff import StaffSession


def change(app: Flask, **values: Any) -> None:
    """Change every session in the store."""
    with app.app_context():
        db.session.execute(update(StaffSession).values(**values))
        db.session.commit()


def kept(app: Flask) -> list[StaffSession]:
    with app.app_context():
        found = list(db.session.scalars(select(StaffSession).order_by(StaffSession.created_at)))
        db.session.expunge_all()
        return found


def ago(**past: float) -> datetime:
    return datetime.now(UTC) - timedelta(**past)
