"""Fresh proof as a person gives it, at the page that asks for the password again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from admin_app.extensions import db
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page


def let_proof_age(app: Flask, **age: float) -> None:
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(**age)))
        db.session.commit()


def form_of(staff: Staff, **changes: str) -> dict[str, str]:
    values = {"name": staff.name, "email": staff.email, "roles": str(staff.roles), "is_active": "y", "password": ""}
    return {**values, **changes}


def name_of(app: Flask, staff: Staff) -> str:
    with app.app_context():
        return db.session.get_one(Staff, staff.id).name


def confirm(client: Any, url: str, page: Page, typed: str) -> Any:
    """Fill the page that asks for the password in, and send it."""
    return client.post(url, data={**page.values(""), "proof_password": typed})
