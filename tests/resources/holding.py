"""What people hold, and the form that says it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.staff import Staff

ANY_PAGE = "/admin/account/"


def filled(staff: Staff, **changes: Any) -> dict[str, Any]:
    return {"name": staff.name, "email": staff.email, "roles": list(staff.roles), "is_active": "y", **changes}


def people(app: Flask) -> dict[str, tuple[tuple[str, ...], bool, str]]:
    with app.app_context():
        return {
            one.name: (tuple(one.roles), one.is_active, one.password_hash) for one in db.session.scalars(select(Staff))
        }
