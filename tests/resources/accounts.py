"""Staff by their pages: where these are, what their form holds, and what the store keeps of it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.staff import Staff

LIST, NEW = "/admin/staff/", "/admin/staff/new/"


def edit_url(staff: Staff) -> str:
    return f"/admin/staff/edit/?id={staff.id}"


def delete_url(staff: Staff) -> str:
    return f"/admin/staff/delete/?id={staff.id}"


def filled(staff: Staff, **changes: str | None) -> dict[str, str]:
    """Fill the form as the browser would for this person; a value of None leaves a control out."""
    values = {"name": staff.name, "email": staff.email, "roles": str(staff.roles), "is_active": "y", "password": ""}
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def kept(app: Flask) -> dict[str, tuple[str, bool]]:
    """Return everybody's role, and whether they may sign in."""
    with app.app_context():
        return {one.name: (str(one.roles), one.is_active) for one in db.session.scalars(select(Staff))}
